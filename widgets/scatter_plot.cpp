// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter_plot.h"

#include "widgets/scatter_plot_impl.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kReach = 12; ///< a point this near to the mouse is meant
constexpr double kStackReach = 4; ///< markers this near to each other hide one another
constexpr int kReplotIntervalMs = 50;
constexpr int kFrameMs = 16; ///< of a display, at the usual 60 pictures a second

} // namespace

ScatterPlot::ScatterPlot(QWidget* parent)
    : QWidget(parent)
    , m_impl(std::make_unique<Impl>())
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Quality against compression ratio"));
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(&m_impl->plot);
    m_impl->plot.setFocusPolicy(Qt::NoFocus);
    m_impl->plot.setMouseTracking(true);
    m_impl->plot.installEventFilter(this);
    m_impl->card = new PlotCard(this);
    m_impl->empty = new QLabel(this);
    m_impl->empty->setAlignment(Qt::AlignCenter);
    m_impl->empty->setWordWrap(true);
    m_impl->empty->setFont(uiFont(13));
    m_impl->empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_impl->replotTimer.setSingleShot(true);
    connect(&m_impl->replotTimer, &QTimer::timeout, this, [this] {
        m_impl->canvas.replot();
        m_impl->sinceReplot.restart();
    });
    refresh(false);
}

ScatterPlot::~ScatterPlot()
{
    // The plot lives in Impl, not in Qt's parent chain: take it out of the layout before both go.
    m_impl->plot.removeEventFilter(this);
    m_impl->plot.setParent(nullptr);
}

/// At most one replot per 50 ms, or per three times what a replot takes: results may arrive in
/// bursts.
void ScatterPlot::scheduleReplot()
{
    if (m_impl->replotTimer.isActive())
        return;
    const auto interval =
        std::max<qint64>(kReplotIntervalMs, std::llround(3 * m_impl->plot.replotTime(true)));
    const qint64 since = m_impl->sinceReplot.isValid() ? m_impl->sinceReplot.elapsed() : interval;
    m_impl->replotTimer.start(static_cast<int>(std::clamp<qint64>(interval - since, 0, 1000)));
}

/// For what follows the hand: the next picture as soon as the display can show one.
void ScatterPlot::scheduleFrame()
{
    const qint64 since = m_impl->sinceReplot.isValid() ? m_impl->sinceReplot.elapsed() : kFrameMs;
    const auto wait = static_cast<int>(std::clamp<qint64>(kFrameMs - since, 0, kFrameMs));
    if (!m_impl->replotTimer.isActive() || m_impl->replotTimer.remainingTime() > wait)
        m_impl->replotTimer.start(wait);
}

void ScatterPlot::refresh(bool keepZoom)
{
    Impl& d = *m_impl;
    d.canvas.setSnapshot(d.snapshot && !d.snapshot->records.empty() ? d.snapshot.get() : nullptr,
                         d.view, keepZoom && d.zoomed);
    d.zoomed = keepZoom && d.zoomed;
    const bool anything = d.canvas.snapshot();
    const bool hiddenAll = anything && d.canvas.scene().visibleCount() == 0;
    d.plot.xAxis->setVisible(anything);
    d.plot.yAxis->setVisible(anything);
    d.empty->setText(d.emptyText);
    d.empty->setVisible(!anything || (hiddenAll && !d.emptyText.isEmpty()));
    placeEmptyText();
    if (d.card->isVisible())
        endHover();
    describe();
    scheduleReplot();
}

void ScatterPlot::setSnapshot(SnapshotPtr snapshot)
{
    Impl& d = *m_impl;
    // Another output or metric has another axis: an old zoom would show nothing of it.
    const bool sameAxes = d.snapshot && snapshot
        && d.snapshot->judged.output == snapshot->judged.output
        && d.snapshot->judged.metric == snapshot->judged.metric
        && d.snapshot->records.size() <= snapshot->records.size();
    d.snapshot = std::move(snapshot); // refresh() drops the canvas's pointer to the old one
    refresh(sameAxes);
}

void ScatterPlot::setView(const PlotView& view)
{
    Impl& d = *m_impl;
    if (view == d.view)
        return;
    const bool sameAxes = view.axis == d.view.axis && view.logarithmic == d.view.logarithmic;
    const bool sameRecords = sameAxes && view.visibility == d.view.visibility;
    d.view = view;
    if (!sameRecords) {
        refresh(sameAxes);
        return;
    }
    const PlotScene& scene = d.canvas.scene();
    d.canvas.setTargets(view.targets.quality,
                        view.targets.ratio ? scene.xOfRatio(*view.targets.ratio) : std::nullopt);
    showMarks();
}

const PlotView& ScatterPlot::view() const
{
    return m_impl->view;
}

void ScatterPlot::setSelected(const std::vector<RecordId>& records)
{
    m_impl->canvas.marks().selected = records;
    showMarks();
}

void ScatterPlot::setPins(const std::array<RecordId, 5>& pins)
{
    m_impl->canvas.marks().pins = pins;
    scheduleReplot(); // the numbers of overlapping points make room for the letters
}

void ScatterPlot::setForecast(const std::optional<PlotForecast>& forecast)
{
    if (forecast == m_impl->canvas.marks().forecast)
        return;
    // Somebody's own zoom stays.
    if (m_impl->canvas.setForecast(forecast) && !m_impl->zoomed) {
        m_impl->canvas.showHomeRanges();
        endHover();
        scheduleFrame();
    } else {
        showMarks();
    }
}

const std::optional<PlotForecast>& ScatterPlot::forecast() const
{
    return m_impl->canvas.marks().forecast;
}

void ScatterPlot::setLabelsShown(bool shown)
{
    m_impl->canvas.marks().labels = shown;
    showMarks();
}

void ScatterPlot::setGroupFrontsShown(bool shown)
{
    m_impl->canvas.marks().groupFronts = shown;
    scheduleReplot();
}

/// Marks are cheap to draw by themselves; where everything is about to be drawn anyway, that will
/// do.
void ScatterPlot::showMarks()
{
    if (isVisible() && !m_impl->replotTimer.isActive())
        m_impl->canvas.replotMarks();
    else
        scheduleReplot();
}

void ScatterPlot::setCurrent(RecordId record)
{
    if (record == m_impl->canvas.current())
        return;
    m_impl->canvas.marks().current = record;
    describe();
    showMarks();
}

RecordId ScatterPlot::current() const
{
    return m_impl->canvas.current();
}

void ScatterPlot::setEmptyText(const QString& text)
{
    m_impl->emptyText = text;
    refresh(true);
}

QPointF ScatterPlot::markerPosition(RecordId record) const
{
    const PlotPoint* point = m_impl->canvas.scene().find(record);
    const auto at = point ? m_impl->canvas.marker(*point) : std::nullopt;
    return at ? QPointF(m_impl->plot.pos()) + *at : QPointF();
}

std::vector<RecordId> ScatterPlot::recordsAt(const QPointF& position) const
{
    const QPointF inPlot = position - QPointF(m_impl->plot.pos());
    const std::vector<RecordId> near = m_impl->canvas.recordsAt(inPlot, kReach);
    if (near.empty())
        return {};
    const auto at = m_impl->canvas.marker(*m_impl->canvas.scene().find(near.front()));
    std::vector<RecordId> stack = m_impl->canvas.recordsAt(*at, kStackReach);
    // Nearest to the mouse first; the rest by distance to it.
    std::erase(stack, near.front());
    stack.insert(stack.begin(), near.front());
    return stack;
}

RecordId ScatterPlot::recordAt(const QPointF& position) const
{
    const auto near = m_impl->canvas.recordsAt(position - QPointF(m_impl->plot.pos()), kReach);
    return near.empty() ? kNoRecord : near.front();
}

std::vector<QRectF> ScatterPlot::labelRects() const
{
    std::vector<QRectF> rects;
    for (const PlacedLabel& label : m_impl->canvas.labels())
        rects.push_back(label.rect.translated(m_impl->plot.pos()));
    return rects;
}

std::vector<QRectF> ScatterPlot::markerRects() const
{
    std::vector<QRectF> rects = m_impl->canvas.markerBoxes();
    for (QRectF& rect : rects)
        rect.translate(m_impl->plot.pos());
    return rects;
}

std::vector<QRectF> ScatterPlot::badgeRects() const
{
    std::vector<QRectF> rects;
    for (const PlotStack& stack : m_impl->canvas.stacks())
        rects.push_back(stack.badge.translated(m_impl->plot.pos()));
    return rects;
}

QRectF ScatterPlot::qualityTargetRect() const
{
    const QRectF handle = m_impl->canvas.qualityHandle();
    return handle.isNull() ? handle : handle.translated(m_impl->plot.pos());
}

QRectF ScatterPlot::ratioTargetRect() const
{
    const QRectF handle = m_impl->canvas.ratioHandle();
    return handle.isNull() ? handle : handle.translated(m_impl->plot.pos());
}

void ScatterPlot::placeEmptyText()
{
    m_impl->empty->setGeometry(rect().adjusted(40, 40, -40, -40));
    QPalette palette = this->palette();
    palette.setColor(QPalette::WindowText, Theme::current().text2);
    m_impl->empty->setPalette(palette);
}

/// What the picture shows, in words, for those who cannot see it.
void ScatterPlot::describe()
{
    const PlotScene& scene = m_impl->canvas.scene();
    if (!m_impl->canvas.snapshot()) {
        setAccessibleDescription(m_impl->emptyText);
        return;
    }
    QString text =
        tr("%1 results, %2 on the front.").arg(scene.points.size()).arg(scene.front.size());
    const auto say = [&](RecordId id) {
        const PlotPoint* point = scene.find(id);
        const QString quality = point->lane == PlotLane::Main
            ? qualityWithUnit(scene.metric, point->quality)
            : point->lane == PlotLane::Identical ? tr("identical")
                                                 : tr("failed");
        return tr("%1, %2 at %3×")
            .arg(m_impl->canvas.code(id), quality, QLocale().toString(point->ratio, 'f', 2));
    };
    if (!scene.front.empty())
        text += tr(" From %1 to %2.").arg(say(scene.front.front()), say(scene.front.back()));
    if (scene.find(current()))
        text += tr(" Selected: %1.").arg(say(current()));
    setAccessibleDescription(text);
}

} // namespace bitfront
