// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/compare_panel.h"

#include "widgets/panels/view_pages.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/menu_key.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/results/compare_model.h"
#include "widgets/results/result_choice.h"
#include "widgets/results/result_delegate.h"
#include "widgets/results/table_header.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTreeView>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kSideWidth = 324;
constexpr int kWeightsWidth = 196;
constexpr int kNameWidth = 108; ///< of a layer, at least
constexpr int kNumberWidth = 68;

} // namespace

ComparePanel::ComparePanel(RunController& run, Selection& selection, Inspector& inspector,
                           QWidget* parent)
    : QWidget(parent)
    , m_run(run)
    , m_selection(selection)
    , m_inspector(inspector)
    , m_pages(new QStackedLayout(this))
    , m_state(new Label({}, 13, 400, Tone::Text2))
    , m_a(new ResultChoice(QStringLiteral("compareA"), tr("Result A")))
    , m_b(new ResultChoice(QStringLiteral("compareB"), tr("Result B")))
    , m_headline(new Label({}, 13, 600))
    , m_otherWords(new Label({}, 11, 400, Tone::Text2))
    , m_otherButton(makeButton(tr("Other run…"), ButtonRole::Link))
    , m_layers(new CompareModel(this))
    , m_layerView(new QTreeView)
    , m_histogram(new WeightHistogram)
    , m_histogramTitle(new Label({}, 11, 500, Tone::Text2))
{
    m_state->setObjectName(QStringLiteral("compareState"));
    addViewPages(*m_pages, m_state, buildSide(), buildLayers());
    connect(m_a, &QComboBox::activated, this, [this](int index) { choose(true, index); });
    connect(m_b, &QComboBox::activated, this, [this](int index) { choose(false, index); });
    connect(m_otherButton, &QPushButton::clicked, this, [this] {
        if (m_other)
            dropOther();
        else
            emit otherRunRequested();
    });
    // While it is looked at, two chosen results are the two to compare.
    connect(&m_selection, &Selection::selectedChanged, this, [this] {
        if (isVisible() && !m_other && m_selection.selected().size() == 2)
            m_selection.setCompared(m_selection.selected()[0], m_selection.selected()[1]);
    });
    connect(&m_selection, &Selection::comparedChanged, this, &ComparePanel::refresh);
    connect(&m_run, &RunController::snapshotChanged, this, &ComparePanel::refresh);
    connect(&m_run, &RunController::runChanged, this, &ComparePanel::dropOther);
    connect(&m_inspector, &Inspector::pairReady, this, [this](const LayerPair& pair) {
        if (pair.layer != m_layer)
            return;
        m_histogram->setHistogram({pair.a.after, pair.b.after, {}});
        m_histogram->setOverlay({pair.a.before, pair.b.before, {}});
    });
    connect(&m_inspector, &Inspector::pairFailed, this, [this](const QString& reason) {
        m_histogram->clear();
        m_histogramTitle->setText(reason);
    });
    refresh();
}

QWidget* ComparePanel::buildSide()
{
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(uiPx(kSideWidth));
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(16, 8, 16, 8);
    column->setSpacing(8);
    auto* choices = new QGridLayout;
    choices->setHorizontalSpacing(8);
    choices->setVerticalSpacing(6);
    choices->addWidget(new Label(QStringLiteral("A"), 13, 600), 0, 0);
    choices->addWidget(m_a, 0, 1);
    choices->addWidget(new Label(QStringLiteral("B"), 13, 600), 1, 0);
    choices->addWidget(m_b, 1, 1);
    QPushButton* swapButton = makeButton(tr("Swap"), ButtonRole::Quiet);
    swapButton->setObjectName(QStringLiteral("compareSwap"));
    swapButton->setToolTip(tr("Swap A and B (X)"));
    connect(swapButton, &QPushButton::clicked, this, &ComparePanel::swap);
    choices->addWidget(swapButton, 0, 2, 2, 1);
    choices->setColumnStretch(1, 1);
    column->addLayout(choices);
    m_headline->setObjectName(QStringLiteral("compareHeadline"));
    m_headline->setWrapped(true);
    column->addWidget(m_headline);
    auto* rows = new QWidget;
    m_rows = new QGridLayout(rows);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setHorizontalSpacing(12);
    m_rows->setVerticalSpacing(4);
    m_rows->setColumnStretch(0, 1);
    column->addWidget(rows);
    auto* foot = new QHBoxLayout;
    m_otherButton->setObjectName(QStringLiteral("compareOther"));
    m_otherButton->setToolTip(tr("Compare with a result of another run of the same model"));
    m_otherWords->setObjectName(QStringLiteral("compareOtherWords"));
    m_otherWords->setWrapped(true);
    foot->addWidget(m_otherWords, 1);
    foot->addWidget(m_otherButton, 0, Qt::AlignTop);
    column->addLayout(foot);
    column->addStretch();
    scroll->setWidget(side);
    side->setAutoFillBackground(false); // a scroll area fills whatever it is given
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

QWidget* ComparePanel::buildLayers()
{
    auto* box = new QWidget;
    auto* across = new QHBoxLayout(box);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    m_layerView->setObjectName(QStringLiteral("compareLayers"));
    m_layerView->setAccessibleName(tr("Layers by difference of bytes"));
    m_layerView->setModel(m_layers);
    m_layerView->setItemDelegate(new LayerDelegate(this));
    m_layerView->setFrameShape(QFrame::NoFrame);
    m_layerView->setRootIsDecorated(false);
    m_layerView->setIndentation(0);
    m_layerView->setUniformRowHeights(true);
    m_layerView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_layerView->installEventFilter(this);
    m_layerView->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_layerView, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        if (!m_layerView->indexAt(at).isValid())
            return;
        m_layerView->setCurrentIndex(m_layerView->indexAt(at));
        openLayerMenu(m_layerView->viewport()->mapToGlobal(at));
    });
    auto* header = new TableHeader(m_layerView);
    header->setInsets(16, 8, 8);
    m_layerView->setHeader(header);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(CompareModel::LayerColumn, QHeaderView::Stretch);
    for (const int column : {CompareModel::AColumn, CompareModel::BColumn,
                             CompareModel::DeltaColumn, CompareModel::ErrorColumn}) {
        header->setSectionResizeMode(column, QHeaderView::Fixed);
        header->resizeSection(column, uiPx(kNumberWidth));
    }
    across->addWidget(m_layerView, 1);
    auto* weights = new QWidget;
    weights->setObjectName(QStringLiteral("compareWeights"));
    auto* column = new QVBoxLayout(weights);
    column->setContentsMargins(0, 8, 0, 4);
    column->setSpacing(4);
    m_histogramTitle->setContentsMargins(16, 0, 16, 0);
    m_histogramTitle->setElided(true);
    column->addWidget(m_histogramTitle);
    auto* outline = new Label(tr("Outline: uncompressed"), 11, 400, Tone::Text3);
    outline->setContentsMargins(16, 0, 16, 0);
    column->addWidget(outline);
    m_histogram->setWords(QStringLiteral("A"), QStringLiteral("B"));
    column->addWidget(m_histogram, 1);
    weights->setFixedWidth(uiPx(kWeightsWidth));
    across->addWidget(weights);
    weights->hide();
    connect(m_layerView->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ComparePanel::openLayer);
    return box;
}

/// What leads from a layer of the two results to the same layer elsewhere.
void ComparePanel::openLayerMenu(const QPoint& at)
{
    const QString layer =
        m_layerView->currentIndex().siblingAtColumn(CompareModel::LayerColumn).data().toString();
    if (layer.isEmpty())
        return;
    QMenu menu;
    menu.setObjectName(QStringLiteral("compareLayerMenu"));
    menu.addAction(tr("Show in &Sensitivity") + QStringLiteral("\tS"), this,
                   [this, layer] { emit sensitivityRequested(layer); });
    menu.exec(at);
}

/// Keys of the table of layers. Letters are the table's before they are the window's.
bool ComparePanel::eventFilter(QObject* watched, QEvent* event)
{
    const bool press = event->type() == QEvent::KeyPress;
    if ((press || event->type() == QEvent::ShortcutOverride)
        && actOnLayer(static_cast<QKeyEvent&>(*event), press)) {
        event->accept();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// Whether the key means something for the current layer; does it where it is `pressed`.
bool ComparePanel::actOnLayer(const QKeyEvent& key, bool pressed)
{
    const QModelIndex current = m_layerView->currentIndex();
    const bool show = key.key() == Qt::Key_S && key.modifiers() == Qt::NoModifier;
    if (!current.isValid() || (!show && !isMenuKey(key)))
        return false;
    if (pressed && show)
        emit sensitivityRequested(
            current.siblingAtColumn(CompareModel::LayerColumn).data().toString());
    else if (pressed)
        openLayerMenu(
            m_layerView->viewport()->mapToGlobal(m_layerView->visualRect(current).center()));
    return true;
}

void ComparePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

/// As wide as its longest code: names of layers get the rest.
int ComparePanel::widthOf(int column) const
{
    const QFontMetrics metrics(uiFont(13));
    int widest = uiPx(28);
    for (int row = 0; row < m_layers->rowCount(); ++row)
        widest = std::max(
            widest, metrics.horizontalAdvance(m_layers->index(row, column).data().toString()));
    return std::min(widest, uiPx(92)) + 18;
}

void ComparePanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

/// Where there is not room for all, the difference of errors gives way first, then how each stores
/// a layer (which the tip says too), then the weights of the chosen layer.
void ComparePanel::fitColumns()
{
    const int least = uiPx(kNameWidth) + uiPx(kNumberWidth);
    int room = width() - uiPx(kSideWidth);
    const bool weights = m_layerOpen && room - uiPx(kWeightsWidth) >= least;
    m_histogram->parentWidget()->setVisible(weights);
    room -= weights ? uiPx(kWeightsWidth) : 0;
    int stored = 0;
    for (const int column : {CompareModel::AColumn, CompareModel::BColumn}) {
        m_layerView->header()->resizeSection(column, widthOf(column));
        stored += widthOf(column);
    }
    for (const int column : {CompareModel::AColumn, CompareModel::BColumn})
        m_layerView->setColumnHidden(column, room < least + stored);
    m_layerView->setColumnHidden(CompareModel::ErrorColumn,
                                 room < least + stored + uiPx(kNumberWidth));
}

/// The markers in the boxes have the colours of the theme.
void ComparePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    // Later: a theme is applied to all widgets in a row, and none of them may go meanwhile.
    if (event->type() == QEvent::PaletteChange)
        QMetaObject::invokeMethod(this, &ComparePanel::refresh, Qt::QueuedConnection);
}

void ComparePanel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_X && event->modifiers() == Qt::NoModifier)
        swap();
    else
        QWidget::keyPressEvent(event);
}

} // namespace bitfront
