// SPDX-License-Identifier: GPL-3.0-or-later
// The centre of the window: what the sweep is doing, the legend, messages, and the plot itself;
// before a sweep the estimate in its place.
#pragma once

#include "core/plan/compression_config.h"
#include "widgets/parts/message_banner.h"

#include <QHash>
#include <QWidget>

#include <functional>

class QStackedLayout;

namespace bitfront {

class EstimateSheet;
class Chip;
class Label;
class ProgressBar;
class RunController;
class ScatterPlot;
class Selection;

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
    /// A message under the headline, with at most one action besides "Dismiss".
    void showMessage(MessageBanner::Kind kind, const QString& text, const QString& action = {},
                     const std::function<void()>& run = {});
    void hideMessage();
    QString message() const { return m_banner->message(); }
    QString headline() const;

signals:
    void groupToggled(bitfront::GroupId group, bool visible);
    void refinementsToggled(bool visible);

private:
    QWidget* buildHead();
    void refresh();
    void refreshRunning();
    void refreshFinished();
    void resetLegend();
    void resizeEvent(QResizeEvent* event) override;

    RunController& m_run;
    Label* m_title = nullptr;
    Label* m_subtitle = nullptr;
    QWidget* m_legend = nullptr;
    QHash<int, Chip*> m_chips; ///< by GroupId
    Chip* m_refinementChip = nullptr;
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
