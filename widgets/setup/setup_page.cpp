// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/setup_page.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/setup/configuration_tree.h"
#include "widgets/setup/file_cards.h"
#include "widgets/setup/metrics_card.h"
#include "widgets/setup/preflight_card.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace bitfront {

namespace {

constexpr int kColumnWidth = 1152;

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
    page->addWidget(buildBar());
    setMinimumSize(uiPx(560), uiPx(240));

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
    auto* treeRow = new QHBoxLayout;
    treeRow->setContentsMargins(8, 0, 0, 0);
    treeRow->addWidget(new ConfigurationTree(m_setup));
    card->addLayout(treeRow);

    auto* right = new QVBoxLayout;
    right->setSpacing(16);
    right->addWidget(configurations);
    right->addWidget(new PreflightCard(m_setup));
    right->addStretch();

    auto* both = new QWidget;
    auto* across = new QHBoxLayout(both);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(24);
    across->addLayout(left, 1);
    across->addLayout(right, 1);
    return both;
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
    across->addWidget(m_barCounts);
    across->addSpacing(8);
    across->addWidget(new Label(tr("Run folder"), 13, 400, Tone::Text3));
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

void SetupPage::refresh()
{
    const QString name = QFileInfo(m_setup.modelPath()).completeBaseName();
    m_title->setText(name.isEmpty() ? tr("Set up a sweep") : tr("Set up %1").arg(name));
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
    m_changeFolder->setVisible(!m_setup.runFolder().isEmpty());
    const QString missing = m_setup.missing();
    m_missing->setText(missing);
    m_estimate->setEnabled(missing.isEmpty());
    m_estimate->setAccessibleDescription(missing);
}

} // namespace bitfront
