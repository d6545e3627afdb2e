// SPDX-License-Identifier: GPL-3.0-or-later
// The results table: sorted rows with markers and numbers that line up, linked with the plot
// through the shared selection.
#pragma once

#include "core/plan/result.h"
#include "widgets/results/result_model.h"

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

signals:
    void recordActivated(int record); ///< double click or Enter
    void compareRequested(int record);
    void duplicateRequested(); ///< of the current record
    void pinsExhausted(); ///< all letters are taken

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override { }
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void selectionChanged(const QItemSelection& selected,
                          const QItemSelection& deselected) override;

private:
    void layOutColumns();
    void followSelection();
    void followShown();
    void noteSorting();
    void sortAgain();
    int recordOf(const QModelIndex& index) const;
    bool actByKey(const QKeyEvent& event);
    void drawPin(QPainter* painter, const QRect& row, const QModelIndex& index) const;
    void drawStatus(QPainter* painter, const QRect& row, const QModelIndex& index) const;
    void copyRows() const;
    void togglePin();

    ResultModel& m_model;
    Selection& m_selection;
    ResultProxy* m_proxy;
    bool m_following = false; ///< while this view follows the selection instead of setting it
    bool m_leading = false; ///< while it sets the selection
    bool m_inSight = true; ///< whether the current row was before the rows changed
    RecordId m_lastCurrent = kNoRecord; ///< that was brought into sight
    ResultModel::Column m_sortKind = ResultModel::Column::Ratio;
    int m_sortOffset = 0; ///< among several columns of that kind: one for each judged output
    bool m_sortingAgain = false;
};

} // namespace bitfront
