// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/outputs_panel.h"

#include "widgets/panels/view_pages.h"
#include "widgets/parts/output_canvas.h"
#include "widgets/results/result_delegate.h"
#include "widgets/results/sample_model.h"
#include "widgets/results/table_header.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

namespace bitfront {

namespace {

constexpr int kSideWidth = 208;
constexpr int kDelayMs = 180;

} // namespace

OutputsPanel::OutputsPanel(RunController& run, Selection& selection, Inspector& inspector,
                           QWidget* parent)
    : QWidget(parent)
    , m_run(run)
    , m_selection(selection)
    , m_inspector(inspector)
    , m_pages(new QStackedLayout(this))
    , m_state(new Label({}, 13, 400, Tone::Text2))
    , m_output(new QComboBox)
    , m_plane(new QSpinBox)
    , m_planeWord(new Label(tr("Channel"), 11, 400, Tone::Text2))
    , m_samples(new SampleModel(this))
    , m_list(new QTreeView)
    , m_canvas(new OutputCanvas)
{
    m_state->setObjectName(QStringLiteral("outputsState"));
    addViewPages(*m_pages, m_state, buildSide(), m_canvas);
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &OutputsPanel::request);
    connect(&m_selection, &Selection::currentChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(&m_run, &RunController::snapshotChanged, this, &OutputsPanel::request);
    connect(&m_run, &RunController::runChanged, this, [this] {
        clear();
        m_asked.clear();
        request();
    });
    connect(&m_inspector, &Inspector::outputsReady, this, &OutputsPanel::adopt);
    connect(&m_inspector, &Inspector::outputsFailed, this,
            [this](const QString& reason) { showState(reason, true); });
    connect(
        &m_inspector, &Inspector::drawingReady, this,
        [this](const OutputViewsPtr& views, std::size_t output, const SampleDrawingPtr& drawing) {
            if (views == m_views && m_views->config == m_asked)
                m_canvas->setSample({views, &views->outputs[output]}, drawing);
        });
    request();
}

QWidget* OutputsPanel::buildSide()
{
    auto* side = new QWidget;
    side->setFixedWidth(uiPx(kSideWidth));
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QWidget;
    auto* choices = new QHBoxLayout(head);
    choices->setContentsMargins(16, 4, 8, 4);
    m_output->setObjectName(QStringLiteral("outputsCombo"));
    m_output->setAccessibleName(tr("Output to look at"));
    m_output->setMinimumContentsLength(6);
    choices->addWidget(m_output, 1);
    m_plane->setObjectName(QStringLiteral("outputsPlane"));
    m_plane->setAccessibleName(tr("Channel of the picture"));
    m_plane->setFont(uiFont(11));
    choices->addWidget(m_planeWord);
    choices->addWidget(m_plane);
    column->addWidget(head);
    m_list->setObjectName(QStringLiteral("samplesTable"));
    m_list->setAccessibleName(tr("Samples, the worst first"));
    m_list->setModel(m_samples);
    m_list->setItemDelegate(new LayerDelegate(this));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setUniformRowHeights(true);
    m_list->setFont(uiFont(13));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* header = new TableHeader(m_list);
    header->setInsets(16, 8, 16);
    m_list->setHeader(header);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(SampleModel::SampleColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(SampleModel::QualityColumn, QHeaderView::Fixed);
    header->resizeSection(SampleModel::QualityColumn, uiPx(96));
    column->addWidget(m_list, 1);
    connect(m_output, &QComboBox::activated, this, &OutputsPanel::showOutput);
    connect(m_plane, &QSpinBox::valueChanged, this, &OutputsPanel::showSample);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &OutputsPanel::showSample);
    return side;
}

void OutputsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    request();
}

QString OutputsPanel::state() const
{
    return m_pages->currentIndex() == 0 ? m_state->text() : QString();
}

/// Nothing is computed for a view that nobody looks at.
void OutputsPanel::request()
{
    const SnapshotPtr& snapshot = m_run.snapshot();
    const RecordId current = m_selection.current();
    if (!snapshot || current < 0 || current >= static_cast<int>(snapshot->records.size())) {
        m_asked.clear();
        showState(tr("Select a result to see what it does to the outputs."));
        return;
    }
    const ResultRecord& record = snapshot->records[static_cast<std::size_t>(current)];
    if (!isVisible() || (record.config.name == m_asked && record.finishedAt == m_askedAt))
        return;
    m_askedAt = record.finishedAt;
    if (!record.measurement()) {
        m_asked = record.config.name;
        showState(tr("This configuration failed: it has no outputs to look at."));
        return;
    }
    m_asked = record.config.name;
    const QString words = tr("Computing the outputs of %1…").arg(toQString(title(record.config)));
    if (m_views)
        m_canvas->waitFor(words); // it still shows those of the result before
    else
        showState(words);
    m_inspector.requestOutputs(record.config);
}

void OutputsPanel::showState(const QString& text, bool failed)
{
    m_state->setTone(failed ? Tone::Err : Tone::Text2);
    m_state->setText(text);
    clear();
    m_pages->setCurrentIndex(0);
}

void OutputsPanel::clear()
{
    m_canvas->clear();
    m_views.reset();
}

void OutputsPanel::adopt(const OutputViewsPtr& views)
{
    if (views->config != m_asked)
        return;
    const int output = std::max(m_output->currentIndex(), 0);
    m_views = views;
    const QSignalBlocker quiet(m_output);
    m_output->clear();
    for (const OutputView& view : views->outputs)
        m_output->addItem(toQString(view.info().name));
    m_output->setCurrentIndex(std::min(output, m_output->count() - 1));
    m_pages->setCurrentIndex(1);
    showOutput(m_output->currentIndex());
}

void OutputsPanel::showOutput(int index)
{
    if (!m_views || index < 0)
        return;
    const OutputView& view = m_views->outputs[static_cast<std::size_t>(index)];
    // The sample one looks at stays, so that configurations can be leafed through.
    const std::int64_t sample = m_samples->sampleOf(m_list->currentIndex().row());
    m_filling = true;
    m_samples->setRanking(view.ranking(), view.metric());
    const int planes = static_cast<int>(view.picture().planes);
    const bool pictures = view.form() != OutputForm::Line && planes > 1;
    {
        const QSignalBlocker quiet(m_plane);
        m_plane->setRange(0, std::max(planes - 1, 0));
    }
    m_plane->setVisible(pictures);
    m_planeWord->setVisible(pictures);
    const int row = sample < 0 ? 0 : std::max(m_samples->rowOf(sample), 0);
    m_list->setCurrentIndex(m_samples->index(row, 0));
    m_filling = false;
    showSample();
}

void OutputsPanel::showSample()
{
    const int index = m_output->currentIndex();
    const std::int64_t sample = m_samples->sampleOf(m_list->currentIndex().row());
    if (m_filling || !m_views || index < 0 || sample < 0)
        return;
    if (!m_canvas->waiting().isShown())
        m_canvas->waitFor(tr("Drawing the sample…"));
    m_inspector.requestDrawing(m_views, static_cast<std::size_t>(index), sample, m_plane->value());
}

} // namespace bitfront
