// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/detail_panel.h"

#include "widgets/panels/layers_page.h"
#include "widgets/panels/recipe_page.h"
#include "widgets/parts/bars.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/chip.h"
#include "widgets/parts/figures.h"
#include "widgets/parts/scrolled.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/plan_choice.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QResizeEvent>
#include <QStackedLayout>
#include <QTabBar>

#include <algorithm>

namespace bitfront {

namespace {

enum Page
{
    EmptyPage,
    RecordPage
};
enum Tab
{
    LayersTab,
    RecipeTab
};

constexpr int kTabsHeight = 180; ///< tabs, header and a few layers at least

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

} // namespace

DetailPanel::DetailPanel(RunController& run, Selection& selection, Inspector& inspector,
                         QWidget* parent)
    : Ground(Kind::Surface, parent)
    , m_run(run)
    , m_selection(selection)
    , m_pages(new QStackedLayout(this))
    , m_layers(new LayersPage(inspector))
    , m_recipe(new RecipePage)
{
    setObjectName(QStringLiteral("detailPanel"));
    setMinimumWidth(uiPx(260));
    auto* empty = new QWidget;
    auto* emptyColumn = new QVBoxLayout(empty);
    emptyColumn->setContentsMargins(16, 8, 16, 16);
    auto* words = new Label(tr("Click a point or a row to see its configuration, its metrics and "
                               "how every layer is stored."),
                            13, 400, Tone::Text3);
    words->setWrapped(true);
    emptyColumn->addWidget(words);
    emptyColumn->addStretch();
    m_pages->addWidget(empty);

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    column->addWidget(buildTabs(), 1);
    column->addStretch(0);
    // Scrolls where the window is low, so that it may be lower than this.
    auto* scroll = scrolled(page);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->addWidget(scroll);

    connect(&m_selection, &Selection::currentChanged, this, &DetailPanel::refresh);
    connect(&m_run, &RunController::snapshotChanged, this, &DetailPanel::refresh);
    connect(&m_run, &RunController::runChanged, this, &DetailPanel::refresh);
    connect(&m_run, &RunController::sweepFinished, this, &DetailPanel::refresh);
    connect(&m_run, &RunController::recipeLoaded, this,
            [this](int record, const QList<ConfigFile>& files) {
                if (record == m_shown)
                    m_recipe->setFiles(files);
            });
    refresh();
}

QWidget* DetailPanel::buildHead()
{
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(16, 8, 16, 20);
    column->setSpacing(0);
    m_title = new Label({}, 15, 600);
    m_title->setObjectName(QStringLiteral("detailTitle"));
    m_title->setWrapped(true);
    column->addWidget(m_title);
    column->addSpacing(10);
    m_chips = new QHBoxLayout;
    m_chips->setSpacing(8);
    column->addLayout(m_chips);
    // Takes what has no room in the first line, in wide fonts and narrow docks.
    m_moreRow = new QWidget;
    m_moreChips = new QHBoxLayout(m_moreRow);
    m_moreChips->setContentsMargins(0, 6, 0, 0);
    m_moreChips->setSpacing(8);
    column->addWidget(m_moreRow);
    m_failure = new Label({}, 13, 400, Tone::Err);
    m_failure->setObjectName(QStringLiteral("detailFailure"));
    m_failure->setWrapped(true);
    m_failure->setContentsMargins(0, 16, 0, 12);
    column->addWidget(m_failure);
    m_retry = makeButton(tr("Try again"), ButtonRole::Neutral, QStringLiteral("refresh"));
    m_retry->setObjectName(QStringLiteral("detailRetry"));
    m_retry->setToolTip(tr("Runs this configuration alone once more"));
    connect(m_retry, &QPushButton::clicked, this,
            [this] { emit retryRequested({m_shownName.toStdString()}); });
    column->addWidget(m_retry, 0, Qt::AlignLeft);

    m_measured = new QWidget;
    auto* measured = new QVBoxLayout(m_measured);
    measured->setContentsMargins(0, 18, 0, 0);
    measured->setSpacing(0);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(14);
    for (int i = 0; i < 4; ++i) {
        m_figures[i] = new Figure;
        grid->addWidget(m_figures[i], i / 2, i % 2);
    }
    measured->addLayout(grid);
    measured->addSpacing(18);
    m_breakdown = new SizeBreakdown;
    measured->addWidget(m_breakdown);
    m_metrics = new KeyValueList;
    m_metrics->setContentsMargins(0, 16, 0, 0);
    measured->addWidget(m_metrics);
    m_warnings = new Label({}, 13, 400, Tone::Warn);
    m_warnings->setObjectName(QStringLiteral("recipeWarnings"));
    m_warnings->setWrapped(true);
    m_warnings->setContentsMargins(0, 12, 0, 0);
    measured->addWidget(m_warnings);
    column->addWidget(m_measured);
    return head;
}

void DetailPanel::resizeEvent(QResizeEvent* event)
{
    Ground::resizeEvent(event);
    if (event->oldSize().width() != event->size().width())
        refresh();
}

QWidget* DetailPanel::buildTabs()
{
    m_tabArea = new QWidget;
    m_tabArea->setMinimumHeight(uiPx(kTabsHeight));
    auto* column = new QVBoxLayout(m_tabArea);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(new HairLine);
    auto* strip = new QWidget;
    strip->setFixedHeight(uiPx(36));
    auto* across = new QHBoxLayout(strip);
    across->setContentsMargins(16, 0, 16, 0);
    m_tabs = new QTabBar;
    m_tabs->setObjectName(QStringLiteral("detailTabs"));
    m_tabs->setFont(uiFont(13, 500));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("Layers"));
    m_tabs->addTab(tr("Recipe"));
    m_coverage = new Label({}, 11, 400, Tone::Text2);
    across->addWidget(m_tabs, 0, Qt::AlignBottom);
    across->addStretch();
    across->addWidget(m_coverage);
    column->addWidget(strip);
    column->addWidget(new HairLine);

    auto* pages = new QWidget;
    m_tabPages = new QStackedLayout(pages);
    m_tabPages->addWidget(m_layers);
    m_tabPages->addWidget(m_recipe);
    column->addWidget(pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &DetailPanel::showTab);
    return m_tabArea;
}

void DetailPanel::refresh()
{
    const RecordId record = m_selection.current();
    const SnapshotPtr& snapshot = m_run.snapshot();
    if (!snapshot || record < 0 || record >= static_cast<int>(snapshot->records.size())) {
        m_shown = kNoRecord;
        m_shownName.clear();
        m_shownAt.clear();
        m_pages->setCurrentIndex(EmptyPage);
        return;
    }
    const ResultRecord& entry = snapshot->records[static_cast<std::size_t>(record)];
    const QString name = toQString(entry.config.name);
    // A configuration that was tried again keeps its place and its name.
    const bool another = record != m_shown || name != m_shownName || entry.finishedAt != m_shownAt;
    m_shown = record;
    m_shownName = name;
    m_shownAt = entry.finishedAt;
    showChips(entry, snapshot->analysis.points[static_cast<std::size_t>(record)]);
    if (entry.measurement())
        showFigures(*entry.measurement());
    // A running sweep takes up what its plan holds.
    m_retry->setEnabled(
        m_run.canRetry()
        || (m_run.isRunning() && !m_run.isStopping() && entry.config.group != GroupId::Mixed));
    if (another)
        showRecord(entry);
    m_pages->setCurrentIndex(RecordPage);
}

void DetailPanel::showRecord(const ResultRecord& record)
{
    m_title->setText(toQString(bitfront::title(record.config)));
    const Measurement* measured = record.measurement();
    m_measured->setVisible(measured != nullptr);
    m_failure->setVisible(measured == nullptr);
    m_retry->setVisible(measured == nullptr);
    if (const Failure* failure = record.failure())
        m_failure->setText(
            toQString(failure->message + (failure->hint.empty() ? "" : " " + failure->hint)));
    m_tabs->setTabEnabled(LayersTab, measured != nullptr);
    m_coverage->setVisible(measured != nullptr);
    if (measured) {
        showMetrics(record);
        m_coverage->setText(tr("%1 of %2 compressed")
                                .arg(measured->size.compressedLayers)
                                .arg(measured->size.totalLayers));
        m_layers->setRecord(record, std::make_shared<const ModelInfo>(m_run.header().model));
    } else {
        m_layers->clear();
        m_tabs->setCurrentIndex(RecipeTab);
    }
    m_recipe->clear();
    showTab(m_tabs->currentIndex());
}

void DetailPanel::showChips(const ResultRecord& record, const AnalysedPoint& point)
{
    clearLayout(m_chips);
    clearLayout(m_moreChips);
    int used = 0;
    const int room = width() - 32;
    const auto place = [&](Chip* chip) {
        used += chip->sizeHint().width() + m_chips->spacing();
        (used <= room + m_chips->spacing() ? m_chips : m_moreChips)->addWidget(chip);
    };
    const auto state = [&place](const QString& text, const QString& tip = {}) {
        auto* chip = new Chip(text, Chip::Kind::State);
        chip->setToolTip(tip);
        place(chip);
    };
    const auto& records = m_run.snapshot()->records;
    auto* group = new Chip(groupLegend(record.config.group));
    group->setToolTip(groupTitleText(record.config.group));
    group->setMarker(record.config.group, false);
    group->setFocusPolicy(Qt::NoFocus);
    place(group);
    if (record.config.isRefinement()) {
        const auto seed = std::ranges::find_if(records, [&record](const ResultRecord& other) {
            return other.config.name == record.config.seed;
        });
        const bool known = seed != records.end();
        auto* parentChip = new Chip(
            tr("refines %1").arg(toQString(known ? shortCode(seed->config) : record.config.seed)));
        parentChip->setMarker(record.config.group, true);
        if (known) {
            const int seedId = static_cast<int>(seed - records.begin());
            parentChip->setToolTip(tr("Click to see the configuration it refines"));
            connect(
                parentChip, &Chip::clicked, &m_selection,
                [this, seedId] { m_selection.setCurrent(seedId); }, Qt::QueuedConnection);
        }
        place(parentChip);
    }
    if (point.failed)
        state(tr("failed"));
    else if (point.onFront)
        state(tr("on front"), tr("No other result is both smaller and better."));
    else if (point.belowFloor)
        state(tr("below floor"));
    else if (point.dominatedBy != kNoRecord && point.dominatedBy < static_cast<int>(records.size()))
        state(tr("beaten by %1")
                  .arg(toQString(
                      shortCode(records[static_cast<std::size_t>(point.dominatedBy)].config))));
    m_chips->addStretch();
    m_moreChips->addStretch();
    m_moreRow->setVisible(m_moreChips->count() > 1);
}

void DetailPanel::showTab(int tab)
{
    m_tabPages->setCurrentIndex(tab);
    m_coverage->setVisible(tab == LayersTab);
    if (tab == RecipeTab)
        loadRecipe();
}

void DetailPanel::loadRecipe()
{
    if (m_shown != kNoRecord && m_recipe->isEmpty())
        m_run.requestRecipe(m_shown);
}

} // namespace bitfront
