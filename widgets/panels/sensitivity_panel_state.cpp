// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SensitivityPanel that follows scan and recipes: what is shown when, locks and ties.
#include "widgets/panels/recipe_bar.h"
#include "widgets/panels/scan_page.h"
#include "widgets/panels/sensitivity_panel.h"
#include "widgets/parts/bars.h"
#include "widgets/parts/heat_scale.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/results/sensitivity_view.h"
#include "widgets/selection.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QLocale>
#include <QPointer>
#include <QPushButton>
#include <QStackedLayout>
#include <QUndoCommand>

#include <algorithm>

namespace bitfront {

namespace {

/// Locks before and after, as one step of the window's undo.
class LockStep : public QUndoCommand
{
public:
    LockStep(ScanController& scan, std::vector<FormatLock> after, const QString& text)
        : QUndoCommand(text)
        , m_scan(scan)
        , m_before(scan.locks())
        , m_after(std::move(after))
    {
    }
    void undo() override { m_scan.setLocks(m_before); }
    void redo() override { m_scan.setLocks(m_after); }

private:
    ScanController& m_scan;
    std::vector<FormatLock> m_before, m_after;
};

/// Another grouping of layers, as one step of the window's undo: what was measured is known, so
/// that going back takes no time.
class TieStep : public QUndoCommand
{
public:
    TieStep(ScanController& scan, ScanWish before, ScanWish after)
        : QUndoCommand(SensitivityPanel::tr("ties of layers"))
        , m_scan(scan)
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }
    void undo() override { go(m_before); }
    void redo() override { go(m_after); }

private:
    void go(const ScanWish& wish)
    {
        if (m_scan.isWorking() || !m_scan.obstacle().isEmpty())
            setObsolete(true); // not now; a step that does nothing is no step
        else
            m_scan.startScan(wish);
    }

    ScanController& m_scan;
    ScanWish m_before, m_after;
};

/// A frontier that takes longer is asked about first.
constexpr double kLongMs = 10'000;

QString qualityWords(double value, Metric metric)
{
    const QString unit = metricUnit(metric);
    const QString text = qualityText(value, metric);
    return unit.isEmpty() ? text : text + QLatin1Char(' ') + unit;
}

} // namespace

void SensitivityPanel::refresh()
{
    const ScanViewPtr& view = m_scan.view();
    const bool scanning = m_scan.work() == ScanController::Work::Scan;
    m_page->setBack(m_asking);
    m_pages->setCurrentIndex((view && !m_asking) || scanning ? HeatPage : QuestionPage);
    const bool whole = view && view->isComplete() && !scanning;
    m_bar->setVisible(whole);
    m_state->setVisible(!whole);
    m_legend->setVisible(view != nullptr);
    refreshState();
}

void SensitivityPanel::refreshState()
{
    const ScanViewPtr& view = m_scan.view();
    const bool working = m_scan.isWorking();
    const bool scanning = m_scan.work() == ScanController::Work::Scan;
    m_progress->setVisible(working);
    m_progress->setFraction(m_scan.progressFraction());
    m_cancel->setVisible(scanning);
    m_cancel->setEnabled(!m_scan.isCancelling());
    m_continue->setVisible(!scanning);
    const QString obstacle = m_scan.obstacle();
    m_continue->setEnabled(!working && obstacle.isEmpty());
    if (scanning)
        m_stateWords->setText(m_scan.progressText());
    else if (view && !view->isComplete())
        m_stateWords->setText(obstacle.isEmpty()
                                  ? tr("%1 of %2 measured. They are kept; the rest is missing.")
                                        .arg(view->done)
                                        .arg(view->wanted)
                                  : obstacle);
    const HeatRange range = m_model->range();
    const QString unit = metricUnit(m_model->metric());
    const QString high = qualityText(range.high, m_model->metric());
    m_legend->setEnds(qualityText(range.low, m_model->metric()),
                      unit.isEmpty() ? high : high + QLatin1Char(' ') + unit);
    m_stop->setVisible(working && !scanning);
    m_stop->setEnabled(!m_scan.isCancelling());
    m_again->setVisible(!working);
    m_facts->setText(working && !scanning ? m_scan.progressText() : facts());
}

/// What the scan is of, and what it leaves out.
QString SensitivityPanel::facts() const
{
    const ScanViewPtr& view = m_scan.view();
    if (!view || !m_scan.obstacle().isEmpty())
        return m_scan.obstacle();
    const SampleSplit& split = view->header.split;
    QString text = view->header.settings.method == ScanMethod::Probed
        ? tr("Probed: ~ is estimated. ")
        : QString();
    text += split.heldOut > 0 ? (split.byBatch ? tr("%1 of %2 batches held out to check recipes")
                                               : tr("%1 of %2 samples held out to check recipes"))
                                    .arg(split.heldOut)
                                    .arg(split.total)
                              : tr("Nothing held out: recipes cannot be checked on other samples");
    const auto& recipe = m_scan.forecast().recipe;
    if (recipe)
        text += recipe->exact ? tr(" · solved exactly") : tr(" · not solved to the end");
    return text;
}

void SensitivityPanel::predict()
{
    m_scan.requestPrediction(m_bar->target());
}

void SensitivityPanel::showForecast()
{
    const RecipeForecast& forecast = m_scan.forecast();
    const ScanViewPtr& view = m_scan.view();
    m_model->setChoice(forecast.recipe ? forecast.recipe->choice : ScanChoice());
    refreshState();
    std::optional<PlotForecast> point;
    if (view && forecast.recipe && m_touched && isVisible()) {
        const std::size_t output =
            view->sensitivity.indexOf(m_run.header().metrics.at(m_run.judged()).output);
        if (output < forecast.recipe->qualities.size()) // else no layer could be measured
            point = PlotForecast {16 / forecast.recipe->averageBits,
                                  forecast.recipe->qualities[output]};
    }
    emit forecastChanged(point);
}

void SensitivityPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_run.hasRun() && !m_scan.view())
        m_page->refresh();
    showForecast();
}

void SensitivityPanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    emit forecastChanged(std::nullopt);
}

/// Predicted and measured side by side, and what one must know before believing either.
void SensitivityPanel::tellFound(const ResultRecord& record)
{
    m_touched = false;
    emit forecastChanged(std::nullopt);
    const Measurement* measured = record.measurement();
    const QString name = toQString(title(record.config));
    if (!measured) {
        emit said(MessageBanner::Kind::Warning,
                  tr("%1 failed: %2").arg(name, toQString(record.failure()->message)));
        return;
    }
    const std::string& judged = m_run.header().metrics.at(m_run.judged()).output;
    const auto output = std::ranges::find(measured->outputs, judged, &OutputQuality::output);
    if (output == measured->outputs.end())
        return;
    const auto index = static_cast<std::size_t>(output - measured->outputs.begin());
    QStringList words {tr("%1 at %2 bits")
                           .arg(qualityWords(output->value, output->metric),
                                QLocale().toString(measured->size.averageBits(), 'f', 2))};
    // Predictions are of the samples that formats are chosen by.
    if (record.recipe && index < record.recipe->predicted.size())
        words << tr("%1 where %2 was predicted")
                     .arg(qualityWords(output->split ? output->split->chosenOn : output->value,
                                       output->metric),
                          qualityWords(record.recipe->predicted[index], output->metric));
    if (output->split)
        words << tr("%1 on held-out samples")
                     .arg(qualityWords(output->split->heldOut, output->metric));
    QString text = tr("Measured %1: %2.").arg(name, words.join(QStringLiteral(", ")));
    const std::vector<std::string> warnings = recipeWarnings(record);
    for (const std::string& warning : warnings)
        text += QLatin1Char(' ') + toQString(warning);
    emit said(warnings.empty() ? MessageBanner::Kind::Ok : MessageBanner::Kind::Warning, text);
}

bool SensitivityPanel::showLayer(const std::string& layer)
{
    const ScanViewPtr& view = m_scan.view();
    const auto unit = view ? view->unitOf(layer) : std::nullopt;
    if (!unit)
        return false;
    m_asking = false;
    refresh();
    m_view->showUnit(*unit);
    return true;
}

bool SensitivityPanel::lockLayer(const std::string& layer, const std::string& format)
{
    const ScanViewPtr& view = m_scan.view();
    const auto unit = view ? view->unitOf(layer) : std::nullopt;
    if (!unit || !m_scan.canLock({layer, format}))
        return false;
    lockUnits({*unit}, toQString(format));
    return true;
}

void SensitivityPanel::lockUnits(const std::vector<std::size_t>& units, const QString& format)
{
    const ScanViewPtr& view = m_scan.view();
    if (!view)
        return;
    std::vector<FormatLock> locks = m_scan.locks();
    QStringList names;
    for (const std::size_t unit : units) {
        const auto& layers = view->space.units.at(unit).layers;
        std::erase_if(locks, [&](const FormatLock& lock) {
            return std::ranges::any_of(layers, [&](std::size_t layer) {
                return view->model.layers[layer].name == lock.layer;
            });
        });
        if (!format.isEmpty())
            locks.push_back({view->model.layers[layers.front()].name, format.toStdString()});
        names << toQString(view->space.units[unit].name);
    }
    locks = m_scan.heldLocks(locks);
    if (locks == m_scan.locks())
        return;
    const QString what = names.size() == 1 ? names.front() : tr("%1 layers").arg(names.size());
    m_selection.undoStack().push(new LockStep(m_scan, std::move(locks),
                                              format.isEmpty() ? tr("unlocking of %1").arg(what)
                                                               : tr("lock of %1").arg(what)));
}

void SensitivityPanel::startScan(const ScanWish& wish)
{
    const ScanViewPtr& view = m_scan.view();
    if (!view) {
        m_scan.startScan(wish);
        return;
    }
    ScanWish before = wishOf(view->header, view->model);
    const bool tied = wish.ties != before.ties || wish.tieAttention != before.tieAttention;
    if (tied && view->isComplete())
        m_selection.undoStack().push(new TieStep(m_scan, std::move(before), wish));
    else
        m_scan.startScan(wish);
}

void SensitivityPanel::drawFrontier()
{
    const RecipeForecast& forecast = m_scan.forecast();
    const double largest = *std::ranges::max_element(ScanController::kFrontierBits);
    if (forecast.asked && forecast.range.least > largest) {
        emit said(MessageBanner::Kind::Info,
                  tr("A frontier has sizes up to %1 bits, and with the locks of now the smallest "
                     "formats take %2.")
                      .arg(QLocale().toString(largest),
                           QLocale().toString(forecast.range.least, 'f', 2)));
        return;
    }
    const SearchEstimate search =
        m_scan.searchEstimate(std::size(ScanController::kFrontierBits), m_bar->rounds());
    const auto draw = [this] { m_scan.drawFrontier(m_bar->rounds()); };
    if (search.time.highMs < kLongMs)
        draw();
    else
        emit asked(tr("The frontier takes at most %1 short runs, %2. Cancel at any time; what was "
                      "measured is kept.")
                       .arg(search.runs)
                       .arg(toQString(durationText(search.time))),
                   tr("Draw frontier"), draw);
}

/// Tied layers are measured together, so ties lead to the question of a scan.
void SensitivityPanel::tieUnits(const std::vector<std::size_t>& units, bool tied)
{
    const ScanViewPtr& view = m_scan.view();
    if (!view || m_scan.isWorking())
        return;
    ScanWish wish = wishOf(view->header, view->model);
    std::vector<std::string> tie;
    for (const std::size_t unit : units)
        for (const std::size_t layer : view->space.units.at(unit).layers)
            tie.push_back(view->model.layers[layer].name);
    // A layer is in one group at most; groups are those that the scan made of patterns and names.
    wish.tieAttention = false;
    wish.ties.clear();
    for (const ScanUnit& unit : view->space.units)
        if (unit.layers.size() > 1 && std::ranges::none_of(unit.layers, [&](std::size_t layer) {
                return std::ranges::find(tie, view->model.layers[layer].name) != tie.end();
            })) {
            wish.ties.emplace_back();
            for (const std::size_t layer : unit.layers)
                wish.ties.back().push_back(view->model.layers[layer].name);
        }
    if (tied)
        wish.ties.push_back(std::move(tie));
    m_asking = true;
    m_page->setWish(withAttentionApart(std::move(wish), view->model));
    refresh();
}

} // namespace bitfront
