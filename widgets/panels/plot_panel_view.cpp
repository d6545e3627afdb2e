// SPDX-License-Identifier: GPL-3.0-or-later
// The plot as a view of the shared selection: what is clicked, brushed, zoomed and dragged in it
// goes there, and comes back from there to every view.
#include "widgets/panels/plot_legend.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/parts/labels.h"
#include "widgets/scatter_plot.h"
#include "widgets/selection.h"
#include "widgets/workbench/text.h"

#include <QWidget>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitfront {

namespace {

/// The words of a filter, for a sentence.
QString filterText(const ViewState& view)
{
    QStringList terms;
    for (const FilterTerm& term : view.filter)
        terms << toQString(term.text);
    return terms.join(QLatin1Char(' '));
}

std::string axisField(PlotAxis axis)
{
    switch (axis) {
    case PlotAxis::Ratio:
        return "ratio";
    case PlotAxis::Size:
        return "size";
    case PlotAxis::Bits:
        return "bits";
    case PlotAxis::Time:
        break;
    }
    return "time";
}

/// Decimals that tell neighbouring pixels apart.
int decimalsFor(double extent)
{
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(std::max(extent, 1e-9)))), 0, 6);
}

/// "quality:28.0..41.3"; open above where the rectangle reaches what is identical.
std::string qualityTerm(const std::string& field, double low, double high)
{
    if (std::isfinite(high))
        return rangeTerm(field, low, high, decimalsFor(high - low));
    std::string term = rangeTerm(field, low, low, 1);
    return term.substr(0, term.find("..") + 2);
}

} // namespace

void PlotPanel::linkPlot()
{
    connect(m_plot, &ScatterPlot::recordClicked, &m_selection, &Selection::setCurrent);
    connect(m_plot, &ScatterPlot::recordToggled, &m_selection, &Selection::toggle);
    connect(m_plot, &ScatterPlot::areaChosen, this, &PlotPanel::filterArea);
    connect(m_plot, &ScatterPlot::recordActivated, this, &PlotPanel::recordActivated);
    connect(m_plot, &ScatterPlot::compareRequested, this, &PlotPanel::compareRequested);
    connect(m_plot, &ScatterPlot::pinRequested, this, [this](int record) {
        if (!m_selection.togglePin(record))
            emit pinsExhausted();
    });
    connect(m_plot, &ScatterPlot::zoomChanged, this, [this](const std::optional<PlotZoom>& zoom) {
        ViewState view = m_selection.view();
        view.zoom = zoom;
        m_selection.changeView(std::move(view), tr("zoom"), Selection::ZoomStep);
    });
    connect(m_plot, &ScatterPlot::qualityTargetMoved, this, [this](double quality) {
        ViewState view = m_selection.view();
        view.targetQuality[m_selection.snapshot()->judged.output] = quality;
        m_selection.changeView(std::move(view), tr("a target"), Selection::TargetStep);
    });
    connect(m_plot, &ScatterPlot::ratioTargetMoved, this, [this](double ratio) {
        ViewState view = m_selection.view();
        view.targetRatio = ratio;
        m_selection.changeView(std::move(view), tr("a target"), Selection::TargetStep);
    });
    connect(&m_selection, &Selection::currentChanged, m_plot, &ScatterPlot::setCurrent);
    connect(&m_selection, &Selection::selectedChanged, this,
            [this] { m_plot->setSelected(m_selection.selected()); });
    connect(&m_selection, &Selection::pinsChanged, this,
            [this] { m_plot->setPins(m_selection.pins()); });
    connect(&m_selection, &Selection::viewChanged, this, &PlotPanel::followView);
    connect(&m_selection, &Selection::shownChanged, this, &PlotPanel::followShown);
    connect(m_legend, &PlotLegend::labelsToggled, m_plot, &ScatterPlot::setLabelsShown);
    connect(m_legend, &PlotLegend::groupFrontsToggled, m_plot, &ScatterPlot::setGroupFrontsShown);
    connect(m_legend, &PlotLegend::zoomResetRequested, m_plot, &ScatterPlot::resetZoom);
}

void PlotPanel::followView()
{
    const ViewState& view = m_selection.view();
    PlotView picture;
    picture.visibility = m_selection.visibilities();
    picture.axis = view.axis;
    picture.logarithmic = view.logarithmic;
    if (view.targetsShown && m_selection.snapshot()) {
        const auto quality = view.targetQuality.find(m_selection.snapshot()->judged.output);
        if (quality != view.targetQuality.end())
            picture.targets.quality = quality->second;
        picture.targets.ratio = view.targetRatio;
    }
    m_plot->setView(picture);
    m_plot->setZoom(view.zoom);
}

void PlotPanel::followShown()
{
    followView();
    const int shown = m_selection.count(Visibility::Shown);
    const int all = static_cast<int>(m_selection.visibilities().size());
    const bool nothing = all > 0 && shown == 0;
    m_nothing->setVisible(nothing);
    if (!nothing)
        return;
    const QString filter = filterText(m_selection.view());
    m_nothingWords->setText(filter.isEmpty() || m_selection.count(Visibility::Filtered) == 0
                                ? tr("All %1 results are hidden.").arg(all)
                                : tr("0 of %1 match '%2'.").arg(all).arg(filter));
}

/// A rectangle becomes two terms of the filter, in the place of those of an earlier one; with Ctrl
/// it only selects. One whose ends are no numbers (a plot without an extent) changes nothing.
void PlotPanel::filterArea(const PlotZoom& area, const std::vector<int>& records, bool add)
{
    if (add) {
        std::vector<RecordId> chosen = m_selection.selected();
        for (const int record : records) {
            if (!m_selection.isSelected(record))
                chosen.push_back(record);
        }
        m_selection.setSelected(std::move(chosen), records.front());
        return;
    }
    ViewState view = m_selection.view();
    const std::string field = axisField(view.axis);
    const std::string text =
        rangeTerm(field, area.left, area.right, decimalsFor(area.right - area.left)) + ' '
        + qualityTerm("quality", area.bottom, area.top);
    if (!replaceRanges(view.filter, text))
        return;
    m_selection.changeView(std::move(view), tr("filter"));
}

} // namespace bitfront
