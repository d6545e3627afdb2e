// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/layer_view.h"

#include "core/engine/weight_compressor.h"
#include "core/kernels/quant_range.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace bitfront {

namespace {

constexpr std::size_t kMostLevels = 256;

const QuantConfig* quantOf(const LayerStorage& storage)
{
    return storage.kind == StorageKind::Quantized ? std::get_if<QuantConfig>(&storage.spec)
                                                  : nullptr;
}

const PaletteConfig* paletteOf(const LayerStorage& storage)
{
    return storage.kind == StorageKind::Palettized ? std::get_if<PaletteConfig>(&storage.spec)
                                                   : nullptr;
}

} // namespace

LayerView::LayerView(LayerInfo layer, LayerStorage storage, PaletteRounding rounding,
                     std::vector<float> weights, const std::stop_token& stop)
    : m_layer(std::move(layer))
    , m_storage(std::move(storage))
    , m_before(std::move(weights))
{
    if (static_cast<std::int64_t>(m_before.size()) != m_layer.elements() || m_before.empty())
        throw Error(ErrorCode::Internal, "The model's values of this layer could not be read.");
    findParts();
    compress(rounding, stop);
}

void LayerView::findParts()
{
    m_partShape = m_layer.shape;
    if (const QuantConfig* quant = quantOf(m_storage)) {
        m_partShape = quantSpec(m_layer, *quant).blockShape;
    } else if (const PaletteConfig* palette = paletteOf(m_storage);
               palette && !m_partShape.empty()) {
        // Scaled channels share a table, but each sees it at a size of its own.
        if (palette->channelScale)
            m_partShape[0] = 1;
        else if (palette->groupSize > 0)
            m_partShape[0] = palette->groupSize;
    }
    m_parts = 1;
    for (std::size_t axis = 0; axis < m_partShape.size(); ++axis)
        m_parts *= static_cast<int>(m_layer.shape[axis] / m_partShape[axis]);
}

void LayerView::compress(PaletteRounding rounding, const std::stop_token& stop)
{
    m_after = m_before;
    if (m_storage.kind == StorageKind::Untouched)
        return;
    if (const QuantConfig* quant = quantOf(m_storage)) {
        const QuantParameters parameters =
            quantize(m_before, m_layer.shape, m_layer.weightType, quantSpec(m_layer, *quant))
                .parameters;
        m_scales = parameters.scales;
        m_zeroPoints = parameters.zeroPoints;
    }
    PaletteCache cache;
    compressWeights(0, m_layer, m_storage, rounding, m_before, m_after, cache, stop);
}

std::string LayerView::partName(int part) const
{
    if (m_parts == 1 || part < 0)
        return {};
    const QuantConfig* quant = quantOf(m_storage);
    if (quant && quant->granularity == QuantGranularity::PerBlock)
        return "block " + std::to_string(part + 1);
    const std::int64_t channels = channelsPerPart();
    if (channels == 1)
        return "channel " + std::to_string(part + 1);
    return "channels " + std::to_string(part * channels + 1) + "–"
        + std::to_string((part + 1) * channels);
}

/// 1 where a part is a block: those are numbered themselves.
std::int64_t LayerView::channelsPerPart() const
{
    return quantOf(m_storage) || m_partShape.empty() ? 1 : m_partShape[0];
}

int LayerView::partHolding(std::int64_t number) const
{
    return static_cast<int>(
        std::clamp<std::int64_t>((number - 1) / channelsPerPart(), 0, m_parts - 1));
}

/// Parts are numbered in row-major order of their grid, as scales are.
std::vector<float> LayerView::valuesOf(const std::vector<float>& all, int part) const
{
    const std::vector<std::int64_t>& shape = m_layer.shape;
    std::vector<std::int64_t> strides(shape.size(), 1), at(shape.size(), 0);
    std::int64_t origin = 0, rest = part;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (axis + 1 < shape.size())
            strides[axis] = strides[axis + 1] * shape[axis + 1];
        const std::int64_t parts = shape[axis] / m_partShape[axis];
        origin += rest % parts * m_partShape[axis] * strides[axis];
        rest /= parts;
    }
    // Neighbours in memory: everything below the last axis that is cut.
    std::size_t outer = shape.size();
    std::int64_t run = 1;
    while (outer > 0) {
        --outer;
        run *= m_partShape[outer];
        if (m_partShape[outer] != shape[outer])
            break;
    }
    std::vector<float> values;
    for (bool more = true; more;) {
        const auto from =
            all.begin() + std::inner_product(at.begin(), at.end(), strides.begin(), origin);
        values.insert(values.end(), from, from + run);
        more = false;
        for (std::size_t axis = outer; axis-- > 0 && !more;) {
            more = ++at[axis] < m_partShape[axis];
            if (!more)
                at[axis] = 0;
        }
    }
    return values;
}

/// Every step of an integer grid; otherwise what the weights were really moved to.
std::vector<double> LayerView::levelsOf(int part, std::span<const float> after) const
{
    if (m_storage.kind == StorageKind::Untouched || (part < 0 && m_parts > 1))
        return {};
    const auto index = static_cast<std::size_t>(std::max(part, 0));
    std::vector<double> levels;
    const QuantConfig* quant = quantOf(m_storage);
    if (quant && isInteger(quant->dtype) && index < m_scales.size()) {
        const CodeRange codes = codeRange(quant->dtype, quant->scheme);
        const double zero = index < m_zeroPoints.size() ? m_zeroPoints[index] : 0;
        for (double code = codes.min; code <= codes.max; ++code)
            levels.push_back((code - zero) * double(m_scales[index]));
        return levels;
    }
    for (const float value : after) {
        const auto place = std::ranges::lower_bound(levels, double(value));
        if (!std::isfinite(value) || (place != levels.end() && *place == double(value)))
            continue;
        if (levels.size() == kMostLevels)
            return {};
        levels.insert(place, value);
    }
    return levels;
}

LayerHistogram LayerView::histogram(int part, int bins) const
{
    std::vector<float> partBefore, partAfter;
    const bool whole = part < 0 || m_parts == 1;
    if (!whole) {
        partBefore = valuesOf(m_before, part);
        partAfter = valuesOf(m_after, part);
    }
    const std::span<const float> before = whole ? m_before : partBefore;
    const std::span<const float> after = whole ? m_after : partAfter;
    LayerHistogram result;
    result.levels = levelsOf(part, after);
    auto [low, high] = finiteRange(before, after);
    if (low == high) { // all alike: a bin needs some width
        low -= std::max(std::abs(low), 1e-6) / 2;
        high += std::max(std::abs(high), 1e-6) / 2;
    }
    result.before = countValues(before, low, high, bins);
    result.after = countValues(after, low, high, bins);
    return result;
}

} // namespace bitfront
