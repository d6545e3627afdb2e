// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/plot_panel.h"

#include "widgets/panels/plot_legend.h"
#include "widgets/panels/target_bar.h"
#include "widgets/parts/bars.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/plot_scene.h"
#include "widgets/scatter_plot.h"
#include "widgets/selection.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QFocusEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kHeadHeight = 44;

bool holdsRecipes(const SnapshotPtr& snapshot)
{
    return snapshot && std::ranges::any_of(snapshot->records, [](const ResultRecord& record) {
               return record.config.isMixed();
           });
}

} // namespace

PlotPanel::PlotPanel(RunController& run, Selection& selection, EstimateSheet* sheet,
                     QWidget* parent)
    : QWidget(parent)
    , m_run(run)
    , m_selection(selection)
    , m_plot(new ScatterPlot)
{
    setMinimumWidth(uiPx(360));
    auto* ground = new Ground(Ground::Kind::Surface);
    auto* column = new QVBoxLayout(ground);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    m_line = new HairLine;
    column->addWidget(m_line);
    m_progress = new ProgressBar(3);
    m_progress->setAccessibleName(tr("Progress of the sweep"));
    column->addWidget(m_progress);

    m_bannerSlot = new QWidget;
    auto* slot = new QVBoxLayout(m_bannerSlot);
    slot->setContentsMargins(16, 12, 16, 0);
    m_banner = new MessageBanner;
    m_banner->setObjectName(QStringLiteral("messageBanner"));
    slot->addWidget(m_banner);
    m_bannerSlot->hide();
    column->addWidget(m_bannerSlot);

    m_targets = new TargetBar(selection);
    column->addWidget(m_targets);
    column->addWidget(buildStage(sheet), 1);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(ground);

    linkPlot();
    connect(&m_run, &RunController::snapshotChanged, this, [this] {
        m_plot->setSnapshot(m_run.snapshot());
        m_legend->setMixedShown(holdsRecipes(m_run.snapshot()));
        refresh();
    });
    connect(&m_run, &RunController::runChanged, this, [this] {
        m_plot->setSnapshot(nullptr);
        m_legend->setMixedShown(false);
        hideMessage();
        if (m_run.hasRun())
            m_legend->setPlan(m_run.header().plan);
        refresh();
    });
    for (const auto signal : {&RunController::progressChanged, &RunController::sweepStarted,
                              &RunController::stopRequested})
        connect(&m_run, signal, this, &PlotPanel::refresh);
    connect(&m_run, &RunController::sweepFinished, this, &PlotPanel::refresh);
    refresh();
}

QWidget* PlotPanel::buildHead()
{
    auto* head = new QWidget;
    head->setFixedHeight(uiPx(kHeadHeight));
    auto* across = new QHBoxLayout(head);
    across->setContentsMargins(16, 0, 16, 0);
    across->setSpacing(8);
    m_title = new Label({}, 13, 600);
    m_title->setObjectName(QStringLiteral("plotTitle"));
    m_subtitle = new Label({}, 13, 400, Tone::Text3);
    m_subtitle->setElided(true);
    across->addWidget(m_title);
    across->addWidget(m_subtitle, 1);
    m_legend = new PlotLegend(m_selection);
    across->addWidget(m_legend);
    return head;
}

QWidget* PlotPanel::buildStage(QWidget* sheet)
{
    auto* picture = new QWidget;
    auto* layers = new QGridLayout(picture);
    layers->setContentsMargins(0, 0, 0, 0);
    layers->addWidget(m_plot, 0, 0);
    layers->addWidget(buildNothing(), 0, 0, Qt::AlignCenter);
    auto* stage = new QWidget;
    m_stack = new QStackedLayout(stage);
    m_stack->addWidget(picture);
    // Scrolls where the window is too small for the sheet, so that the plot may be smaller than it.
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(sheet);
    sheet->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    m_stack->addWidget(scroll);
    return stage;
}

QWidget* PlotPanel::buildNothing()
{
    m_nothing = new Ground(Ground::Kind::Card);
    auto* column = new QVBoxLayout(m_nothing);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(12);
    m_nothingWords = new Label({}, 13, 500);
    m_nothingWords->setObjectName(QStringLiteral("nothingMatches"));
    m_nothingWords->setAlignment(Qt::AlignCenter);
    column->addWidget(m_nothingWords);
    QPushButton* clear = makeButton(tr("Clear filter"), ButtonRole::Neutral);
    clear->setObjectName(QStringLiteral("clearFilter"));
    connect(clear, &QPushButton::clicked, this, [this] {
        ViewState view = m_selection.view();
        view.filter.clear();
        view.hidden.clear();
        view.hiddenGroups.clear();
        view.refinements = true;
        m_selection.changeView(std::move(view), tr("removal of all filters"));
    });
    column->addWidget(clear, 0, Qt::AlignCenter);
    m_nothing->hide();
    return m_nothing;
}

void PlotPanel::setEstimating(bool estimating, const QString& subtitle)
{
    m_estimating = estimating;
    m_stack->setCurrentIndex(estimating ? 1 : 0);
    refresh();
    if (estimating)
        m_subtitle->setText(subtitle);
}

void PlotPanel::setClosing()
{
    m_closing = true;
    refresh();
}

void PlotPanel::showMessage(MessageBanner::Kind kind, const QString& text, const QString& action,
                            const std::function<void()>& run)
{
    std::vector<MessageAction> actions;
    if (!action.isEmpty())
        actions.push_back({action, run});
    showMessage(kind, text, actions);
}

void PlotPanel::showMessage(MessageBanner::Kind kind, const QString& text,
                            const std::vector<MessageAction>& actions)
{
    m_banner->showMessage(kind, text);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        QPushButton* button = m_banner->addButton(actions[i].text);
        button->setObjectName(i == 0 ? QStringLiteral("bannerAction")
                                     : QStringLiteral("bannerAction%1").arg(i + 1));
        connect(button, &QPushButton::clicked, this, [this, run = actions[i].run] {
            hideMessage();
            run();
        });
    }
    QPushButton* dismiss = m_banner->addButton(tr("Dismiss"), QStringLiteral("quiet"));
    connect(dismiss, &QPushButton::clicked, this, &PlotPanel::hideMessage);
    m_banner->setVisible(true);
    m_bannerSlot->setVisible(true);
}

void PlotPanel::hideMessage()
{
    m_bannerSlot->hide();
    m_banner->hide();
}

QString PlotPanel::headline() const
{
    return m_title->text() + QLatin1Char(' ') + m_subtitle->text();
}

void PlotPanel::refresh()
{
    const bool running = m_run.isRunning() && !m_estimating;
    m_progress->setVisible(running);
    m_line->setVisible(!running);
    m_legend->setVisible(!m_estimating && m_run.hasRun());
    if (m_estimating) {
        m_title->setText(tr("Front"));
        return;
    }
    if (running)
        refreshRunning();
    else
        refreshFinished();
}

void PlotPanel::refreshRunning()
{
    const SweepProgress& progress = m_run.progress();
    m_progress->setFraction(progress.total > 0 ? double(progress.done) / progress.total : 0);
    m_plot->setEmptyText(tr("The first results will appear here in a moment."));
    if (m_run.isStopping() || progress.stopping) {
        m_title->setText(m_closing ? tr("Stopping, then closing") : tr("Stopping"));
        m_subtitle->setText(tr("%1 of %2 kept, waiting for what is being measured")
                                .arg(progress.done)
                                .arg(progress.total));
        return;
    }
    if (progress.paused) {
        const auto count = static_cast<int>(progress.running.size());
        m_title->setText(count == 0 ? tr("Paused, %1 of %2").arg(progress.done).arg(progress.total)
                             : count == 1
                             ? tr("Pausing after the running configuration")
                             : tr("Pausing after %1 running configurations").arg(count));
        m_subtitle->setText(tr("%1 left").arg(toQString(durationText(progress.remaining))));
        return;
    }
    m_title->setText(tr("Exploring, %1 of %2").arg(progress.done).arg(progress.total));
    m_subtitle->setText(progress.remaining.highMs > 0
                            ? tr("%1 left").arg(toQString(durationText(progress.remaining)))
                            : QString());
}

void PlotPanel::refreshFinished()
{
    m_title->setText(m_run.isFollowing() ? tr("Following") : tr("Front"));
    const SnapshotPtr& snapshot = m_run.snapshot();
    if (!snapshot || snapshot->records.empty()) {
        m_subtitle->clear();
        m_plot->setEmptyText(tr("No results yet."));
        return;
    }
    m_plot->setEmptyText(tr("Every configuration failed; the table says why."));
    QString text = tr("%1 of %2 on the front")
                       .arg(snapshot->analysis.front.size())
                       .arg(snapshot->records.size());
    if (m_run.isFollowing())
        text = tr("%1 of %2, written by another process")
                   .arg(m_run.sweptCount())
                   .arg(m_run.expectedCount());
    m_subtitle->setText(text);
    m_subtitle->setToolTip(snapshot->analysis.knee.record == kNoRecord
                               ? toQString(snapshot->analysis.knee.reason)
                               : QString());
}

void PlotPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_legend->setRoom(width());
}

/// A focus proxy would do the same, but Tab then never comes to what stands before it.
void PlotPanel::focusInEvent(QFocusEvent* event)
{
    m_plot->setFocus(event->reason());
}

} // namespace bitfront
