// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of the results table and of the layers table: markers, progress rings, numbers that line
// up, bars.
#pragma once

#include <QStyledItemDelegate>

namespace bitfront {

class ResultDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintName(QPainter* painter, const QRectF& cell, const QModelIndex& index, bool selected,
                   qreal ratio) const;
    void paintValue(QPainter* painter, const QRectF& cell, const QModelIndex& index, bool selected,
                    qreal ratio) const;
};

class LayerDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace bitfront
