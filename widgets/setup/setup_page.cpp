// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/setup_page.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/chip.h"
#include "widgets/parts/labels.h"
#include "widgets/setup/configuration_tree.h"
#include "widgets/setup/file_cards.h"
#include "widgets/setup/metrics_card.h"
#include "widgets/setup/preflight_card.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kColumnWidth = 1152;
constexpr int kTwoColumns = 940; ///< narrower pages have one

/// Keeps `content` centred and no wider than the design's column.
QWidget* centred(QWidget* content)
{
    auto* outer = new QWidget;
    auto* across = new QHBoxLayout(outer);
    across->setContentsMargins(24, 0, 24, 0);
    content->setMaximumWidth(uiPx(kColumnWidth));
    across->addStretch();
    across->addWidget(content, 1000);
    across->addStretch();
    return outer;
}

/// Empty where palettes are searched as usual.
QString paletteWords(const PaletteOptions& options)
{
    QStringList words;
    if (options.embeddings)
        words << SetupPage::tr("embedding tables too");
    if (options.rounding == PaletteRounding::Reference)
        words << SetupPage::tr("weights always rounded first");
    return words.isEmpty() ? QString()
                           : SetupPage::tr("Palettes: %1").arg(words.join(QStringLiteral(", ")));
}

} // namespace

SetupPage::SetupPage(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 24, 0, 24);
    column->setSpacing(20);
    column->addWidget(buildHead());
    column->addWidget(buildColumns());
    column->addStretch();

    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(centred(content));
    scroll->setFocusPolicy(Qt::NoFocus);

    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(scroll, 1);
    page->addWidget(new HairLine);
    QWidget* bar = buildBar();
    page->addWidget(bar);
    // In line with the cards, also beside a scroll bar.
    connect(scroll->verticalScrollBar(), &QScrollBar::rangeChanged, bar,
            [bar, scroll](int, int end) {
                bar->setContentsMargins(
                    0, 0, end > 0 ? scroll->verticalScrollBar()->sizeHint().width() : 0, 0);
            });
    setMinimumSize(uiPx(420), uiPx(160));

    for (const auto signal :
         {&ProjectSetup::modelChanged, &ProjectSetup::inputsChanged, &ProjectSetup::metricsChanged,
          &ProjectSetup::planChanged, &ProjectSetup::runFolderChanged})
        connect(&m_setup, signal, this, &SetupPage::refresh);
    refresh();
}

QWidget* SetupPage::buildHead()
{
    auto* head = new QWidget;
    auto* across = new QHBoxLayout(head);
    across->setContentsMargins(0, 0, 0, 0);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    m_title = new Label({}, 20, 600);
    m_title->setElided(true);
    words->addWidget(m_title);
    words->addWidget(
        new Label(tr("Confirm three things, then estimate. Nothing runs until you say so."), 13,
                  400, Tone::Text2));
    across->addLayout(words, 1);
    m_back = makeButton(tr("Back to results"), ButtonRole::Neutral);
    m_back->setObjectName(QStringLiteral("backToResults"));
    m_back->hide();
    connect(m_back, &QPushButton::clicked, this, &SetupPage::backRequested);
    across->addWidget(m_back);
    return head;
}

QWidget* SetupPage::buildColumns()
{
    auto* model = new ModelCard(m_setup);
    auto* inputs = new InputsCard(m_setup);
    auto* metrics = new MetricsCard(m_setup);
    connect(model, &StepCard::actionTriggered, this, &SetupPage::openModelRequested);
    connect(model, &StepCard::exportHelpRequested, this, &SetupPage::exportHelpRequested);
    connect(inputs, &StepCard::actionTriggered, this, &SetupPage::openInputsRequested);
    connect(inputs, &InputsCard::folderRequested, this, &SetupPage::openInputsFolderRequested);
    connect(metrics, &StepCard::actionTriggered, this, &SetupPage::metricHelpRequested);

    auto* left = new QVBoxLayout;
    left->setSpacing(16);
    left->addWidget(model);
    left->addWidget(inputs);
    left->addWidget(metrics);
    left->addStretch();

    auto* configurations = new Ground(Ground::Kind::Card);
    auto* card = new QVBoxLayout(configurations);
    card->setContentsMargins(1, 12, 1, 8);
    card->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(20, 4, 20, 12);
    head->setSpacing(10);
    head->addWidget(new IconLabel(QStringLiteral("layers")));
    head->addWidget(new Label(tr("Configurations"), 15, 600));
    head->addStretch();
    m_counts = new Label({}, 11, 400, Tone::Text3);
    head->addWidget(m_counts);
    card->addLayout(head);
    card->addLayout(buildPresets());
    auto* treeRow = new QHBoxLayout;
    treeRow->setContentsMargins(8, 0, 0, 0);
    treeRow->addWidget(new ConfigurationTree(m_setup));
    card->addLayout(treeRow);
    m_recurrent = new QCheckBox(tr("Compress LSTM, GRU and RNN weights, too"));
    m_recurrent->setObjectName(QStringLiteral("recurrent"));
    m_recurrent->setToolTip(tr("The reference sweep leaves the weights of recurrent layers at 16 "
                               "bits"));
    connect(m_recurrent, &QCheckBox::clicked, this,
            [this](bool on) { m_setup.setLayerOptions({on}); });
    auto* recurrentRow = new QHBoxLayout;
    recurrentRow->setContentsMargins(36, 4, 20, 0); // below the boxes of the tree
    recurrentRow->addWidget(m_recurrent);
    card->addLayout(recurrentRow);
    auto* make = makeButton(tr("New configuration…"), ButtonRole::Link, QStringLiteral("plus"));
    make->setObjectName(QStringLiteral("newConfiguration"));
    make->setToolTip(tr("One of your own, with its size and bits at once"));
    connect(make, &QPushButton::clicked, this, &SetupPage::newConfigurationRequested);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(20, 8, 20, 8);
    foot->addWidget(make);
    foot->addStretch();
    card->addLayout(foot);

    auto* right = new QVBoxLayout;
    right->setSpacing(16);
    right->addWidget(configurations);
    right->addWidget(new PreflightCard(m_setup));
    right->addStretch();

    auto* both = new QWidget;
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, both);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(24);
    m_columns->addLayout(left, 1);
    m_columns->addLayout(right, 1);
    return both;
}

/// Whole sweeps by one click; none is on where the choice is somebody's own.
QLayout* SetupPage::buildPresets()
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(20, 0, 20, 12);
    row->setSpacing(8);
    const auto add = [&](const char* name, const QString& text, const QString& tip,
                         void (PlanChoice::*select)()) {
        auto* chip = new Chip(text);
        chip->setObjectName(QLatin1String(name));
        chip->setCheckable(true);
        chip->setToolTip(tip);
        connect(chip, &QAbstractButton::clicked, this, [this, select] {
            PlanChoice plan = m_setup.plan();
            (plan.*select)();
            m_setup.setPlan(plan);
            refresh(); // also where nothing changed: the chip stays on
        });
        row->addWidget(chip);
        return chip;
    };
    m_quick = add("presetQuick", tr("Quick"),
                  tr("12 configurations that show the shape of the front, without refinement"),
                  &PlanChoice::selectQuick);
    m_standard =
        add("presetStandard", tr("Standard"), tr("The 31 configurations of the reference, refined"),
            &PlanChoice::selectStandard);
    m_thorough = add("presetThorough", tr("Thorough"),
                     tr("The standard sweep and %1 more, refined").arg(moreConfigurations().size()),
                     &PlanChoice::selectThorough);
    m_palette = new Label({}, 11, 400, Tone::Text2);
    m_palette->setObjectName(QStringLiteral("paletteOptions"));
    m_palette->setElided(true);
    m_palette->setToolTip(tr("As in the run before. A preset goes back to the usual."));
    row->addWidget(m_palette, 1);
    return row;
}

QWidget* SetupPage::buildBar()
{
    m_barCounts = new Label({}, 13, 500);
    m_folder = new Label({}, 13, 400, Tone::Text2);
    m_folder->setElided(true);
    m_changeFolder = makeButton(tr("Change…"), ButtonRole::Link);
    m_changeFolder->setAccessibleName(tr("Change the run folder"));
    m_missing = new Label({}, 13, 400, Tone::Text2);
    m_missing->setObjectName(QStringLiteral("missing"));
    m_estimate = makeButton(tr("Estimate…"), ButtonRole::Primary);
    m_estimate->setObjectName(QStringLiteral("estimate"));
    connect(m_changeFolder, &QPushButton::clicked, this, &SetupPage::runFolderRequested);
    connect(m_estimate, &QPushButton::clicked, this, &SetupPage::estimateRequested);

    auto* row = new QWidget;
    auto* across = new QHBoxLayout(row);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(8);
    m_barCounts->setElided(true);
    m_folderWord = new Label(tr("Run folder"), 13, 400, Tone::Text3);
    across->addWidget(m_barCounts);
    across->addSpacing(8);
    across->addWidget(m_folderWord);
    across->addWidget(m_folder);
    across->addWidget(m_changeFolder);
    across->addStretch(1);
    across->addWidget(m_missing);
    across->addSpacing(8);
    across->addWidget(m_estimate);

    auto* bar = new Ground(Ground::Kind::Surface);
    bar->setFixedHeight(uiPx(64));
    auto* whole = new QVBoxLayout(bar);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(centred(row));
    return bar;
}

void SetupPage::setHasResults(bool has)
{
    m_back->setVisible(has);
}

/// One column below the other, and less in the bar, where there is no room for both.
void SetupPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow = width() < uiPx(kTwoColumns);
    m_columns->setDirection(m_narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    showFolder();
}

/// The estimate says it again, with a button to change it.
void SetupPage::showFolder()
{
    const bool shown = !m_narrow && !m_setup.runFolder().isEmpty();
    m_folderWord->setVisible(!m_narrow);
    m_folder->setVisible(!m_narrow);
    m_changeFolder->setVisible(shown);
}

/// Offered where the model has such weights, and others: alone they are compressed anyway.
void SetupPage::showLayerOptions()
{
    const ModelInfo* model = m_setup.model();
    const bool isChoice = model && model->recurrentWeights > 0
        && std::ranges::any_of(model->layers, [](const LayerInfo& layer) {
                              return layer.kind != LayerKind::Recurrent;
                          });
    m_recurrent->setVisible(isChoice);
    m_recurrent->setChecked(m_setup.layerOptions().recurrent);
}

void SetupPage::refresh()
{
    showLayerOptions();
    const QString name = QFileInfo(m_setup.modelPath()).completeBaseName();
    m_title->setText(name.isEmpty() ? tr("Set up a sweep") : tr("Set up %1").arg(name));
    m_quick->setChecked(m_setup.plan().isQuick());
    m_standard->setChecked(m_setup.plan().isStandard());
    m_thorough->setChecked(m_setup.plan().isThorough());
    m_palette->setText(paletteWords(m_setup.plan().palette));
    const int count = m_setup.plan().count();
    const int refinements = m_setup.plan().plan().maxRefinements();
    m_counts->setText(refinements > 0
                          ? tr("%1 selected, up to %2 refinements").arg(count).arg(refinements)
                          : tr("%1 selected").arg(count));
    m_barCounts->setText(
        refinements > 0 ? tr("%1 configurations + up to %2 refinements").arg(count).arg(refinements)
                        : tr("%1 configurations").arg(count));
    m_folder->setText(m_setup.runFolder().isEmpty() ? QStringLiteral("—")
                                                    : shortPath(m_setup.runFolder()));
    m_folder->setToolTip(m_setup.runFolder());
    showFolder();
    const QString missing = m_setup.missing();
    m_missing->setText(missing);
    m_estimate->setEnabled(missing.isEmpty());
    m_estimate->setAccessibleDescription(missing);
}

} // namespace bitfront
