// SPDX-License-Identifier: GPL-3.0-or-later
// The right dock: everything about the selected record: figures, sizes, metrics, layers, recipe.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/result_snapshot.h"

class QHBoxLayout;
class QPushButton;
class QStackedLayout;
class QTabBar;

namespace bitfront {

class Figure;
class Inspector;
class LayersPage;
class RecipePage;
class RunController;
class Selection;
class SizeBreakdown;

class DetailPanel : public Ground
{
    Q_OBJECT

public:
    DetailPanel(RunController& run, Selection& selection, Inspector& inspector,
                QWidget* parent = nullptr);

    QString title() const { return m_title->text(); }
    LayersPage& layers() const { return *m_layers; }

signals:
    void retryRequested(const std::vector<std::string>& names); ///< of a failed configuration

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildHead();
    QWidget* buildTabs();
    void refresh();
    void showRecord(const ResultRecord& record);
    void showChips(const ResultRecord& record, const AnalysedPoint& point);
    void showFigures(const Measurement& measured);
    void showMetrics(const ResultRecord& record);
    void showTab(int tab);
    void loadRecipe();

    RunController& m_run;
    Selection& m_selection;
    QStackedLayout* m_pages;
    Label* m_title = nullptr;
    QHBoxLayout* m_chips = nullptr;
    QHBoxLayout* m_moreChips = nullptr;
    QWidget* m_moreRow = nullptr;
    QWidget* m_measured = nullptr;
    Figure* m_figures[4] = {};
    SizeBreakdown* m_breakdown = nullptr;
    KeyValueList* m_metrics = nullptr;
    Label* m_failure = nullptr;
    Label* m_warnings = nullptr; ///< of a recipe
    QPushButton* m_retry = nullptr;
    QWidget* m_tabArea = nullptr;
    QTabBar* m_tabs = nullptr;
    Label* m_coverage = nullptr;
    QStackedLayout* m_tabPages = nullptr;
    LayersPage* m_layers;
    RecipePage* m_recipe;
    RecordId m_shown = kNoRecord;
    QString m_shownName;
    std::string m_shownAt; ///< when that was measured
};

} // namespace bitfront
