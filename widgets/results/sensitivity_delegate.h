// SPDX-License-Identifier: GPL-3.0-or-later
// How the heatmap of a scan is painted: cells by quality, row headers with name, share and locks.
#pragma once

#include <QHeaderView>
#include <QStyledItemDelegate>

namespace bitfront {

class SensitivityDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

/// Row headers; a click on a module's folds it.
class LayerHeader : public QHeaderView
{
    Q_OBJECT

public:
    explicit LayerHeader(QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter* painter, const QRect& rect, int row) const override;
};

} // namespace bitfront
