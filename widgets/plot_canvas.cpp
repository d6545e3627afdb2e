// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_canvas.h"

#include "widgets/plot_items.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kMostTicks = 7;

/// Ticks at nice places, with as many decimals as they need and a unit right behind the number.
class NumberTicker : public QCPAxisTicker
{
public:
    NumberTicker(QString suffix, int leastDecimals)
        : m_suffix(std::move(suffix))
        , m_leastDecimals(leastDecimals)
    {
    }
    /// No ticks above this value (an IoU has none above 1).
    void setLimit(double limit) { m_limit = limit; }
    void setUnit(const QString& suffix, int leastDecimals)
    {
        m_suffix = suffix;
        m_leastDecimals = leastDecimals;
    }
    void setLogarithmic(bool logarithmic) { m_logarithmic = logarithmic; }

protected:
    double getTickStep(const QCPRange& range) override
    {
        m_step = QCPAxisTicker::getTickStep(range);
        return m_step;
    }

    QVector<double> createTickVector(double step, const QCPRange& range) override
    {
        // Less than a decade reads best with even steps, whatever the scale between them.
        m_decades = m_logarithmic && range.lower > 0 && range.upper / range.lower > 8;
        QVector<double> ticks =
            m_decades ? decadeTicks(range) : QCPAxisTicker::createTickVector(step, range);
        ticks.removeIf([this](double tick) { return tick > m_limit * (1 + 1e-9); });
        return ticks;
    }

    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override
    {
        const double step = m_decades ? std::pow(10, std::floor(std::log10(tick) + 1e-9)) : m_step;
        int decimals = 0;
        for (double scaled = step; decimals < 9; scaled *= 10, ++decimals) {
            if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled)
                break;
        }
        if (std::abs(tick) < step * 1e-6)
            tick = 0;
        return locale.toString(tick, 'f', std::max(decimals, m_leastDecimals)) + m_suffix;
    }

private:
    static QVector<double> decadeTicks(const QCPRange& range)
    {
        QVector<double> ticks;
        for (double decade = std::pow(10, std::floor(std::log10(range.lower)));
             decade <= range.upper; decade *= 10) {
            for (const double digit : {1.0, 2.0, 5.0})
                ticks << digit * decade;
        }
        return ticks;
    }

    QString m_suffix;
    int m_leastDecimals;
    double m_step = 1;
    double m_limit = std::numeric_limits<double>::max();
    bool m_logarithmic = false;
    bool m_decades = false;
};

QSharedPointer<NumberTicker> tickerOf(const QCPAxis* axis)
{
    return axis->ticker().staticCast<NumberTicker>();
}

} // namespace

PlotCanvas::PlotCanvas(QCustomPlot& plot, const Theme& theme, bool exporting)
    : m_plot(plot)
    , m_theme(theme)
    , m_exporting(exporting)
{
    setUpLayers();
    m_plot.setAntialiasedElements(QCP::aeAll);
    m_plot.setNoAntialiasingOnDrag(true);
    m_plot.setMultiSelectModifier(Qt::NoModifier);
    m_plot.axisRect()->setAutoMargins(QCP::msNone);
    m_plot.plotLayout()->setMargins(QMargins());
    m_plot.xAxis->setTicker(QSharedPointer<NumberTicker>::create(QStringLiteral("×"), 1));
    m_plot.yAxis->setTicker(QSharedPointer<NumberTicker>::create(QString(), 0));
    m_plot.xAxis->ticker()->setTickCount(kMostTicks);
    m_plot.yAxis->ticker()->setTickCount(kMostTicks);
    for (QCPAxis* axis : {m_plot.xAxis, m_plot.yAxis}) {
        axis->setTickLabelFont(uiFont(11));
        axis->setLabelFont(uiFont(11, 500));
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelPadding(8);
        axis->setLabelPadding(4);
        axis->grid()->setSubGridVisible(false);
        axis->setLayer(QStringLiteral("under"));
    }
    m_plot.yAxis->setBasePen(Qt::NoPen);
    new UnderItem(*this);
    new PointsItem(*this);
    new OverItem(*this);
    if (m_exporting)
        new HeaderItem(*this);
    setTheme(theme);
    setSnapshot(nullptr, {}, false);
}

void PlotCanvas::setUpLayers()
{
    const QString names[] = {QStringLiteral("under"), QStringLiteral("points"),
                             QStringLiteral("over")};
    for (const QString& name : names)
        m_plot.addLayer(name);
    // Rings and labels change far more often than points: they get a buffer of their own.
    if (!m_exporting)
        m_plot.layer(QStringLiteral("over"))->setMode(QCPLayer::lmBuffered);
}

void PlotCanvas::fitTicks(const QSize& size)
{
    const auto count = [](int room, int each) { return std::clamp(room / each, 2, kMostTicks); };
    m_plot.xAxis->ticker()->setTickCount(count(size.width(), uiPx(80)));
    m_plot.yAxis->ticker()->setTickCount(count(size.height(), uiPx(36)));
}

void PlotCanvas::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_plot.setBackground(QBrush(theme.surface));
    m_plot.axisRect()->setBackground(QBrush(theme.surface));
    for (QCPAxis* axis : {m_plot.xAxis, m_plot.yAxis}) {
        axis->setTickLabelColor(theme.text2);
        axis->setLabelColor(theme.text2);
        axis->grid()->setPen(QPen(theme.grid, 1));
        axis->grid()->setZeroLinePen(QPen(theme.grid, 1));
    }
    m_plot.xAxis->setBasePen(QPen(theme.lineStrong, 1));
}

void PlotCanvas::setSnapshot(const ResultSnapshot* snapshot, const PlotView& view, bool keepRanges)
{
    m_snapshot = snapshot;
    m_scene = snapshot ? makeScene(*snapshot, view) : PlotScene();
    if (!m_scene.find(m_marks.hovered))
        m_marks.hovered = kNoRecord;
    tickerOf(m_plot.yAxis)
        ->setLimit(m_scene.metric == Metric::Iou ? 1 : std::numeric_limits<double>::max());
    const bool ratio = m_scene.axis == PlotAxis::Ratio;
    tickerOf(m_plot.xAxis)->setUnit(ratio ? QStringLiteral("×") : QString(), ratio ? 1 : 0);
    tickerOf(m_plot.xAxis)->setLogarithmic(m_scene.logarithmic);
    m_plot.xAxis->setLabel(m_scene.xTitle);
    m_plot.xAxis->setScaleType(m_scene.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_homeXs = m_scene.xs;
    m_homeQualities = m_scene.qualities;
    makeRoom();
    if (!keepRanges)
        showHomeRanges();
    layOut();
}

void PlotCanvas::setTargets(const std::optional<double>& quality, const std::optional<double>& x)
{
    m_scene.targetQuality = quality;
    m_scene.targetX = x;
}

void PlotCanvas::showHomeRanges()
{
    m_plot.xAxis->setRange(m_homeXs.low, m_homeXs.high);
    m_plot.yAxis->setRange(m_homeQualities.low, m_homeQualities.high);
}

/// Fixed margins, so that the plot does not jump when tick labels change; lanes push the axes
/// apart.
void PlotCanvas::layOut()
{
    const int lane = uiPx(PlotMetrics::kLane);
    const int top = uiPx(PlotMetrics::kTitle) + (m_scene.identicalLane ? lane : 0)
        + (m_exporting ? uiPx(PlotMetrics::kExportHeader) : 0);
    const int bottom = uiPx(PlotMetrics::kBottom) + (m_scene.failedLane ? lane : 0);
    m_plot.xAxis->setOffset(m_scene.failedLane ? lane : 0);
    m_plot.axisRect()->setMargins({uiPx(PlotMetrics::kLeft), top, PlotMetrics::kRight, bottom});
    // Positions are asked for before the next replot, which would lay out by itself.
    for (const auto phase :
         {QCPLayoutElement::upPreparation, QCPLayoutElement::upMargins, QCPLayoutElement::upLayout})
        m_plot.plotLayout()->update(phase);
}

void PlotCanvas::replot()
{
    m_plot.replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::replotMarks()
{
    if (m_exporting || m_plot.bufferDevicePixelRatio() <= 0)
        replot();
    else
        m_plot.layer(QStringLiteral("over"))->replot();
}

QRectF PlotCanvas::identicalLane() const
{
    const int lane = uiPx(PlotMetrics::kLane);
    return m_scene.identicalLane ? QRectF(area().left(), area().top() - lane, area().width(), lane)
                                 : QRectF();
}

QRectF PlotCanvas::failedLane() const
{
    return m_scene.failedLane
        ? QRectF(area().left(), area().bottom(), area().width(), uiPx(PlotMetrics::kLane))
        : QRectF();
}

QPointF PlotCanvas::pixel(double ratio, double quality) const
{
    return {m_plot.xAxis->coordToPixel(ratio), m_plot.yAxis->coordToPixel(quality)};
}

PlotProjection PlotCanvas::projection() const
{
    PlotProjection p;
    p.area = area();
    p.identicalLane = identicalLane();
    p.failedLane = failedLane();
    p.queuePitch = std::min(16.0, p.area.width() * 0.8 / std::max(m_scene.queued, 1));
    const QCPRange x = m_plot.xAxis->range(), y = m_plot.yAxis->range();
    p.logarithmic = m_scene.logarithmic && x.lower > 0;
    const double low = p.logarithmic ? std::log10(x.lower) : x.lower;
    const double high = p.logarithmic ? std::log10(x.upper) : x.upper;
    p.xShift = m_plot.xAxis->coordToPixel(x.lower);
    p.xScale = (m_plot.xAxis->coordToPixel(x.upper) - p.xShift) / (high - low);
    p.xShift -= p.xScale * low;
    p.yShift = m_plot.yAxis->coordToPixel(y.lower);
    p.yScale = (m_plot.yAxis->coordToPixel(y.upper) - p.yShift) / y.size();
    p.yShift -= p.yScale * y.lower;
    return p;
}

QPointF PlotProjection::pixel(double x, double quality) const
{
    if (logarithmic)
        x = std::log10(std::max(x, 1e-300));
    return {xScale * x + xShift, yScale * quality + yShift};
}

std::optional<QPointF> PlotProjection::marker(const PlotPoint& point) const
{
    return point.visible ? place(point) : std::nullopt;
}

std::optional<QPointF> PlotProjection::ghost(const PlotPoint& point) const
{
    return point.ghost && point.lane != PlotLane::Failed ? place(point) : std::nullopt;
}

std::optional<QPointF> PlotProjection::place(const PlotPoint& point) const
{
    QPointF at = pixel(point.x, point.quality);
    if (point.lane == PlotLane::Identical)
        at.setY(identicalLane.isNull() ? area.top() : identicalLane.center().y());
    if (point.lane == PlotLane::Failed) {
        at.setY(failedLane.center().y());
        // Its size is unknown: queue up at the right end of the lane.
        if (point.x <= 0)
            at.setX(area.right() - 12 - point.queuePlace * queuePitch);
    }
    const bool inside = at.x() >= area.left() - 0.5 && at.x() <= area.right() + 0.5
        && (point.lane != PlotLane::Main
            || (at.y() >= area.top() - 0.5 && at.y() <= area.bottom() + 0.5));
    return inside ? std::optional(at) : std::nullopt;
}

std::optional<QPointF> PlotCanvas::marker(const PlotPoint& point) const
{
    return projection().marker(point);
}

std::optional<QPointF> PlotCanvas::star() const
{
    if (!m_snapshot || !m_scene.fp16X)
        return std::nullopt;
    QPointF at = pixel(*m_scene.fp16X, m_scene.fp16.value_or(0));
    if (!m_scene.fp16)
        at.setY(identicalLane().center().y());
    const bool inside = at.x() >= area().left() && at.x() <= area().right()
        && (!m_scene.fp16 || (at.y() >= area().top() && at.y() <= area().bottom()));
    return inside ? std::optional(at) : std::nullopt;
}

std::vector<RecordId> PlotCanvas::recordsAt(const QPointF& position, double radius) const
{
    struct Hit
    {
        double distance;
        bool below; ///< drawn under front members
        RecordId id;
    };
    std::vector<Hit> hits;
    const PlotProjection now = projection();
    for (const PlotPoint& point : m_scene.points) {
        if (const auto at = now.marker(point)) {
            const double distance = QLineF(*at, position).length();
            if (distance <= radius)
                hits.push_back({std::round(distance * 2), !point.onFront, point.id});
        }
    }
    std::ranges::sort(hits, [](const Hit& a, const Hit& b) {
        return std::tuple(a.distance, a.below, -a.id) < std::tuple(b.distance, b.below, -b.id);
    });
    std::vector<RecordId> ids;
    std::ranges::transform(hits, std::back_inserter(ids), &Hit::id);
    return ids;
}

/// Step line: between two configurations nothing is attainable, so it drops at a member and then
/// runs to the next one.
std::vector<QLineF> PlotCanvas::steps(const std::vector<RecordId>& front) const
{
    if (!m_scene.frontHasLine())
        return {};
    const PlotProjection now = projection();
    std::vector<QLineF> lines;
    QPointF last;
    for (std::size_t i = 0; i < front.size(); ++i) {
        const PlotPoint& point = *m_scene.find(front[i]);
        QPointF at = now.pixel(point.x, point.quality);
        if (point.lane == PlotLane::Identical)
            at.setY(now.identicalLane.isNull() ? now.area.top() : now.identicalLane.center().y());
        if (i > 0) {
            lines.emplace_back(last, QPointF(last.x(), at.y()));
            lines.emplace_back(QPointF(last.x(), at.y()), at);
        }
        last = at;
    }
    return lines;
}

QString PlotCanvas::code(RecordId record) const
{
    return m_snapshot && m_scene.find(record) ? QString::fromStdString(
               shortCode(m_snapshot->records[static_cast<std::size_t>(record)].config))
                                              : QString();
}

} // namespace bitfront
