// SPDX-License-Identifier: GPL-3.0-or-later
// Quantized tables, sensitivity weights, the fast-mode verdict, and tables that need no clustering.
#include "core/kernels/palettize_options.h"

#include "core/kernels/palettize_codes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace bitfront {

QuantizedWeight quantizeTables(PaletteTables& tables, WeightType type, CodeType dtype,
                               QuantScheme scheme)
{
    if (dtype != CodeType::Int8 && dtype != CodeType::UInt8 && dtype != CodeType::Float8E4M3
        && dtype != CodeType::Float8E5M2)
        throw std::invalid_argument("lookup tables are quantized to int8, uint8 or float8");
    const std::vector<std::int64_t> shape {tables.groups, tables.entries};
    QuantSpec spec;
    spec.dtype = dtype;
    spec.scheme = scheme;
    spec.blockShape = {1, tables.entries};
    QuantizedWeight quantized = quantize(tables.lut, shape, type, spec);
    dequantize(quantized, shape, type, spec, tables.lut);
    return quantized;
}

std::vector<float> sensitivityWeights(std::span<const float> squaredGradients)
{
    constexpr float kSmallest = 1e-12F;
    std::vector<float> weights(squaredGradients.begin(), squaredGradients.end());
    float largest = 0;
    for (float& weight : weights) {
        if (!(weight >= 0) || std::isinf(weight))
            throw std::invalid_argument("squared gradients are finite and not negative");
        weight *= 100;
        largest = std::max(largest, weight);
    }
    if (largest == 0) {
        std::fill(weights.begin(), weights.end(), 1.0F);
        return weights;
    }
    float smallest = std::numeric_limits<float>::infinity();
    for (float& weight : weights) {
        weight /= largest;
        if (weight > 0)
            smallest = std::min(smallest, weight);
    }
    for (float& weight : weights)
        weight = std::max(weight == 0 ? smallest : weight, kSmallest);
    return weights;
}

FastModeReport judgeFastMode(std::span<const float> weights, std::span<const std::int64_t> shape,
                             WeightType type, const PaletteSpec& spec, const PaletteTables& tables)
{
    std::vector<float> restored(weights.size());
    applyPalette(weights, shape, type, spec, tables, restored);
    const detail::GroupLayout layout(shape, spec.axis, spec.groupSize);
    std::vector<float> rounded(detail::kCodeCount);
    for (std::size_t code = 0; code < rounded.size(); ++code)
        rounded[code] = detail::clusteredValue(static_cast<std::uint16_t>(code), spec.fastMode);
    FastModeReport report;
    std::vector<std::uint16_t> codes;
    for (std::int64_t group = 0; group < layout.groups(); ++group) {
        const bool raw = tables.rawGroups[static_cast<std::size_t>(group)] != 0;
        layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t slice) {
            const float scale = spec.channelScale ? tables.channelScales[slice] : 1.0F;
            codes.resize(length);
            detail::encodeCodes(weights.data() + offset, length, scale, type, codes.data());
            for (std::size_t i = 0; i < length; ++i) {
                const double weight = weights[offset + i];
                const double clustered = raw ? weight : double {rounded[codes[i]]} * scale;
                const double entry = restored[offset + i];
                report.roundingError += (weight - clustered) * (weight - clustered);
                report.clusteringError += (clustered - entry) * (clustered - entry);
                report.energy += weight * weight;
            }
        });
    }
    report.exactModeBetter = spec.fastMode && report.roundingError > report.clusteringError
        && report.roundingError > 1e-4 * report.energy;
    return report;
}

namespace {

/// A bound that spares most tensors the verdict: values move by at most 5e-5 in units of their
/// scale and by the rounding of the types, whatever the palette. True when that is below
/// judgeFastMode()'s threshold.
bool roundingIsHarmless(std::span<const float> weights, std::span<const std::int64_t> shape,
                        const PaletteSpec& spec)
{
    constexpr double kStep = 5.1e-5; // half of the last decimal, and fp16's subnormal step
    constexpr double kLeft = 8e-5; // of 1e-4: three rounding errors squared, that of bf16 taken off
    const detail::GroupLayout layout(shape, spec.axis, 0);
    const auto length = static_cast<std::size_t>(layout.sliceSize());
    std::vector<float> scales(static_cast<std::size_t>(layout.slices()), 1.0F);
    if (spec.channelScale)
        detail::findChannelScales(weights, layout, scales);
    double energy = 0, steps = 0;
    for (std::size_t slice = 0; slice < scales.size(); ++slice) {
        for (const float weight : weights.subspan(slice * length, length))
            energy += double {weight} * double {weight};
        steps += static_cast<double>(length) * double {scales[slice]} * double {scales[slice]};
    }
    return 3 * kStep * kStep * steps < kLeft * energy;
}

} // namespace

PaletteTables findPaletteAutomatically(std::span<const float> weights,
                                       std::span<const std::int64_t> shape, WeightType type,
                                       PaletteSpec& spec, FastModeReport* report,
                                       const std::stop_token& stop)
{
    PaletteTables tables = findPalette(weights, shape, type, spec, stop);
    if (!spec.fastMode || (report == nullptr && roundingIsHarmless(weights, shape, spec)))
        return tables;
    const FastModeReport verdict = judgeFastMode(weights, shape, type, spec, tables);
    if (report != nullptr)
        *report = verdict;
    if (!verdict.exactModeBetter)
        return tables;
    spec.fastMode = false;
    return findPalette(weights, shape, type, spec, stop);
}

std::vector<PaletteTables> findPalettesAutomatically(std::span<const float> weights,
                                                     std::span<const std::int64_t> shape,
                                                     WeightType type, std::span<PaletteSpec> specs,
                                                     const std::stop_token& stop,
                                                     PaletteStats* stats)
{
    PaletteStats work;
    std::vector<PaletteTables> tables;
    {
        PaletteEncoder encoder(weights, shape, type, specs.front());
        tables = encoder.solve(specs, stop);
        work += encoder.stats();
    }
    if (specs.front().fastMode && !roundingIsHarmless(weights, shape, specs.front())) {
        std::vector<std::size_t> harmed;
        std::vector<PaletteSpec> exact;
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (!judgeFastMode(weights, shape, type, specs[i], tables[i]).exactModeBetter)
                continue;
            specs[i].fastMode = false;
            harmed.push_back(i);
            exact.push_back(specs[i]);
        }
        if (!exact.empty()) {
            PaletteEncoder encoder(weights, shape, type, exact.front());
            std::vector<PaletteTables> better = encoder.solve(exact, stop);
            for (std::size_t i = 0; i < harmed.size(); ++i)
                tables[harmed[i]] = std::move(better[i]);
            work += encoder.stats();
        }
    }
    if (stats != nullptr)
        *stats = work;
    return tables;
}

namespace {

void requireFinite(std::span<const float> weights)
{
    if (weights.empty()
        || !std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }))
        throw std::invalid_argument("a palette needs at least one weight, and finite ones");
}

} // namespace

FixedPalette uniformPalette(std::span<const float> weights, WeightType type, int bits)
{
    requireFinite(weights);
    if (bits < 1 || bits > 8)
        throw std::invalid_argument("a palette has 1 to 8 bits");
    const auto [lowest, highest] = std::minmax_element(weights.begin(), weights.end());
    const float low = *lowest;
    // Each operation is rounded to the weight's type, as NumPy does it.
    const float span = detail::roundToType(*highest - low, type);
    const auto steps = static_cast<float>((1 << bits) - 1);
    const float step = detail::roundToType(span / steps, type);
    FixedPalette palette;
    palette.bits = bits;
    for (int k = 0; k <= static_cast<int>(steps); ++k) {
        const double entry = k * double {step} + double {low};
        palette.lut.push_back(detail::roundToType(static_cast<float>(entry), type));
    }
    palette.indices.reserve(weights.size());
    for (const float weight : weights) {
        const float above = detail::roundToType(weight - low, type);
        const float part = span > 0 ? detail::roundToType(above / span, type) : 0.0F;
        const float index = std::nearbyint(detail::roundToType(part * steps, type));
        palette.indices.push_back(static_cast<std::uint8_t>(index));
    }
    return palette;
}

FixedPalette uniquePalette(std::span<const float> weights, int bits)
{
    requireFinite(weights);
    constexpr std::size_t kMost = 256;
    std::vector<float> distinct; // ascending, never longer than one beyond the limit
    for (const float weight : weights) {
        const auto at = std::lower_bound(distinct.begin(), distinct.end(), weight);
        if (at != distinct.end() && *at == weight)
            continue;
        distinct.insert(at, weight);
        if (distinct.size() > kMost)
            throw std::invalid_argument("more than 256 distinct weights");
    }
    FixedPalette palette;
    palette.bits = bits;
    for (const int candidate : {1, 2, 4, 6, 8}) {
        if (palette.bits == 0 && distinct.size() <= std::size_t {1} << candidate)
            palette.bits = candidate;
    }
    if (palette.bits < 1 || palette.bits > 8 || distinct.size() > std::size_t {1} << palette.bits)
        throw std::invalid_argument("more distinct weights than the palette has entries");
    palette.indices.reserve(weights.size());
    for (const float weight : weights) {
        const auto at = std::lower_bound(distinct.begin(), distinct.end(), weight);
        palette.indices.push_back(static_cast<std::uint8_t>(at - distinct.begin()));
    }
    palette.lut = std::move(distinct);
    palette.lut.resize(std::size_t {1} << palette.bits, 0.0F);
    return palette;
}

} // namespace bitfront
