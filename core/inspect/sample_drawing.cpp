// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/sample_drawing.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace bitfront {

namespace {

constexpr int kErrorBins = 41;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kMost = std::numeric_limits<float>::max();

void checkStop(const std::stop_token& stop)
{
    if (stop.stop_requested())
        throw Cancelled();
}

/// First of the values that cell `cell` of `cells` stands for; they are spread evenly.
std::int64_t firstOf(std::int64_t cell, std::int64_t cells, std::int64_t values)
{
    return cell * values / cells;
}

/// What the pixels of one cell come to.
class Cell
{
public:
    void add(float before, float after)
    {
        const double change = double(after) - double(before);
        m_before += before;
        m_after += after;
        m_afterFinite = m_afterFinite && std::isfinite(after);
        m_changeFinite = m_changeFinite && std::isfinite(change);
        if (std::abs(change) > std::abs(m_change))
            m_change = change;
        ++m_count;
    }
    float before() const { return static_cast<float>(m_before / m_count); }
    float after() const { return m_afterFinite ? static_cast<float>(m_after / m_count) : kNaN; }
    /// Of exploding outputs the change may be beyond float.
    float change() const
    {
        return m_changeFinite ? static_cast<float>(std::clamp(m_change, -kMost, kMost)) : kNaN;
    }

private:
    double m_before = 0, m_after = 0, m_change = 0;
    int m_count = 0;
    bool m_afterFinite = true, m_changeFinite = true;
};

void addPicture(SampleDrawing& drawing, const OutputView& view, const std::stop_token& stop)
{
    const PictureShape& shape = view.picture();
    const std::int64_t size = shape.width * shape.height;
    const auto offset = static_cast<std::size_t>(drawing.plane * size);
    const auto plane = [&](std::span<const float> all) {
        return all.subspan(offset, static_cast<std::size_t>(size));
    };
    const std::span<const float> before = plane(view.baseline(drawing.sample));
    const std::span<const float> after = plane(view.compressed(drawing.sample));
    drawing.width = std::min(shape.width, kMostCells);
    drawing.height = std::min(shape.height, kMostCells);
    std::vector<Cell> row;
    for (std::int64_t y = 0; y < drawing.height; ++y) {
        checkStop(stop);
        row.assign(static_cast<std::size_t>(drawing.width), Cell());
        for (std::int64_t from = firstOf(y, drawing.height, shape.height);
             from < firstOf(y + 1, drawing.height, shape.height); ++from) {
            for (std::int64_t x = 0; x < drawing.width; ++x) {
                const std::int64_t last = firstOf(x + 1, drawing.width, shape.width);
                for (std::int64_t i = firstOf(x, drawing.width, shape.width); i < last; ++i) {
                    const auto at = static_cast<std::size_t>(from * shape.width + i);
                    row[static_cast<std::size_t>(x)].add(before[at], after[at]);
                    const double change = std::abs(double(after[at]) - double(before[at]));
                    if (std::isfinite(change))
                        drawing.reach = std::max(drawing.reach, change);
                    drawing.notFinite += std::isfinite(after[at]) ? 0 : 1;
                }
            }
        }
        for (const Cell& cell : row) {
            drawing.before.push_back(cell.before());
            drawing.after.push_back(cell.after());
            drawing.change.push_back(cell.change());
        }
    }
    const bool mask = view.form() == OutputForm::Mask;
    std::tie(drawing.low, drawing.high) = mask ? std::pair(0.0, 1.0) : finiteRange(before);
    drawing.disagreement = mask ? view.disagreement(drawing.sample) : 0;
}

std::vector<ValueColumn> columnsOf(std::span<const float> values)
{
    const auto count = static_cast<std::int64_t>(values.size());
    std::vector<ValueColumn> columns(static_cast<std::size_t>(std::min(count, kMostColumns)));
    const auto number = static_cast<std::int64_t>(columns.size());
    for (std::int64_t column = 0; column < number; ++column) {
        ValueColumn range {kNaN, kNaN};
        for (std::int64_t i = firstOf(column, number, count);
             i < firstOf(column + 1, number, count); ++i) {
            const float value = values[static_cast<std::size_t>(i)];
            if (!std::isfinite(value))
                continue;
            range.low = range.low <= value ? range.low : value; // also from NaN
            range.high = range.high >= value ? range.high : value;
        }
        columns[static_cast<std::size_t>(column)] = range;
    }
    return columns;
}

} // namespace

SampleDrawing drawSample(const OutputView& view, std::int64_t sample, std::int64_t plane,
                         const std::stop_token& stop)
{
    SampleDrawing drawing;
    drawing.sample = sample;
    if (view.form() != OutputForm::Line) {
        drawing.plane = std::clamp<std::int64_t>(plane, 0, view.picture().planes - 1);
        addPicture(drawing, view, stop);
        return drawing;
    }
    drawing.lineBefore = columnsOf(view.baseline(sample));
    checkStop(stop);
    drawing.lineAfter = columnsOf(view.compressed(sample));
    std::tie(drawing.low, drawing.high) =
        finiteRange(view.baseline(sample), view.compressed(sample));
    checkStop(stop);
    drawing.errors = view.errors(sample, kErrorBins);
    return drawing;
}

} // namespace bitfront
