// SPDX-License-Identifier: GPL-3.0-or-later
// The results table: sorted rows with markers and numbers that line up, linked with the plot
// through the shared selection.
#pragma once

#include <QTreeView>

namespace bitfront {

class ResultModel;
class ResultProxy;
class Selection;

class ResultsView : public QTreeView
{
    Q_OBJECT

public:
    ResultsView(ResultModel& model, Selection& selection, QWidget* parent = nullptr);

    ResultProxy& proxy() const { return *m_proxy; }
    /// Selects and reveals the row of a record; kNoRecord clears.
    void showRecord(int record);

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override { }
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void layOutColumns();
    void drawStatus(QPainter* painter, const QRect& row, const QModelIndex& index) const;
    void copyRow() const;

    ResultModel& m_model;
    Selection& m_selection;
    ResultProxy* m_proxy;
    bool m_showing = false; ///< while this view follows the selection instead of setting it
};

} // namespace bitfront
