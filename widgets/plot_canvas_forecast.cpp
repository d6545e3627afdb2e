// SPDX-License-Identifier: GPL-3.0-or-later
// Where the plot shows a recipe that nobody has measured, and the room it gets.
#include "widgets/plot_canvas.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kNearEdge = 0.03; ///< of an axis: nearer than this, the axis grows
constexpr double kHeadroom = 0.1; ///< of an axis: grown at once, so that it grows seldom
constexpr double kMostGrowth = 1; ///< of the axis without a forecast: points must not huddle

/// Grows `now` until `value` is well inside, as far as `home` allows; whether it grew.
bool grow(PlotRange& now, const PlotRange& home, double value)
{
    const double span = now.high - now.low;
    const double most = (home.high - home.low) * kMostGrowth;
    const PlotRange before = now;
    if (value > now.high - kNearEdge * span)
        now.high = std::min(value + kHeadroom * span, std::max(now.high, home.high + most));
    if (value < now.low + kNearEdge * span)
        now.low = std::max(value - kHeadroom * span, std::min(now.low, home.low - most));
    return now.low != before.low || now.high != before.high;
}

PlotRange mapped(const PlotRange& range, double (*map)(double))
{
    return {map(range.low), map(range.high)};
}

} // namespace

bool PlotCanvas::setForecast(const std::optional<PlotForecast>& forecast)
{
    m_marks.forecast = forecast;
    if (forecast)
        return makeRoom();
    const bool grown = m_homeXs.low != m_scene.xs.low || m_homeXs.high != m_scene.xs.high
        || m_homeQualities.low != m_scene.qualities.low
        || m_homeQualities.high != m_scene.qualities.high;
    m_homeXs = m_scene.xs;
    m_homeQualities = m_scene.qualities;
    return grown;
}

/// While a forecast is shown the ranges only ever grow: the plot stands still under a hand that
/// drags to and fro.
bool PlotCanvas::makeRoom()
{
    const auto& forecast = m_marks.forecast;
    const auto x = forecast && m_snapshot ? m_scene.xOfRatio(forecast->ratio) : std::nullopt;
    if (!x)
        return false;
    bool grown = false;
    if (m_scene.logarithmic && *x > 0 && m_homeXs.low > 0) {
        const auto log = [](double value) { return std::log10(value); };
        PlotRange xs = mapped(m_homeXs, log);
        grown = grow(xs, mapped(m_scene.xs, log), std::log10(*x));
        if (grown)
            m_homeXs = mapped(xs, [](double value) { return std::pow(10, value); });
    } else if (!m_scene.logarithmic) {
        grown = grow(m_homeXs, m_scene.xs, *x);
    }
    // An IoU has its whole range in sight anyway.
    if (std::isfinite(forecast->quality) && m_scene.metric != Metric::Iou)
        grown |= grow(m_homeQualities, m_scene.qualities, forecast->quality);
    return grown;
}

/// Wherever that is; infinite qualities just beyond the edge.
std::optional<QPointF> PlotCanvas::forecastPixel() const
{
    const auto& forecast = m_marks.forecast;
    const auto x = forecast && m_snapshot ? m_scene.xOfRatio(forecast->ratio) : std::nullopt;
    if (!x)
        return std::nullopt;
    const bool finite = std::isfinite(forecast->quality);
    QPointF at = pixel(*x, finite ? forecast->quality : 0);
    if (!finite)
        at.setY(forecast->quality > 0 ? area().top() - 1 : area().bottom() + 1);
    return at;
}

QPoint PlotCanvas::forecastBeyond() const
{
    const auto at = forecastPixel();
    const QRectF inside = area();
    const auto side = [](double value, double low, double high) {
        return value < low ? -1 : value > high ? 1 : 0;
    };
    return at ? QPoint(side(at->x(), inside.left(), inside.right()),
                       side(at->y(), inside.top(), inside.bottom()))
              : QPoint();
}

std::optional<QPointF> PlotCanvas::forecastAt() const
{
    const auto at = forecastPixel();
    if (!at)
        return std::nullopt;
    constexpr double kArrowRoom = kForecastRadius + 9;
    const QRectF inside = area().adjusted(kArrowRoom, kArrowRoom, -kArrowRoom, -kArrowRoom);
    const QPoint beyond = forecastBeyond();
    return QPointF(beyond.x() == 0 ? at->x() : std::clamp(at->x(), inside.left(), inside.right()),
                   beyond.y() == 0 ? at->y() : std::clamp(at->y(), inside.top(), inside.bottom()));
}

QString PlotCanvas::forecastText() const
{
    return m_marks.forecast ? QCoreApplication::translate("Plot", "%1 predicted")
                                  .arg(qualityWithUnit(m_scene.metric, m_marks.forecast->quality))
                            : QString();
}

} // namespace bitfront
