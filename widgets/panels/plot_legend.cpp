// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/plot_legend.h"

#include "widgets/parts/chip.h"
#include "widgets/plot_scene.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/plan_choice.h"
#include "widgets/workbench/text.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

bool isFrontOnly(const FilterTerm& term)
{
    return term.field == FilterField::Front && term.wanted != term.negated;
}

/// Targets to start with: near the point that the eye goes to.
void suggestTargets(ViewState& view, const ResultSnapshot& snapshot)
{
    const Analysis& analysis = snapshot.analysis;
    RecordId model = analysis.knee.record;
    if (model == kNoRecord && !analysis.front.empty())
        model = analysis.front[analysis.front.size() / 2];
    if (model == kNoRecord)
        return;
    const AnalysedPoint& point = analysis.points[static_cast<std::size_t>(model)];
    const bool iou = snapshot.judged.metric == Metric::Iou;
    const double step = iou ? 0.05 : 5;
    const double quality = std::isfinite(point.quality) ? point.quality : snapshot.judged.floor;
    if (view.targetQuality.count(snapshot.judged.output) == 0)
        view.targetQuality[snapshot.judged.output] =
            std::max(std::floor(quality / step) * step, snapshot.judged.floor);
    if (!view.targetRatio)
        view.targetRatio = std::max(1.0, std::floor(point.ratio * 0.6 * 10) / 10);
}

} // namespace

PlotLegend::PlotLegend(Selection& selection, QWidget* parent)
    : QWidget(parent)
    , m_selection(selection)
{
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(8);
    for (const GroupId group : kGroups) {
        Chip* chip = Chip::legend(groupLegend(group), group);
        chip->setObjectName(QStringLiteral("legend_") + toQString(groupKey(group)));
        chip->setToolTip(groupTitleText(group) + QLatin1Char('\n') + tr("Click to show or hide"));
        connect(chip, &Chip::toggled, this,
                [this, group](bool on) { m_selection.setGroupVisible(group, on); });
        m_chips.insert(static_cast<int>(group), chip);
        across->addWidget(chip);
    }
    setMixedShown(false);
    m_refinements = Chip::refinementLegend(tr("Refinement"));
    m_refinements->setObjectName(QStringLiteral("legend_refinement"));
    m_refinements->setToolTip(
        tr("A result tried again with some layers kept at 16 bits\nClick to show or hide"));
    connect(m_refinements, &Chip::toggled, &m_selection, &Selection::setRefinementsVisible);
    across->addWidget(m_refinements);
    m_button = new QToolButton;
    m_button->setObjectName(QStringLiteral("plotMenu"));
    m_button->setIcon(themedIcon(QStringLiteral("dots")));
    m_button->setFixedSize(uiPx(28), uiPx(28));
    m_button->setToolTip(tr("Axes, labels, targets"));
    m_button->setAccessibleName(tr("How the plot looks"));
    m_button->setPopupMode(QToolButton::InstantPopup);
    across->addWidget(m_button);
    buildMenu();
    connect(&m_selection, &Selection::viewChanged, this, &PlotLegend::follow);
    follow();
}

QAction* PlotLegend::addToggle(const QString& name, const QString& text, const QKeySequence& key)
{
    QAction* action = m_menu->addAction(text);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setShortcut(key);
    return action;
}

void PlotLegend::buildMenu()
{
    m_menu = new QMenu(tr("&Plot"), this);
    m_menu->setObjectName(QStringLiteral("plotMenuItems"));
    buildAxes();
    m_menu->addSeparator();
    m_targets = addToggle(QStringLiteral("actionTargets"), tr("&Targets"), Qt::Key_T);
    m_frontOnly = addToggle(QStringLiteral("actionFrontOnly"), tr("&Front only"), Qt::Key_F);
    m_groupFronts =
        addToggle(QStringLiteral("actionGroupFronts"), tr("Fronts of the &groups"), Qt::Key_G);
    m_labels = addToggle(QStringLiteral("actionLabels"), tr("&Labels"), Qt::Key_L);
    m_labels->setChecked(true);
    connect(m_targets, &QAction::triggered, this, &PlotLegend::toggleTargets);
    connect(m_frontOnly, &QAction::triggered, this, &PlotLegend::toggleFrontOnly);
    connect(m_groupFronts, &QAction::toggled, this, &PlotLegend::groupFrontsToggled);
    connect(m_labels, &QAction::toggled, this, &PlotLegend::labelsToggled);
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Whole &picture")), &QAction::triggered, this,
            &PlotLegend::zoomResetRequested);
    m_button->setMenu(m_menu);
}

void PlotLegend::buildAxes()
{
    QMenu* axes = m_menu->addMenu(tr("&Along the bottom"));
    auto* one = new QActionGroup(this);
    for (const PlotAxis axis : {PlotAxis::Ratio, PlotAxis::Size, PlotAxis::Bits, PlotAxis::Time}) {
        QAction* action = axes->addAction(axisTitle(axis));
        action->setObjectName(QStringLiteral("axis%1").arg(static_cast<int>(axis)));
        action->setCheckable(true);
        one->addAction(action);
        m_axes.insert(static_cast<int>(axis), action);
        connect(action, &QAction::triggered, this, [this, axis] {
            ViewState view = m_selection.view();
            view.axis = axis;
            view.zoom.reset();
            m_selection.changeView(std::move(view), tr("change of the axis"));
        });
    }
    axes->addSeparator();
    m_logarithmic = axes->addAction(tr("&Logarithmic"));
    m_logarithmic->setObjectName(QStringLiteral("axisLogarithmic"));
    m_logarithmic->setCheckable(true);
    connect(m_logarithmic, &QAction::triggered, this, [this](bool on) {
        ViewState view = m_selection.view();
        view.logarithmic = on;
        view.zoom.reset();
        m_selection.changeView(std::move(view), tr("change of the axis"));
    });
}

void PlotLegend::toggleFrontOnly(bool on)
{
    ViewState view = m_selection.view();
    std::erase_if(view.filter, isFrontOnly);
    if (on)
        view.filter.push_back(parseFilter("front:yes").terms.front());
    m_selection.changeView(std::move(view), on ? tr("front only") : tr("removal of a filter"));
}

void PlotLegend::toggleTargets(bool on)
{
    ViewState view = m_selection.view();
    view.targetsShown = on;
    if (on && m_selection.snapshot())
        suggestTargets(view, *m_selection.snapshot());
    m_selection.changeView(std::move(view), on ? tr("showing targets") : tr("hiding targets"));
}

void PlotLegend::setPlan(const SweepPlan& plan)
{
    for (const GroupId group : kSweepGroups)
        m_chips.value(static_cast<int>(group))->setVisible(plan.count(group) > 0);
    m_refines = plan.refine;
    m_refinements->setVisible(m_refines);
}

void PlotLegend::setMixedShown(bool shown)
{
    m_chips.value(static_cast<int>(GroupId::Mixed))->setVisible(shown);
}

void PlotLegend::setRoom(int width)
{
    m_refinements->setVisible(m_refines && width > uiPx(620));
    for (const GroupId group : kGroups)
        m_chips.value(static_cast<int>(group))
            ->setText(width > uiPx(560) ? groupLegend(group) : toQString(groupKey(group)));
}

/// With the short names, so that the plot may become narrow enough for them to be shown.
QSize PlotLegend::minimumSizeHint() const
{
    return {uiPx(240), QWidget::minimumSizeHint().height()};
}

/// The view may have changed elsewhere, or been undone.
void PlotLegend::follow()
{
    const ViewState& view = m_selection.view();
    for (const GroupId group : kGroups) {
        Chip* chip = m_chips.value(static_cast<int>(group));
        const QSignalBlocker quiet(chip);
        chip->setChecked(view.hiddenGroups.count(group) == 0);
    }
    const QSignalBlocker quiet(m_refinements);
    m_refinements->setChecked(view.refinements);
    m_axes.value(static_cast<int>(view.axis))->setChecked(true);
    m_logarithmic->setChecked(view.logarithmic);
    m_targets->setChecked(view.targetsShown);
    m_frontOnly->setChecked(std::ranges::any_of(view.filter, isFrontOnly));
}

} // namespace bitfront
