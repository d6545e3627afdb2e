// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/estimate_sheet.h"

#include "widgets/parts/buttons.h"
#include "widgets/setup/budget_row.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QGraphicsDropShadowEffect>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kSheetWidth = 600;

QString configurationsText(int count)
{
    return count == 1 ? EstimateSheet::tr("1 configuration")
                      : EstimateSheet::tr("%1 configurations").arg(count);
}

} // namespace

EstimateSheet::EstimateSheet(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
{
    setObjectName(QStringLiteral("estimateSheet"));
    setAccessibleName(tr("Estimate"));
    setFocusPolicy(Qt::ClickFocus); // for Enter and Escape; no stop of Tab
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(24, 24, 24, 24);
    page->addStretch(4);
    page->addWidget(buildSheet(), 0, Qt::AlignHCenter);
    page->addStretch(5);
    connect(&m_setup, &ProjectSetup::estimateStarted, this, [this] {
        showError({});
        refresh();
    });
    connect(&m_setup, &ProjectSetup::estimateReady, this, &EstimateSheet::refresh);
    connect(&m_setup, &ProjectSetup::estimateFailed, this, [this](const ErrorText& error) {
        refresh();
        showError(error);
    });
    connect(&m_setup, &ProjectSetup::planChanged, this, &EstimateSheet::refresh);
    connect(&m_setup, &ProjectSetup::runFolderChanged, this, [this] {
        showError({});
        refresh();
    });
    refresh();
}

QWidget* EstimateSheet::buildSheet()
{
    auto* sheet = new Ground(Ground::Kind::Sheet);
    sheet->setFixedWidth(uiPx(kSheetWidth));
    auto* shadow = new QGraphicsDropShadowEffect(sheet);
    shadow->setBlurRadius(40);
    shadow->setOffset(0, 12);
    shadow->setColor(QColor(0, 0, 0, Theme::current().dark ? 120 : 40));
    sheet->setGraphicsEffect(shadow);

    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(32, 28, 32, 24);
    column->setSpacing(0);
    m_title = new Label({}, 20, 600);
    m_title->setElided(true);
    m_subtitle = new Label({}, 13, 400, Tone::Text2);
    column->addWidget(m_title);
    column->addSpacing(6);
    column->addWidget(m_subtitle);
    column->addSpacing(24);
    m_numbers = buildNumbers();
    column->addWidget(m_numbers);
    m_trim = buildTrim();
    m_trim->hide();
    column->addWidget(m_trim);
    m_error = buildError();
    m_error->hide();
    column->addWidget(m_error);
    column->addSpacing(24);
    column->addLayout(buildButtons());
    return sheet;
}

QWidget* EstimateSheet::buildNumbers()
{
    auto* numbers = new QWidget;
    auto* rows = new QVBoxLayout(numbers);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(new HairLine);
    m_main = addRow(rows, new IconLabel(QStringLiteral("layers")), tr("Main sweep"));
    m_refine = new QCheckBox;
    m_refine->setObjectName(QStringLiteral("includeRefinement"));
    m_refine->setAccessibleName(tr("Include refinement"));
    connect(m_refine, &QCheckBox::clicked, this, [this](bool on) {
        PlanChoice plan = m_setup.plan();
        plan.refine = on;
        m_setup.setPlan(plan);
    });
    m_refinement = addRow(rows, m_refine, tr("Refinement"));
    m_memory = addRow(rows, new IconLabel(QStringLiteral("memory")), tr("Peak memory"));
    m_folder = addRow(rows, new IconLabel(QStringLiteral("folder")), tr("Writes to"));
    auto* change = makeButton(tr("Change…"), ButtonRole::Link);
    change->setAccessibleName(tr("Change the run folder"));
    connect(change, &QPushButton::clicked, this, &EstimateSheet::runFolderRequested);
    m_folder.line->addWidget(change);
    rows->addSpacing(20);
    m_total = new Label({}, 15, 600);
    auto* totals = new QHBoxLayout;
    auto* totalWords = new QVBoxLayout;
    totalWords->setSpacing(2);
    totalWords->addWidget(m_total);
    totalWords->addWidget(
        new Label(tr("Stop at any time. Results are kept."), 11, 400, Tone::Text3));
    m_quick = makeButton({}, ButtonRole::Neutral);
    m_quick->setObjectName(QStringLiteral("quickSweep"));
    m_quick->setToolTip(tr("Four configurations of each group, without refinement"));
    connect(m_quick, &QPushButton::clicked, this, &EstimateSheet::toggleQuick);
    totals->addLayout(totalWords, 1);
    totals->addWidget(m_quick, 0, Qt::AlignVCenter);
    rows->addLayout(totals);
    return numbers;
}

QWidget* EstimateSheet::buildError()
{
    auto* whole = new QWidget;
    whole->setObjectName(QStringLiteral("estimateError"));
    auto* across = new QHBoxLayout(whole);
    across->setContentsMargins(0, 16, 0, 0);
    across->setSpacing(10);
    across->addWidget(new IconLabel(QStringLiteral("warning"), Tone::Err), 0, Qt::AlignTop);
    m_errorText = new Label({}, 13, 400, Tone::Err);
    m_errorText->setWrapped(true);
    across->addWidget(m_errorText, 1);
    return whole;
}

QHBoxLayout* EstimateSheet::buildButtons()
{
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_trimButton = makeButton(tr("Trim sweep"), ButtonRole::Quiet);
    m_trimButton->setIcon(trailingIcon(QStringLiteral("chevron-down")));
    m_trimButton->setIconSize(buttonIconSize());
    m_trimButton->setObjectName(QStringLiteral("trimSweep"));
    m_trimButton->setLayoutDirection(Qt::RightToLeft);
    m_trimButton->setCheckable(true);
    connect(m_trimButton, &QPushButton::toggled, m_trim, &QWidget::setVisible);
    auto* cancel = makeButton(tr("Cancel"), ButtonRole::Neutral);
    cancel->setObjectName(QStringLiteral("cancelEstimate"));
    connect(cancel, &QPushButton::clicked, this, &EstimateSheet::cancelled);
    m_start = makeButton({}, ButtonRole::Primary, QStringLiteral("play"));
    m_start->setObjectName(QStringLiteral("startSweep"));
    connect(m_start, &QPushButton::clicked, this, &EstimateSheet::startRequested);
    buttons->addWidget(m_trimButton);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_start);
    return buttons;
}

EstimateSheet::Row EstimateSheet::addRow(QVBoxLayout* column, QWidget* lead, const QString& name)
{
    auto* row = new QWidget;
    row->setFixedHeight(uiPx(44));
    auto* across = new QHBoxLayout(row);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(12);
    lead->setFixedWidth(uiPx(16));
    auto* key = new Label(name, 13, 500);
    key->setFixedWidth(uiPx(124));
    Row labels {new Label({}, 13, 400, Tone::Text2), new Label({}, 13, 500), across};
    labels.detail->setElided(true);
    labels.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    across->addWidget(lead);
    across->addWidget(key);
    across->addWidget(labels.detail, 1);
    across->addWidget(labels.value);
    if (lead->inherits("QCheckBox"))
        key->setBuddy(lead);
    column->addWidget(row);
    column->addWidget(new HairLine);
    return labels;
}

QWidget* EstimateSheet::buildTrim()
{
    auto* trim = new QWidget;
    auto* column = new QVBoxLayout(trim);
    column->setContentsMargins(0, 16, 0, 0);
    column->setSpacing(8);
    for (std::size_t i = 0; i < 3; ++i) {
        const GroupId group = kSweepGroups[i];
        auto* box = new QCheckBox;
        box->setObjectName(QStringLiteral("trim_") + toQString(groupKey(group)));
        box->setFont(uiFont(13));
        connect(box, &QCheckBox::clicked, this, [this, group] {
            PlanChoice plan = m_setup.plan();
            plan.selectGroup(group, plan.count(group) < plan.total(group));
            m_setup.setPlan(plan);
        });
        m_groups[i] = box;
        column->addWidget(box);
    }
    column->addSpacing(4);
    column->addWidget(new BudgetRow(m_setup));
    column->addSpacing(4);
    column->addWidget(new Label(
        tr("Single configurations can be ticked off on the setup page (Cancel goes back there)."),
        11, 400, Tone::Text3));
    return trim;
}

void EstimateSheet::toggleQuick()
{
    PlanChoice plan = m_setup.plan();
    if (!plan.isQuick()) {
        m_beforeQuick = plan;
        plan.selectQuick();
    } else if (m_beforeQuick) {
        plan = *m_beforeQuick;
    } else {
        plan.selectStandard();
    }
    m_setup.setPlan(plan);
}

void EstimateSheet::refresh()
{
    const bool ready = m_setup.probe().has_value();
    const QString name = QFileInfo(m_setup.modelPath()).completeBaseName();
    m_title->setText(ready ? tr("Ready to explore %1").arg(name) : tr("Estimating %1").arg(name));
    if (ready)
        m_subtitle->setText(
            m_setup.calibration().sweeps == 0
                ? tr("Measured with two probe configurations in %1, on this computer.")
                      .arg(elapsedText(m_setup.probeWallMs()))
                : m_setup.calibration().sweeps == 1
                ? tr("Two probe configurations in %1, and how long 1 earlier sweep took here.")
                      .arg(elapsedText(m_setup.probeWallMs()))
                : tr("Two probe configurations in %1, and how long %2 earlier sweeps took here.")
                      .arg(elapsedText(m_setup.probeWallMs()))
                      .arg(m_setup.calibration().sweeps));
    else
        m_subtitle->setText(m_setup.isEstimating()
                                ? tr("Measuring two probe configurations on this computer…")
                                : tr("No estimate yet."));
    m_numbers->setEnabled(ready);
    refreshNumbers();
    refreshTrim();
}

void EstimateSheet::refreshNumbers()
{
    const bool ready = m_setup.probe().has_value();
    const SweepPlan plan = m_setup.plan().plan();
    const int count = m_setup.plan().count();
    m_main.detail->setText(configurationsText(count));
    const bool refine = m_setup.plan().refine;
    {
        const QSignalBlocker quiet(m_refine);
        m_refine->setChecked(refine);
    }
    m_refinement.detail->setText(
        refine ? tr("up to %1, around the best of each group").arg(plan.maxRefinements())
               : tr("left out"));
    m_folder.detail->setText(tr("each result is saved at once"));
    m_folder.value->setText(QFileInfo(m_setup.runFolder()).fileName());
    m_folder.value->setToolTip(m_setup.runFolder());
    m_start->setEnabled(ready && count > 0);
    const QString dots = QStringLiteral("…");
    if (!ready) {
        m_main.value->setText(dots);
        m_refinement.value->setText(refine ? dots : QStringLiteral("—"));
        m_memory.detail->clear();
        m_memory.value->setText(dots);
        m_total->setText(tr("One moment"));
        m_start->setText(tr("Start"));
        return;
    }
    const ProbeTimes& probe = *m_setup.probe();
    const TimeEstimate estimate = m_setup.estimate();
    TimeRange whole = estimate.total();
    if (const auto& most = m_setup.budget().maxMs)
        whole = {std::min(whole.lowMs, *most), std::min(whole.highMs, *most)};
    const QString total = toQString(durationText(whole));
    m_main.value->setText(toQString(durationText(estimate.base)));
    m_refinement.value->setText(refine ? toQString(durationText(estimate.refinement))
                                       : QStringLiteral("—"));
    const auto available = availableMemoryBytes();
    const QString workers =
        probe.workers == 1 ? tr("1 worker") : tr("%1 workers").arg(probe.workers);
    m_memory.detail->setText(available ? tr("%1, %2 free").arg(workers, memoryText(*available))
                                       : workers);
    m_memory.value->setText(tr("about %1").arg(memoryText(probe.memoryBytes)));
    const bool digits = total.at(0).isDigit(); // and not "under 1 s"
    const bool early = digits && m_setup.budget().isSet();
    m_total->setText(count == 0   ? tr("Nothing is ticked")
                         : early  ? tr("At most %1 in total").arg(total)
                         : digits ? tr("About %1 in total").arg(total)
                                  : tr("In total %1").arg(total));
    m_start->setText(early        ? tr("Start, at most %1").arg(total)
                         : digits ? tr("Start, about %1").arg(total)
                                  : tr("Start, %1").arg(total));
}

void EstimateSheet::refreshTrim()
{
    const PlanChoice& plan = m_setup.plan();
    for (std::size_t i = 0; i < 3; ++i) {
        const int on = plan.count(kSweepGroups[i]);
        const int all = plan.total(kSweepGroups[i]);
        const QSignalBlocker quiet(m_groups[i]);
        m_groups[i]->setTristate(on > 0 && on < all);
        m_groups[i]->setCheckState(on == 0         ? Qt::Unchecked
                                       : on == all ? Qt::Checked
                                                   : Qt::PartiallyChecked);
        m_groups[i]->setText(
            tr("%1  %2, %3 of %4")
                .arg(toQString(groupKey(kSweepGroups[i])), groupTitleText(kSweepGroups[i]))
                .arg(on)
                .arg(all));
    }
    // What was ticked before is forgotten with the next choice, or when its own ones are changed.
    if (m_beforeQuick && (!plan.isQuick() || m_beforeQuick->own() != plan.own()))
        m_beforeQuick.reset();
    m_quick->setText(!plan.isQuick() ? tr("Quick: 12 configurations")
                         : m_beforeQuick && !m_beforeQuick->isStandard()
                         ? tr("As before: %1").arg(configurationsText(m_beforeQuick->count()))
                         : tr("Standard: 31 configurations"));
}

void EstimateSheet::showError(const ErrorText& error)
{
    m_errorText->setText(error.title.isEmpty() ? QString() : error.whole());
    m_error->setVisible(!error.title.isEmpty());
    m_error->setAccessibleName(m_errorText->text());
}

QString EstimateSheet::errorMessage() const
{
    return m_error->isHidden() ? QString() : m_errorText->text();
}

void EstimateSheet::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit cancelled();
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
             && m_start->isEnabled())
        emit startRequested();
    else
        QWidget::keyPressEvent(event);
}

} // namespace bitfront
