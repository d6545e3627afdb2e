// SPDX-License-Identifier: GPL-3.0-or-later
// Quantization of whole tensors: ranges of all blocks in one pass, values in a second.
#include "core/kernels/quantize.h"

#include "core/kernels/block_layout.h"
#include "core/kernels/half.h"
#include "core/kernels/quant_range.h"
#include "core/kernels/quantize_loops.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bitfront {

namespace {

using detail::BlockLayout;
using detail::ClampRange;
using detail::Runs;

/// Runs shorter than this are handled position by position, with one set of parameters per
/// position.
constexpr std::int64_t kShortRun = 16;
/// Positions handled at a time then, so that their parameters stay in the first-level cache.
constexpr std::int64_t kSegment = 1024;

struct Ranges
{
    std::vector<float> lows;
    std::vector<float> highs;
};

/// Parameters as the loops want them, one entry per block.
struct Affines
{
    std::vector<float> scales;
    std::vector<float> shifts;
    std::vector<float> bases;

    explicit Affines(std::size_t count)
        : scales(count)
        , shifts(count)
        , bases(count)
    {
    }
    detail::AffineArrays from(std::int64_t block) const
    {
        return {scales.data() + block, shifts.data() + block, bases.data() + block};
    }
};

/// Calls visit(offset, firstBlock, runs) for every row: its runs lie in consecutive blocks.
template<typename Visit>
void forEachRow(const BlockLayout& layout, Visit visit)
{
    const Runs runs {static_cast<std::size_t>(layout.blocksPerRow()),
                     static_cast<std::size_t>(layout.runLength())};
    for (std::int64_t row = 0; row < layout.rows(); ++row)
        visit(row * layout.rowLength(), layout.gridRow(row) * layout.blocksPerRow(), runs);
}

/// For short runs: calls visit(offset, firstBlock, length, newBlocks) for pieces of rows, whole
/// runs each, all rows of one column of pieces in turn. newBlocks says that the blocks are not
/// those of the call before.
template<typename Visit>
void forEachSegment(const BlockLayout& layout, Visit visit)
{
    const std::int64_t piece = std::max<std::int64_t>(kSegment / layout.runLength(), 1);
    for (std::int64_t first = 0; first < layout.blocksPerRow(); first += piece) {
        const std::int64_t blocks = std::min(piece, layout.blocksPerRow() - first);
        std::int64_t previous = -1;
        for (std::int64_t row = 0; row < layout.rows(); ++row) {
            const std::int64_t gridRow = layout.gridRow(row);
            visit(row * layout.rowLength() + first * layout.runLength(),
                  gridRow * layout.blocksPerRow() + first,
                  static_cast<std::size_t>(blocks * layout.runLength()), gridRow != previous);
            previous = gridRow;
        }
    }
}

/// Calls visit(offset, block) for every run of layout.runLength() values.
template<typename Visit>
void forEachRun(const BlockLayout& layout, Visit visit)
{
    forEachRow(layout, [&](std::int64_t offset, std::int64_t block, Runs runs) {
        for (std::size_t i = 0; i < runs.count; ++i)
            visit(static_cast<std::size_t>(offset) + i * runs.length,
                  static_cast<std::size_t>(block) + i);
    });
}

/// Smallest and largest value of each block, zero included.
Ranges blockRanges(std::span<const float> weights, const BlockLayout& layout)
{
    const auto blocks = static_cast<std::size_t>(layout.blocks());
    Ranges ranges {std::vector<float>(blocks, 0.0F), std::vector<float>(blocks, 0.0F)};
    const float* data = weights.data();
    if (layout.runLength() >= kShortRun || layout.rows() == 1) {
        forEachRow(layout, [&](std::int64_t offset, std::int64_t block, Runs runs) {
            detail::widenRuns(data + offset, runs, ranges.lows.data() + block,
                              ranges.highs.data() + block);
        });
        return ranges;
    }
    std::vector<float> lows(kSegment);
    std::vector<float> highs(kSegment);
    std::int64_t open = -1; // first block of the ranges collected in lows and highs
    std::size_t openLength = 0;
    const auto fold = [&] {
        const auto run = static_cast<std::size_t>(layout.runLength());
        if (open < 0)
            return;
        const Runs runs {openLength / run, run};
        detail::widenRuns(lows.data(), runs, ranges.lows.data() + open, ranges.highs.data() + open);
        detail::widenRuns(highs.data(), runs, ranges.lows.data() + open,
                          ranges.highs.data() + open);
    };
    forEachSegment(layout,
                   [&](std::int64_t offset, std::int64_t block, std::size_t length, bool isNew) {
                       if (isNew) {
                           fold();
                           std::fill(lows.begin(), lows.end(), 0.0F);
                           std::fill(highs.begin(), highs.end(), 0.0F);
                           open = block;
                           openLength = length;
                       }
                       detail::widenRow(data + offset, length, lows.data(), highs.data());
                   });
    fold();
    return ranges;
}

QuantParameters blockParameters(const Ranges& ranges, WeightType type, const QuantSpec& spec)
{
    QuantParameters parameters;
    const RangeRule rule(type, spec);
    const std::size_t blocks = ranges.lows.size();
    parameters.scales.resize(blocks);
    parameters.zeroPoints.resize(isInteger(spec.dtype) ? blocks : 0);
    parameters.minValues.resize(spec.formulation == QuantFormulation::MinValue ? blocks : 0);
    for (std::size_t i = 0; i < blocks; ++i) {
        const BlockParameters block = rule(ranges.lows[i], ranges.highs[i]);
        parameters.scales[i] = block.scale;
        if (!parameters.zeroPoints.empty())
            parameters.zeroPoints[i] = block.zeroPoint;
        if (!parameters.minValues.empty())
            parameters.minValues[i] = block.minValue;
    }
    return parameters;
}

Affines affinesOf(const QuantParameters& parameters, const QuantSpec& spec)
{
    Affines result(parameters.scales.size());
    result.scales = parameters.scales;
    if (spec.formulation == QuantFormulation::MinValue) {
        const float lowest = codeRange(spec.dtype, spec.scheme).min;
        std::fill(result.shifts.begin(), result.shifts.end(), lowest);
        result.bases = parameters.minValues;
    } else {
        for (std::size_t i = 0; i < parameters.zeroPoints.size(); ++i)
            result.shifts[i] = static_cast<float>(parameters.zeroPoints[i]);
    }
    return result;
}

/// Integer codes whose runs are short: parameters are spread over the positions of a segment.
void fakeQuantizeSegments(const float* weights, const BlockLayout& layout, const Affines& affines,
                          ClampRange clamp, float* out)
{
    Affines positions(kSegment);
    const auto run = static_cast<std::size_t>(layout.runLength());
    forEachSegment(layout,
                   [&](std::int64_t offset, std::int64_t block, std::size_t length, bool isNew) {
                       const detail::AffineArrays blocks = affines.from(block);
                       for (std::size_t i = 0, from = 0; isNew && i < length; i += run, ++from) {
                           std::fill_n(positions.scales.data() + i, run, blocks.scales[from]);
                           std::fill_n(positions.shifts.data() + i, run, blocks.shifts[from]);
                           std::fill_n(positions.bases.data() + i, run, blocks.bases[from]);
                       }
                       detail::fakeQuantizeRow(weights + offset, length, positions.from(0), clamp,
                                               out + offset);
                   });
}

void checkSizes(const BlockLayout& layout, std::size_t elements)
{
    if (static_cast<std::size_t>(layout.elements()) != elements)
        throw std::invalid_argument("the number of values does not match the weight's shape");
}

} // namespace

namespace {

/// A weight, or some slices of it along axis 0.
QuantParameters fakeQuantizeSlices(std::span<const float> weights,
                                   std::span<const std::int64_t> shape, WeightType type,
                                   const QuantSpec& spec, std::span<float> out)
{
    const BlockLayout layout(shape, spec.blockShape);
    checkSizes(layout, weights.size());
    checkSizes(layout, out.size());
    QuantParameters parameters = blockParameters(blockRanges(weights, layout), type, spec);
    const CodeRange codes = codeRange(spec.dtype, spec.scheme);
    const ClampRange clamp {codes.min, codes.max};
    const float* from = weights.data();
    float* to = out.data();
    if (!isInteger(spec.dtype)) {
        forEachRow(layout, [&](std::int64_t offset, std::int64_t block, Runs runs) {
            detail::fakeQuantizeFloatRuns(spec.dtype, from + offset, runs,
                                          parameters.scales.data() + block, to + offset);
        });
    } else {
        const Affines affines = affinesOf(parameters, spec);
        if (layout.runLength() < kShortRun)
            fakeQuantizeSegments(from, layout, affines, clamp, to);
        else
            forEachRow(layout, [&](std::int64_t offset, std::int64_t block, Runs runs) {
                detail::fakeQuantizeRuns(from + offset, runs, affines.from(block), clamp,
                                         to + offset);
            });
    }
    if (type != WeightType::Float32)
        roundTo(type, out, out);
    return parameters;
}

/// Slices along axis 0 that fit the cache together and hold whole blocks: multiples of the block's
/// extent, which divides that of the weight.
std::int64_t slicesAtOnce(std::span<const std::int64_t> shape,
                          std::span<const std::int64_t> blockShape)
{
    constexpr std::int64_t kElements = 16384; // 64 KiB of weights, as much of results
    std::int64_t elements = blockShape[0];
    for (std::size_t i = 1; i < shape.size(); ++i)
        elements *= shape[i];
    return std::min(blockShape[0] * std::max<std::int64_t>(kElements / elements, 1), shape[0]);
}

void append(QuantParameters& all, const QuantParameters& part)
{
    all.scales.insert(all.scales.end(), part.scales.begin(), part.scales.end());
    all.zeroPoints.insert(all.zeroPoints.end(), part.zeroPoints.begin(), part.zeroPoints.end());
    all.minValues.insert(all.minValues.end(), part.minValues.begin(), part.minValues.end());
}

} // namespace

QuantParameters fakeQuantize(std::span<const float> weights, std::span<const std::int64_t> shape,
                             WeightType type, const QuantSpec& spec, std::span<float> out,
                             WeightError* error)
{
    checkQuantSpec(spec);
    const BlockLayout whole(shape, spec.blockShape);
    checkSizes(whole, weights.size());
    checkSizes(whole, out.size());
    if (shape.empty() || weights.empty()) {
        QuantParameters parameters = fakeQuantizeSlices(weights, shape, type, spec, out);
        if (error != nullptr)
            error->add(weights, out);
        return parameters;
    }
    const std::int64_t slices = slicesAtOnce(shape, spec.blockShape);
    const std::size_t sliceSize = weights.size() / static_cast<std::size_t>(shape[0]);
    std::vector<std::int64_t> part(shape.begin(), shape.end());
    QuantParameters parameters;
    for (std::int64_t first = 0; first < shape[0]; first += slices) {
        part[0] = std::min(slices, shape[0] - first);
        const std::size_t offset = static_cast<std::size_t>(first) * sliceSize;
        const std::size_t count = static_cast<std::size_t>(part[0]) * sliceSize;
        const auto before = weights.subspan(offset, count);
        const auto after = out.subspan(offset, count);
        append(parameters, fakeQuantizeSlices(before, part, type, spec, after));
        if (error != nullptr)
            error->add(before, after);
    }
    return parameters;
}

QuantizedWeight quantize(std::span<const float> weights, std::span<const std::int64_t> shape,
                         WeightType type, const QuantSpec& spec)
{
    checkQuantSpec(spec);
    const BlockLayout layout(shape, spec.blockShape);
    checkSizes(layout, weights.size());
    QuantizedWeight result;
    result.parameters = blockParameters(blockRanges(weights, layout), type, spec);
    result.codes.resize(weights.size());
    const CodeRange codes = codeRange(spec.dtype, spec.scheme);
    const Affines affines = affinesOf(result.parameters, spec);
    std::vector<float> values(static_cast<std::size_t>(layout.runLength()));
    forEachRun(layout, [&](std::size_t offset, std::size_t block) {
        std::int16_t* target = result.codes.data() + offset;
        const Runs one {1, values.size()};
        if (isInteger(spec.dtype)) {
            detail::integerCodes(weights.data() + offset, one,
                                 affines.from(static_cast<std::int64_t>(block)),
                                 {codes.min, codes.max}, values.data());
            for (std::size_t i = 0; i < values.size(); ++i) // NaN has no code; torch writes 0
                target[i] =
                    std::isnan(values[i]) ? std::int16_t {0} : static_cast<std::int16_t>(values[i]);
            return;
        }
        const float scale = result.parameters.scales[block];
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float ratio = weights[offset + i] / scale;
            const float held = std::isnan(ratio) ? ratio : std::clamp(ratio, codes.min, codes.max);
            target[i] = smallFloatBits(spec.dtype, held);
        }
    });
    return result;
}

void dequantize(const QuantizedWeight& quantized, std::span<const std::int64_t> shape,
                WeightType type, const QuantSpec& spec, std::span<float> out)
{
    checkQuantSpec(spec);
    const BlockLayout layout(shape, spec.blockShape);
    checkSizes(layout, quantized.codes.size());
    checkSizes(layout, out.size());
    const auto blocks = static_cast<std::size_t>(layout.blocks());
    const bool integer = isInteger(spec.dtype);
    const bool minValue = spec.formulation == QuantFormulation::MinValue;
    const QuantParameters& parameters = quantized.parameters;
    if (parameters.scales.size() != blocks || parameters.zeroPoints.size() != (integer ? blocks : 0)
        || parameters.minValues.size() != (minValue ? blocks : 0))
        throw std::invalid_argument("the parameters do not match the number of blocks");
    const Affines affines = affinesOf(parameters, spec);
    const auto run = static_cast<std::size_t>(layout.runLength());
    forEachRun(layout, [&](std::size_t offset, std::size_t block) {
        const float scale = affines.scales[block];
        for (std::size_t i = offset; i < offset + run; ++i) {
            const std::int16_t code = quantized.codes[i];
            if (!integer) // no base to add: −0 stays −0
                out[i] = smallFloatFromBits(spec.dtype, static_cast<std::uint8_t>(code)) * scale;
            else
                out[i] = (static_cast<float>(code) - affines.shifts[block]) * scale
                    + affines.bases[block];
        }
    });
    if (type != WeightType::Float32)
        roundTo(type, out, out);
}

} // namespace bitfront
