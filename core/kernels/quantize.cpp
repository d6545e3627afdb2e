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

using detail::Affine;
using detail::BlockLayout;
using detail::ClampRange;

/// Runs shorter than this are handled a whole row at a time, with one set of parameters per
/// position.
constexpr std::int64_t kShortRun = 8;

struct Ranges
{
    std::vector<float> lows;
    std::vector<float> highs;
};

/// Folds ranges per position of a row into those of its blocks.
void foldRow(const BlockLayout& layout, std::int64_t gridRow, const Ranges& row, Ranges& blocks)
{
    for (std::int64_t i = 0; i < layout.rowLength(); ++i) {
        const auto block =
            static_cast<std::size_t>(gridRow * layout.blocksPerRow() + i / layout.runLength());
        const auto position = static_cast<std::size_t>(i);
        detail::widenRange(&row.lows[position], 1, blocks.lows[block], blocks.highs[block]);
        detail::widenRange(&row.highs[position], 1, blocks.lows[block], blocks.highs[block]);
    }
}

/// Smallest and largest value of each block, zero included.
Ranges blockRanges(std::span<const float> weights, const BlockLayout& layout)
{
    const auto blocks = static_cast<std::size_t>(layout.blocks());
    if (weights.empty())
        return {std::vector<float>(blocks, 0.0F), std::vector<float>(blocks, 0.0F)};
    Ranges ranges {std::vector<float>(blocks, 0.0F), std::vector<float>(blocks, 0.0F)};
    const auto run = static_cast<std::size_t>(layout.runLength());
    const auto length = static_cast<std::size_t>(layout.rowLength());
    const float* data = weights.data();
    if (layout.runLength() >= kShortRun) {
        for (std::int64_t row = 0; row < layout.rows(); ++row) {
            auto block = static_cast<std::size_t>(layout.gridRow(row) * layout.blocksPerRow());
            for (std::size_t i = 0; i < length; i += run, ++block)
                detail::widenRange(data + i, run, ranges.lows[block], ranges.highs[block]);
            data += length;
        }
        return ranges;
    }
    Ranges position {std::vector<float>(length, 0.0F), std::vector<float>(length, 0.0F)};
    std::int64_t current = 0;
    for (std::int64_t row = 0; row < layout.rows(); ++row) {
        const std::int64_t next = layout.gridRow(row);
        if (next != current) {
            foldRow(layout, current, position, ranges);
            std::fill(position.lows.begin(), position.lows.end(), 0.0F);
            std::fill(position.highs.begin(), position.highs.end(), 0.0F);
            current = next;
        }
        detail::widenRanges(data, length, position.lows.data(), position.highs.data());
        data += length;
    }
    foldRow(layout, current, position, ranges);
    return ranges;
}

QuantParameters blockParameters(const Ranges& ranges, WeightType type, const QuantSpec& spec)
{
    QuantParameters parameters;
    const bool integer = isInteger(spec.dtype);
    const bool minValue = spec.formulation == QuantFormulation::MinValue;
    const std::size_t blocks = ranges.lows.size();
    parameters.scales.reserve(blocks);
    parameters.zeroPoints.reserve(integer ? blocks : 0);
    parameters.minValues.reserve(minValue ? blocks : 0);
    for (std::size_t i = 0; i < blocks; ++i) {
        const BlockParameters block =
            parametersForRange(ranges.lows[i], ranges.highs[i], type, spec);
        parameters.scales.push_back(block.scale);
        if (integer)
            parameters.zeroPoints.push_back(block.zeroPoint);
        if (minValue)
            parameters.minValues.push_back(block.minValue);
    }
    return parameters;
}

Affine affineOf(const QuantParameters& parameters, std::size_t block, const QuantSpec& spec)
{
    if (spec.formulation == QuantFormulation::MinValue)
        return {parameters.scales[block], codeRange(spec.dtype, spec.scheme).min,
                parameters.minValues[block]};
    const float shift =
        isInteger(spec.dtype) ? static_cast<float>(parameters.zeroPoints[block]) : 0.0F;
    return {parameters.scales[block], shift, 0.0F};
}

/// Calls visit(offset, block) for every run of layout.runLength() values.
template<typename Visit>
void forEachRun(const BlockLayout& layout, Visit visit)
{
    std::size_t offset = 0;
    const auto run = static_cast<std::size_t>(layout.runLength());
    for (std::int64_t row = 0; row < layout.rows(); ++row) {
        auto block = static_cast<std::size_t>(layout.gridRow(row) * layout.blocksPerRow());
        for (std::int64_t i = 0; i < layout.blocksPerRow(); ++i, ++block, offset += run)
            visit(offset, block);
    }
}

/// Integer codes whose runs are short: parameters are spread over the positions of a row.
void fakeQuantizeRows(std::span<const float> weights, const BlockLayout& layout,
                      const QuantSpec& spec, const QuantParameters& parameters, ClampRange clamp,
                      std::span<float> out)
{
    const auto length = static_cast<std::size_t>(layout.rowLength());
    std::vector<float> scales(length);
    std::vector<float> shifts(length);
    std::vector<float> bases(length);
    std::int64_t current = -1;
    for (std::int64_t row = 0; row < layout.rows(); ++row) {
        const std::int64_t gridRow = layout.gridRow(row);
        if (gridRow != current) {
            current = gridRow;
            for (std::size_t i = 0; i < length; ++i) {
                const auto block = static_cast<std::size_t>(gridRow * layout.blocksPerRow())
                    + i / static_cast<std::size_t>(layout.runLength());
                const Affine affine = affineOf(parameters, block, spec);
                scales[i] = affine.scale;
                shifts[i] = affine.shift;
                bases[i] = affine.base;
            }
        }
        const std::size_t start = static_cast<std::size_t>(row) * length;
        detail::fakeQuantizeRow(weights.data() + start, length, scales.data(), shifts.data(),
                                bases.data(), clamp, out.data() + start);
    }
}

void checkSizes(const BlockLayout& layout, std::size_t elements)
{
    if (static_cast<std::size_t>(layout.elements()) != elements)
        throw std::invalid_argument("the number of values does not match the weight's shape");
}

} // namespace

QuantParameters fakeQuantize(std::span<const float> weights, std::span<const std::int64_t> shape,
                             WeightType type, const QuantSpec& spec, std::span<float> out)
{
    checkQuantSpec(spec);
    const BlockLayout layout(shape, spec.blockShape);
    checkSizes(layout, weights.size());
    checkSizes(layout, out.size());
    QuantParameters parameters = blockParameters(blockRanges(weights, layout), type, spec);
    const CodeRange codes = codeRange(spec.dtype, spec.scheme);
    const ClampRange clamp {codes.min, codes.max};
    const auto run = static_cast<std::size_t>(layout.runLength());
    if (!isInteger(spec.dtype))
        forEachRun(layout, [&](std::size_t offset, std::size_t block) {
            detail::fakeQuantizeFloatRun(spec.dtype, weights.data() + offset, run,
                                         parameters.scales[block], codes.max, out.data() + offset);
        });
    else if (layout.runLength() < kShortRun)
        fakeQuantizeRows(weights, layout, spec, parameters, clamp, out);
    else
        forEachRun(layout, [&](std::size_t offset, std::size_t block) {
            detail::fakeQuantizeRun(weights.data() + offset, run, affineOf(parameters, block, spec),
                                    clamp, out.data() + offset);
        });
    if (type != WeightType::Float32)
        roundTo(type, out, out);
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
    const auto run = static_cast<std::size_t>(layout.runLength());
    std::vector<float> values(run);
    forEachRun(layout, [&](std::size_t offset, std::size_t block) {
        std::int16_t* target = result.codes.data() + offset;
        if (isInteger(spec.dtype)) {
            const Affine affine = affineOf(result.parameters, block, spec);
            detail::integerCodes(weights.data() + offset, run, affine, {codes.min, codes.max},
                                 values.data());
            for (std::size_t i = 0; i < run; ++i) // NaN has no code; torch writes 0
                target[i] =
                    std::isnan(values[i]) ? std::int16_t {0} : static_cast<std::int16_t>(values[i]);
            return;
        }
        const float scale = result.parameters.scales[block];
        for (std::size_t i = 0; i < run; ++i) {
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
    const QuantParameters& parameters = quantized.parameters;
    if (parameters.scales.size() != blocks
        || (isInteger(spec.dtype) && parameters.zeroPoints.size() != blocks)
        || (spec.formulation == QuantFormulation::MinValue
            && parameters.minValues.size() != blocks))
        throw std::invalid_argument("the parameters do not match the number of blocks");
    const auto run = static_cast<std::size_t>(layout.runLength());
    forEachRun(layout, [&](std::size_t offset, std::size_t block) {
        const Affine affine = affineOf(parameters, block, spec);
        for (std::size_t i = offset; i < offset + run; ++i) {
            const std::int16_t code = quantized.codes[i];
            const float value = isInteger(spec.dtype)
                ? static_cast<float>(code)
                : smallFloatFromBits(spec.dtype, static_cast<std::uint8_t>(code));
            const float centred = isInteger(spec.dtype) ? value - affine.shift : value;
            const float scaled = centred * affine.scale;
            out[i] = spec.formulation == QuantFormulation::MinValue ? scaled + affine.base : scaled;
        }
    });
    if (type != WeightType::Float32)
        roundTo(type, out, out);
}

} // namespace bitfront
