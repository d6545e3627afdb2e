// SPDX-License-Identifier: GPL-3.0-or-later
// How the heatmap of a scan is painted: cells by quality, row headers with name, share and locks.
#pragma once

#include "widgets/results/layer_names.h"

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

/// Row headers; a click on a module's folds it. As wide as the names need, up to a share of the
/// table; the right edge can be dragged, a double click on it gives the width back.
class LayerHeader : public QHeaderView
{
    Q_OBJECT

public:
    explicit LayerHeader(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    void setModel(QAbstractItemModel* model) override;

signals:
    void widthChanged();

protected:
    void paintSection(QPainter* painter, const QRect& rect, int row) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void measure();
    void setOwnWidth(int width);
    bool isAtEdge(const QPoint& position) const;
    int room() const; ///< of the table

    CommonEnds m_units, m_modules; ///< of the names of rows
    int m_needed = 0; ///< width of the widest row
    int m_ownWidth = 0; ///< as dragged; 0: as needed
    int m_dragFrom = -1; ///< from the edge to where the mouse took hold of it
    bool m_dragging = false;
};

} // namespace bitfront
