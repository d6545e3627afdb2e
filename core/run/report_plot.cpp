// SPDX-License-Identifier: GPL-3.0-or-later
// The scatter plot of the HTML report as inline SVG: it follows the page's colours and needs no
// picture file. The window's own plot is the detailed one.
#include "core/run/report_document.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitfront {
namespace {

// The drawing area in SVG units, and the lane above it for results that are identical.
constexpr double kWidth = 960, kHeight = 480, kLeft = 52, kRight = 940, kTop = 52, kBottom = 436,
                 kLane = 30;
constexpr double kMarker = 4.6;
constexpr double kLabelHeight = 12;
constexpr double kCharWidth = 6.1; ///< of an 11 px letter, on the safe side
constexpr double kLegendCharWidth = 5.5; ///< on average
constexpr std::size_t kMaxLabels = 8;
constexpr int kMaxTicks = 20; ///< niceAxis() makes half as many

struct Axis
{
    double low = 0, high = 1, step = 1;

    /// Counted, and values computed from the count: a value that is added up may not change any
    /// more where a damaged file holds large numbers.
    int ticks() const
    {
        return 1 + static_cast<int>(std::min((high - low) / step + 0.5, kMaxTicks - 1.0));
    }
    double tick(int index) const { return low + index * step; }
};

/// Ends and ticks at 1, 2 or 5 times a power of ten, about `count` of them.
Axis niceAxis(double low, double high, int count)
{
    if (!std::isfinite(high - low))
        return {};
    // Ends that are equal, or as good as, get room between them.
    const double span =
        std::max({high - low, 1e-3, 1e-9 * std::max(std::fabs(low), std::fabs(high))});
    const double raw = span / count;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    const double step = power
        * (raw / power < 1.5       ? 1
               : raw / power < 3.5 ? 2
               : raw / power < 7.5 ? 5
                                   : 10);
    const double first = std::floor(low / step) * step;
    return {first, std::max(std::ceil(high / step) * step, first + step), step};
}

struct Box
{
    double left = 0, top = 0, right = 0, bottom = 0;
    bool meets(const Box& other) const
    {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

std::string number(double value)
{
    return fixedText(value, 1);
}

std::string line(double x1, double y1, double x2, double y2, const char* style)
{
    return "<line x1='" + number(x1) + "' y1='" + number(y1) + "' x2='" + number(x2) + "' y2='"
        + number(y2) + "' class='" + style + "'/>";
}

std::string escaped(const std::string& text)
{
    std::string safe;
    for (const char c : text)
        safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return safe;
}

std::string label(double x, double y, const std::string& text, const char* anchor,
                  const char* style = "")
{
    return "<text x='" + number(x) + "' y='" + number(y) + "' text-anchor='" + anchor + "' class='"
        + style + "'>" + escaped(text) + "</text>";
}

/// Circle, square, triangle or diamond of equal weight around (x, y).
std::string shape(GroupId group, double x, double y)
{
    const double r = kMarker;
    switch (group) {
    case GroupId::PerChannel:
        return "<circle cx='" + number(x) + "' cy='" + number(y) + "' r='" + number(r) + "'";
    case GroupId::PerBlock:
        return "<rect x='" + number(x - r + 0.5) + "' y='" + number(y - r + 0.5) + "' width='"
            + number(2 * r - 1) + "' height='" + number(2 * r - 1) + "'";
    case GroupId::Palette:
        return "<path d='M" + number(x) + " " + number(y - r - 0.8) + "L" + number(x + r + 0.6)
            + " " + number(y + r - 0.4) + "H" + number(x - r - 0.6) + "z'";
    case GroupId::Mixed: {
        const double half = 1.3 * r;
        return "<path d='M" + number(x) + " " + number(y - half) + "L" + number(x + half) + " "
            + number(y) + "L" + number(x) + " " + number(y + half) + "L" + number(x - half) + " "
            + number(y) + "z'";
    }
    }
    return {};
}

const char* colourClass(GroupId group)
{
    switch (group) {
    case GroupId::PerChannel:
        return "g1";
    case GroupId::PerBlock:
        return "g2";
    case GroupId::Palette:
        return "g3";
    case GroupId::Mixed:
        break;
    }
    return "g4";
}

class Plot
{
public:
    explicit Plot(const RunView& view)
        : m_view(view)
    {
        findAxes();
        for (std::size_t i = 0; i < view.run.records.size(); ++i)
            if (isShown(static_cast<RecordId>(i)))
                m_taken.push_back(around(position(static_cast<RecordId>(i))));
    }

    std::string svg()
    {
        std::string text = "<svg class='plot' viewBox='0 0 " + fixedText(kWidth, 0) + " "
            + fixedText(kHeight, 0)
            + "' role='img' aria-label='Quality against compression ratio'>\n";
        text += grid() + floorLine() + front() + baseline();
        for (const bool onFront : {false, true})
            for (std::size_t i = 0; i < m_view.run.records.size(); ++i)
                if (const auto id = static_cast<RecordId>(i);
                    isShown(id) && m_view.point(id).onFront == onFront)
                    text += marker(id);
        return text + labels() + legend() + "</svg>\n";
    }

private:
    using Position = std::array<double, 2>;

    bool isShown(RecordId id) const
    {
        const AnalysedPoint& point = m_view.point(id);
        return !point.failed && std::isfinite(point.ratio)
            && (std::isfinite(point.quality) || point.identical);
    }
    bool isDb() const { return m_view.judged.metric != Metric::Iou; }
    double x(double ratio) const
    {
        return kLeft + (ratio - m_x.low) / (m_x.high - m_x.low) * (kRight - kLeft);
    }
    double y(double quality) const
    {
        return kBottom - (quality - m_y.low) / (m_y.high - m_y.low) * (kBottom - kTop);
    }
    double y(const AnalysedPoint& point) const
    {
        return std::isfinite(point.quality) ? y(point.quality) : kTop - kLane / 2;
    }
    Position position(RecordId id) const
    {
        return {x(m_view.point(id).ratio), y(m_view.point(id))};
    }
    static Box around(const Position& at)
    {
        return {at[0] - kMarker - 1, at[1] - kMarker - 1, at[0] + kMarker + 1, at[1] + kMarker + 1};
    }

    void findAxes()
    {
        double lowX = 1;
        double highX = 2;
        double lowY = m_view.judged.floor;
        double highY = lowY;
        for (std::size_t i = 0; i < m_view.run.records.size(); ++i) {
            const AnalysedPoint& point = m_view.analysis.points[i];
            if (!isShown(static_cast<RecordId>(i)))
                continue;
            lowX = std::min(lowX, point.ratio);
            highX = std::max(highX, point.ratio);
            if (std::isfinite(point.quality)) {
                lowY = std::min(lowY, point.quality);
                highY = std::max(highY, point.quality);
            }
        }
        // A little room, so that nothing sits on the frame; the floor's own region shows below it.
        m_x = niceAxis(lowX, highX + 0.02 * (highX - lowX), 8);
        m_y = niceAxis(lowY - 0.03 * (highY - lowY), highY + 0.02 * (highY - lowY), 6);
    }

    std::string grid() const
    {
        std::string text;
        const int decimals = isDb() ? 0 : 2;
        for (int i = 0; i < m_y.ticks(); ++i) {
            const double value = m_y.tick(i);
            text += line(kLeft, y(value), kRight, y(value), "grid");
            text += label(kLeft - 8, y(value) + 4,
                          fixedText(value, m_y.step < 1 && isDb() ? 1 : decimals), "end");
        }
        for (int i = 0; i < m_x.ticks(); ++i) {
            const double value = m_x.tick(i);
            text += line(x(value), kTop, x(value), kBottom, "grid");
            text += label(x(value), kBottom + 18, fixedText(value, m_x.step < 1 ? 1 : 0) + "×",
                          "middle");
        }
        text += line(kLeft, kBottom, kRight, kBottom, "base");
        text += line(kLeft, kTop - kLane, kRight, kTop - kLane, "lane")
            + line(kLeft, kTop, kRight, kTop, "lane");
        text += label(kLeft - 14, kTop - kLane / 2 + 4, "∞", "end");
        text += label(kRight, kBottom + 36, "compression ratio against fp16", "end");
        return text
            + label(kLeft, 14, metricHeading(m_view.judged.metric) + " of " + m_view.judged.output,
                    "start")
            + "\n";
    }

    std::string floorLine()
    {
        const double at = y(m_view.judged.floor);
        const std::string words =
            "floor " + qualityWithUnit(m_view.judged.metric, m_view.judged.floor);
        const double width = kCharWidth * static_cast<double>(words.size());
        m_taken.push_back({kLeft, at - 18, kLeft + width, at});
        m_taken.push_back({kLeft, at - 1, kRight, at + 1});
        return line(kLeft, at, kRight, at, "floor") + label(kLeft + 6, at - 5, words, "start")
            + "\n";
    }

    /// Steps, not slopes: what lies between two configurations cannot be had.
    std::string front() const
    {
        std::string path;
        for (const RecordId id : m_view.analysis.front) {
            if (!isShown(id))
                continue;
            const Position at = position(id);
            if (path.empty())
                path = "M" + number(at[0]) + " " + number(at[1]);
            else
                path += "V" + number(at[1]) + "H" + number(at[0]);
        }
        return path.empty() ? path : "<path class='front' d='" + path + "'/>\n";
    }

    std::string baseline()
    {
        for (const OutputQuality& quality : m_view.run.header.fp16Quality) {
            if (quality.output != m_view.judged.output || std::isnan(quality.value))
                continue;
            const bool isInLane = !(quality.value <= m_y.high);
            const double at = isInLane ? kTop - kLane / 2 : y(quality.value);
            m_taken.push_back(around({x(1), at}));
            return "<path class='p star' transform='translate(" + number(x(1)) + " " + number(at)
                + ")' d='M0-6 1.5-2 5.7-1.9 2.4.8 3.5 4.9 0 2.5-3.5 "
                  "4.9-2.4.8-5.7-1.9-1.5-2z'><title>fp16: "
                + qualityWithUnit(quality.metric, quality.value) + " at 1.0x</title></path>"
                + label(x(1) + 10, at + 4,
                        isInLane ? "fp16 " + qualityWithUnit(quality.metric, quality.value)
                                 : "fp16",
                        "start")
                + "\n";
        }
        return {};
    }

    std::string marker(RecordId id) const
    {
        const AnalysedPoint& point = m_view.point(id);
        const CompressionConfig& config = m_view.record(id).config;
        std::string style = std::string("p ") + colourClass(config.group);
        if (point.belowFloor)
            style += " low";
        else if (config.isRefinement())
            style += " hollow";
        else if (!point.onFront)
            style += " beaten";
        const Position at = position(id);
        return shape(config.group, at[0], at[1]) + " class='" + style + "'><title>"
            + escaped(config.name) + ": " + qualityWithUnit(m_view.judged.metric, point.quality)
            + " at " + ratioText(point.ratio) + "</title></" + closingTag(config.group) + ">\n";
    }
    static const char* closingTag(GroupId group)
    {
        return group == GroupId::PerChannel ? "circle"
            : group == GroupId::PerBlock    ? "rect"
                                            : "path";
    }

    /// The picks, then the rest of the front, each where no marker and no label is.
    std::string labels()
    {
        std::vector<RecordId> order;
        for (const Pick& pick : bestPicks(m_view))
            order.push_back(pick.record);
        for (const RecordId id : m_view.analysis.front)
            if (std::ranges::find(order, id) == order.end())
                order.push_back(id);
        std::string text;
        std::size_t placed = 0;
        for (const RecordId id : order) {
            if (placed == kMaxLabels || !isShown(id))
                continue;
            const std::string one = placeLabel(position(id), shortCode(m_view.record(id).config));
            placed += one.empty() ? 0 : 1;
            text += one;
        }
        return text + "\n";
    }

    std::string placeLabel(const Position& at, const std::string& words)
    {
        const double width = kCharWidth * static_cast<double>(words.size());
        for (const double distance : {9.0, 20.0, 34.0}) {
            for (const auto& [dx, dy] :
                 {Position {1, -1}, {1, 0}, {1, 1}, {-1, -1}, {-1, 0}, {-1, 1}}) {
                const double startX = dx > 0 ? at[0] + distance : at[0] - distance - width;
                const double middleY = at[1] + dy * distance;
                const Box box {startX, middleY - kLabelHeight / 2, startX + width,
                               middleY + kLabelHeight / 2};
                const bool free = box.left > kLeft && box.right < kRight && box.top > kTop - kLane
                    && box.bottom < kBottom
                    && std::ranges::none_of(m_taken,
                                            [&box](const Box& other) { return box.meets(other); });
                if (!free)
                    continue;
                m_taken.push_back(box);
                std::string text = label(startX, middleY + 4, words, "start", "strong");
                if (distance > 10)
                    text = line(at[0] + dx * 5, at[1] + dy * 5,
                                dx > 0 ? startX - 2 : startX + width + 2, middleY, "leader")
                        + text;
                return text;
            }
        }
        return {};
    }

    std::string legend() const
    {
        std::string text;
        double at = kRight;
        for (auto group = std::rbegin(kGroups); group != std::rend(kGroups); ++group) {
            if (!hasGroup(m_view.run, *group))
                continue;
            const std::string words(groupTitle(*group));
            text += label(at, 14, words, "end");
            at -= kLegendCharWidth * static_cast<double>(words.size()) + 12;
            text += shape(*group, at, 10) + " class='p " + colourClass(*group) + "'/>";
            at -= 20;
        }
        return text + "\n";
    }

    const RunView& m_view;
    Axis m_x, m_y;
    std::vector<Box> m_taken;
};

} // namespace

std::string plotSvg(const RunView& view)
{
    return Plot(view).svg();
}

} // namespace bitfront
