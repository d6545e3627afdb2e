// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/project_panel.h"

#include "widgets/parts/list_row.h"
#include "widgets/setup/file_cards.h"
#include "widgets/setup/preflight_card.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QFileInfo>
#include <QVBoxLayout>

namespace bitfront {

namespace {

constexpr int kInset = 16;
constexpr double kMebibyte = 1024.0 * 1024.0;

QString modelSubtitle(const ModelInfo& model)
{
    return (model.layers.size() == 1 ? ProjectPanel::tr("%1 · %2 layer\n%3 weights · %4 MB")
                                     : ProjectPanel::tr("%1 · %2 layers\n%3 weights · %4 MB"))
        .arg(toQString(model.format))
        .arg(model.layers.size())
        .arg(countText(model.parameterCount()),
             megabytesText(static_cast<double>(model.fp16Bytes()) / kMebibyte));
}

QString inputsSubtitle(const std::vector<InputTensor>& tensors)
{
    QStringList lines;
    for (const InputTensor& tensor : tensors)
        lines << tensorLine(tensor.argument.empty() ? tensor.name : tensor.argument, tensor.shape,
                            tensor.dtype);
    return lines.join(QLatin1Char('\n'));
}

QString floorText(const MetricChoice& choice)
{
    const QString unit = metricUnit(choice.metric);
    const QString value = QString::number(choice.floor, 'g', 4);
    return unit.isEmpty() ? ProjectPanel::tr("Floor %1").arg(value)
                          : ProjectPanel::tr("Floor %1 %2").arg(value, unit);
}

ListRow* factRow(const QString& icon, QVBoxLayout* column)
{
    auto* row = new ListRow;
    row->setIcon(icon, Tone::Text2);
    row->setInset(kInset);
    column->addWidget(row);
    return row;
}

Label* sectionTitle(const QString& text)
{
    auto* label = new Label(text, 13, 600);
    label->setFixedHeight(uiPx(44));
    label->setContentsMargins(kInset, 0, kInset, 0);
    return label;
}

} // namespace

ProjectPanel::ProjectPanel(ProjectSetup& setup, RunController& run, QWidget* parent)
    : Ground(Kind::Panel, parent)
    , m_setup(setup)
    , m_run(run)
    , m_runs(new QVBoxLayout)
{
    setMinimumWidth(uiPx(240));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_model = factRow(QStringLiteral("chip"), column);
    m_inputs = factRow(QStringLiteral("image"), column);
    m_metrics = factRow(QStringLiteral("chart"), column);
    m_preflight = factRow(QStringLiteral("warning"), column);
    m_preflight->setIcon(QStringLiteral("warning"), Tone::Warn);
    for (ListRow* row : {m_model, m_inputs, m_metrics, m_preflight})
        connect(row, &ListRow::activated, this, &ProjectPanel::setupRequested);
    column->addSpacing(8);
    column->addWidget(new HairLine);
    column->addWidget(sectionTitle(tr("Runs")));
    m_runs->setSpacing(0);
    column->addLayout(m_runs);
    column->addStretch();

    for (const auto signal : {&ProjectSetup::modelChanged, &ProjectSetup::inputsChanged,
                              &ProjectSetup::metricsChanged, &ProjectSetup::planChanged})
        connect(&m_setup, signal, this, &ProjectPanel::refreshFacts);
    connect(&m_run, &RunController::runChanged, this, [this] {
        refreshFacts();
        refreshRuns();
    });
    connect(&m_run, &RunController::sweepFinished, this, &ProjectPanel::refreshCurrentRun);
    connect(&m_run, &RunController::snapshotChanged, this, &ProjectPanel::refreshCurrentRun);
    connect(&m_run, &RunController::sweepStarted, this, &ProjectPanel::refreshCurrentRun);
    refreshFacts();
    refreshRuns();
}

void ProjectPanel::setSource(Source source)
{
    m_source = source;
    refreshFacts();
    refreshRuns();
}

void ProjectPanel::setRecentRuns(const QList<RecentRun>& runs)
{
    m_recent = runs;
    refreshRuns();
}

void ProjectPanel::refreshFacts()
{
    const bool fromRun = m_source == Source::Run && m_run.hasRun();
    if (fromRun)
        showRunFacts();
    else if (m_setup.model())
        showSetupFacts();
    for (ListRow* row : {m_model, m_inputs, m_metrics, m_preflight})
        row->setClickable(m_setup.model() != nullptr);
}

void ProjectPanel::showSetupFacts()
{
    m_model->setTexts(QFileInfo(m_setup.modelPath()).fileName(), modelSubtitle(*m_setup.model()));
    m_model->setRightIcon(QStringLiteral("check-circle"), Tone::Ok);
    const auto inputs = m_setup.inputs();
    m_inputs->setTexts(m_setup.inputsName(),
                       inputs ? inputsSubtitle(inputs->tensors()) : tr("Not ready"));
    m_inputs->setRightIcon(
        m_setup.inputsState() == LoadState::Ready ? QStringLiteral("check-circle") : QString(),
        Tone::Ok);
    const auto metrics = m_setup.metrics();
    if (metrics.empty()) {
        m_metrics->setTexts(tr("No metric"), {});
    } else {
        QString name = toQString(metrics.front().output) + QStringLiteral(" → ")
            + metricTitle(metrics.front().metric);
        if (metrics.size() > 1)
            name += tr(" +%1").arg(metrics.size() - 1);
        m_metrics->setTexts(name, floorText(metrics.front()) + tr(" · primary output"));
    }
    m_metrics->setRightIcon(m_setup.metricsConfirmed() ? QStringLiteral("check-circle") : QString(),
                            Tone::Ok);
    showPreflight(m_setup.divisibility());
}

void ProjectPanel::showRunFacts()
{
    const RunHeader& header = m_run.header();
    m_model->setTexts(toQString(header.model.fileName), modelSubtitle(header.model));
    m_inputs->setTexts(inputsNameText(toQString(header.inputsPath), header.inputOptions),
                       inputsSubtitle(header.inputs));
    if (!header.metrics.empty()) {
        const MetricChoice& choice =
            header.metrics[std::min(m_run.judged(), header.metrics.size() - 1)];
        m_metrics->setTexts(
            toQString(choice.output) + QStringLiteral(" → ") + metricTitle(choice.metric),
            floorText(choice) + (m_run.judged() == 0 ? tr(" · primary output") : QString()));
    }
    for (ListRow* row : {m_model, m_inputs, m_metrics})
        row->setRightIcon(QStringLiteral("check-circle"), Tone::Ok);
    showPreflight(checkDivisibility(header.model, header.plan.configs));
}

void ProjectPanel::showPreflight(const std::vector<DivisibilityNote>& notes)
{
    m_preflight->setVisible(!notes.empty());
    if (notes.empty())
        return;
    m_preflight->setTexts(notes.size() == 1 ? tr("1 pre-flight note")
                                            : tr("%1 pre-flight notes").arg(notes.size()),
                          preflightSummary(notes));
    m_preflight->setRightIcon(m_setup.model() ? QStringLiteral("chevron-right") : QString(),
                              Tone::Text2);
    QStringList lines;
    for (const PreflightLine& line : preflightLines(notes, true))
        lines << line.layers + QStringLiteral(": ") + line.axis + QStringLiteral(", ") + line.sizes;
    m_preflight->setToolTip(lines.join(QLatin1Char('\n')));
}

void ProjectPanel::refreshRuns()
{
    while (QLayoutItem* item = m_runs->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_current = nullptr;
    const bool showsRun = m_run.hasRun();
    if (showsRun || m_source == Source::Setup) {
        m_current = new ListRow;
        m_current->setInset(kInset);
        m_current->setCurrent(true);
        m_runs->addWidget(m_current);
        connect(m_current, &ListRow::activated, this, [this] {
            if (m_source == Source::Setup && m_run.hasRun())
                emit runRequested(m_run.folder());
        });
        refreshCurrentRun();
    }
    int shown = 0;
    for (const RecentRun& run : std::as_const(m_recent)) {
        if ((showsRun && run.folder == m_run.folder()) || shown == 4)
            continue;
        ++shown;
        auto* row = new ListRow;
        row->setInset(kInset);
        row->setIcon(run.finished ? QStringLiteral("check-circle") : QStringLiteral("square"),
                     run.finished ? Tone::Ok : Tone::Text2);
        row->setTexts(QFileInfo(run.folder).fileName(), run.summary,
                      run.count.section(QLatin1Char(' '), 0, 0));
        row->setPicture(run.picture);
        row->setToolTip(run.folder);
        connect(row, &ListRow::activated, this,
                [this, folder = run.folder] { emit runRequested(folder); });
        m_runs->addWidget(row);
    }
}

void ProjectPanel::refreshCurrentRun()
{
    if (!m_current)
        return;
    if (!m_run.hasRun() || (m_source == Source::Setup && !m_run.isRunning())) {
        m_current->setIcon(QStringLiteral("ring"), Tone::Text2);
        m_current->setTexts(QFileInfo(m_setup.runFolder()).fileName(), tr("Not started"));
        m_current->setToolTip(m_setup.runFolder());
        return;
    }
    const int done = m_run.snapshot() ? static_cast<int>(m_run.snapshot()->records.size()) : 0;
    const QString name = QFileInfo(m_run.folder()).fileName();
    const QString partial = tr("%1 of %2").arg(m_run.sweptCount()).arg(m_run.expectedCount());
    m_current->setToolTip(m_run.folder());
    if (m_run.isRunning()) {
        const bool paused = m_run.isPaused();
        m_current->setIcon(paused ? QStringLiteral("pause") : QStringLiteral("play"), Tone::Accent);
        m_current->setTexts(name,
                            m_run.isStopping() ? tr("Stopping")
                                : paused       ? tr("Paused")
                                               : tr("Running"),
                            partial);
        return;
    }
    if (m_run.isFollowing()) {
        m_current->setIcon(QStringLiteral("play"), Tone::Accent);
        m_current->setTexts(name, tr("Written by another process"), partial);
        return;
    }
    switch (m_run.state()) {
    case RunState::Finished:
        m_current->setIcon(QStringLiteral("check-circle"), Tone::Ok);
        m_current->setTexts(name, tr("Finished, took %1").arg(elapsedText(m_run.wallMs())),
                            QString::number(done));
        break;
    case RunState::Failed:
        m_current->setIcon(QStringLiteral("warning"), Tone::Err);
        m_current->setTexts(name, tr("Ended early, results kept"), partial);
        break;
    default:
        m_current->setIcon(QStringLiteral("square"), Tone::Text2);
        m_current->setTexts(name, tr("Stopped, results kept"), partial);
    }
}

} // namespace bitfront
