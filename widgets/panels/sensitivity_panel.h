// SPDX-License-Identifier: GPL-3.0-or-later
// Sensitivity of the layers and recipes under a budget: a question before the scan, then the
// heatmap with the slider.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/parts/message_banner.h"
#include "widgets/plot_forecast.h"
#include "widgets/workbench/scan_controller.h"

#include <functional>

class QPushButton;
class QStackedLayout;

namespace bitfront {

class HeatLegend;
class ProgressBar;
class RecipeBar;
class RunController;
class ScanPage;
class Selection;
class SensitivityModel;
class SensitivityView;

class SensitivityPanel : public QWidget
{
    Q_OBJECT

public:
    SensitivityPanel(ScanController& scan, RunController& run, Selection& selection,
                     QWidget* parent = nullptr);

    SensitivityModel& model() const { return *m_model; }
    SensitivityView& view() const { return *m_view; }
    RecipeBar& bar() const { return *m_bar; }
    /// Chooses the row of a layer; false when the scan has none of that name.
    bool showLayer(const std::string& layer);
    /// Locks a layer as one step to undo; nothing where there is no scan to lock it in.
    bool lockLayer(const std::string& layer, const std::string& format);
    /// Asks for a scan, or for another one.
    void showQuestion();

signals:
    /// To be said next to the results.
    void said(bitfront::MessageBanner::Kind kind, const QString& text);
    /// A question with one answer, next to the results.
    void asked(const QString& text, const QString& answer, const std::function<void()>& act);
    void forecastChanged(const std::optional<bitfront::PlotForecast>& forecast);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    enum Page
    {
        QuestionPage,
        HeatPage
    };
    QWidget* buildHeat();
    QWidget* buildState();
    QWidget* buildFoot();
    void refresh();
    void refreshState();
    void refreshMarks();
    void adoptScan();
    void predict();
    void showForecast();
    void tellFound(const ResultRecord& record);
    void lockUnits(const std::vector<std::size_t>& units, const QString& format);
    void drawFrontier();
    void startScan(const ScanWish& wish);
    void tieUnits(const std::vector<std::size_t>& units, bool tied);
    QString facts() const;

    ScanController& m_scan;
    RunController& m_run;
    Selection& m_selection;
    SensitivityModel* m_model;
    SensitivityView* m_view;
    RecipeBar* m_bar;
    ScanPage* m_page;
    QStackedLayout* m_pages;
    ProgressBar* m_progress;
    QWidget* m_state; ///< in place of the bar, while a scan is not whole
    Label* m_stateWords;
    QPushButton* m_continue;
    QPushButton* m_cancel;
    HeatLegend* m_legend;
    QPushButton* m_order;
    Label* m_facts;
    QPushButton* m_again;
    QPushButton* m_stop;
    bool m_asking = false; ///< the question, though there is a scan
    bool m_touched = false; ///< the budget was moved since the last recipe
};

} // namespace bitfront
