// SPDX-License-Identifier: GPL-3.0-or-later
// The centre of the window: what the sweep is doing, the legend, messages, and the plot itself;
// before a sweep the estimate in its place.
#pragma once

#include "widgets/parts/message_banner.h"

#include <QWidget>

#include <functional>
#include <vector>

class QStackedLayout;

namespace bitfront {

class EstimateSheet;
class Label;
class PlotLegend;
class ProgressBar;
class RunController;
class ScatterPlot;
class Selection;
class TargetBar;
struct PlotZoom;

class PlotPanel : public QWidget
{
    Q_OBJECT

public:
    PlotPanel(RunController& run, Selection& selection, EstimateSheet* sheet,
              QWidget* parent = nullptr);

    /// The estimate in the plot's place.
    void setEstimating(bool estimating, const QString& subtitle = {});
    void setClosing();
    ScatterPlot& plot() const { return *m_plot; }
    /// What a message offers.
    struct MessageAction
    {
        QString text;
        std::function<void()> run;
    };
    /// A message under the headline, with at most two actions besides "Dismiss".
    void showMessage(MessageBanner::Kind kind, const QString& text,
                     const std::vector<MessageAction>& actions);
    void showMessage(MessageBanner::Kind kind, const QString& text, const QString& action = {},
                     const std::function<void()>& run = {});
    void hideMessage();
    QString message() const { return m_banner->message(); }
    QString headline() const;

    PlotLegend& legend() const { return *m_legend; }
    TargetBar& targets() const { return *m_targets; }

signals:
    void recordActivated(int record);
    void pinsExhausted(); ///< all letters are taken
    void compareRequested(int record);

private:
    QWidget* buildHead();
    QWidget* buildStage(QWidget* sheet);
    QWidget* buildNothing();
    void linkPlot();
    void followView();
    void followShown();
    void filterArea(const PlotZoom& area, const std::vector<int>& records, bool add);
    void refresh();
    void refreshRunning();
    void refreshFinished();
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

    RunController& m_run;
    Selection& m_selection;
    Label* m_title = nullptr;
    Label* m_subtitle = nullptr;
    PlotLegend* m_legend = nullptr;
    TargetBar* m_targets = nullptr;
    QWidget* m_nothing = nullptr; ///< over the plot when the filter leaves nothing
    Label* m_nothingWords = nullptr;
    ProgressBar* m_progress = nullptr;
    QWidget* m_line = nullptr;
    QWidget* m_bannerSlot = nullptr;
    MessageBanner* m_banner = nullptr;
    QStackedLayout* m_stack = nullptr;
    ScatterPlot* m_plot;
    bool m_estimating = false;
    bool m_closing = false;
};

} // namespace bitfront
