// SPDX-License-Identifier: GPL-3.0-or-later
// The bottom dock: the results table with its filter, and beside it, as tabs, whatever else says
// something about several results.
#pragma once

#include "widgets/parts/labels.h"

class QStackedLayout;
class QTabBar;

namespace bitfront {

class FilterBar;
class ResultModel;
class ResultsView;
class RunController;
class Selection;

class ResultsPanel : public Ground
{
    Q_OBJECT

public:
    ResultsPanel(ResultModel& model, RunController& run, Selection& selection,
                 QWidget* parent = nullptr);
    ResultsView& view() const { return *m_view; }
    FilterBar& filter() const { return *m_filter; }

    /// Adds a tab; returns its index. The table is tab 0.
    int addPage(const QString& title, QWidget* page);
    void showPage(int index);
    int pages() const;
    QWidget* pageAt(int index) const;
    QString pageTitle(int index) const;
    int page() const;

signals:
    void pageShown(int index);

private:
    QWidget* buildHead();
    void refresh();

    RunController& m_run;
    ResultsView* m_view;
    FilterBar* m_filter;
    QTabBar* m_tabs = nullptr;
    QStackedLayout* m_pages = nullptr;
};

} // namespace bitfront
