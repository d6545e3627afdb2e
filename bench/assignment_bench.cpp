// SPDX-License-Identifier: GPL-3.0-or-later
// One pass over memory: assignment to palette entries and quantize–dequantize against memcpy.
#include "bench/bench.h"

#include "core/kernels/quantize.h"

#include <algorithm>
#include <cstring>

namespace bitfront::bench {

namespace {

constexpr int kRepeats = 5;

/// Least CPU seconds of several calls.
template<typename Work>
double leastSeconds(Work work)
{
    double best = 1e9;
    for (int i = 0; i < kRepeats; ++i) {
        const double start = threadSeconds();
        work();
        best = std::min(best, threadSeconds() - start);
    }
    return best;
}

std::string rate(double bytes, double seconds)
{
    return number(bytes / seconds / 1e9, 1) + " GB/s";
}

} // namespace

void assignmentSection(const Options& options)
{
    heading("Passes over memory, the encoder's largest weight, one thread");
    std::vector<Weights> weights = loadWeights(options.models / "encoder.pt");
    Weights& one =
        *std::max_element(weights.begin(), weights.end(), [](const Weights& a, const Weights& b) {
            return a.values.size() < b.values.size();
        });
    auto& shape = one.layer.shape;
    one.values.resize(
        static_cast<std::size_t>(one.layer.elements() / shape[0] * (shape[0] / 16 * 16)));
    shape[0] = shape[0] / 16 * 16; // so that all group sizes divide
    const double moved = 2.0 * sizeof(float) * static_cast<double>(one.values.size());
    std::vector<float> out(one.values.size());
    const double copy = leastSeconds(
        [&] { std::memcpy(out.data(), one.values.data(), out.size() * sizeof(float)); });
    figure("memcpy", rate(moved, copy), "", "bytes read and written over CPU time");
    double all = 0;
    int configurations = 0;
    for (const bool scaled : {false, true}) {
        for (const PaletteSpec& spec : sweepPalettes(scaled)) {
            const PaletteTables tables = findPalette(one.values, shape, one.layer.weightType, spec);
            const double seconds = leastSeconds(
                [&] { applyPalette(one.values, shape, one.layer.weightType, spec, tables, out); });
            figure("assignment, " + std::to_string(spec.bits) + " bits"
                       + (spec.groupSize > 0 ? ", group " + std::to_string(spec.groupSize) : "")
                       + (scaled ? ", scaled" : ""),
                   number(100 * copy / seconds, 0) + " %", "",
                   rate(moved, seconds) + " of memcpy's rate");
            all += seconds;
            ++configurations;
        }
    }
    figure("assignment, all " + std::to_string(configurations),
           number(100 * configurations * copy / all, 0) + " %", ">= 40 %",
           rate(configurations * moved, all)
               + ": encoding, entry, dequantized value, all scales; of memcpy's rate");
    for (const std::int64_t block :
         {std::int64_t {16}, std::int64_t {32}, std::int64_t {128}, shape[1]}) {
        QuantSpec spec;
        spec.dtype = CodeType::Int4;
        spec.blockShape = {1, block};
        WeightError error;
        const double seconds = leastSeconds(
            [&] { fakeQuantize(one.values, shape, one.layer.weightType, spec, out, &error); });
        figure("quantize and dequantize, int4, block " + std::to_string(block),
               number(100 * copy / seconds, 0) + " %", "",
               rate(moved, seconds) + ", ranges and error sums included");
    }
}

} // namespace bitfront::bench
