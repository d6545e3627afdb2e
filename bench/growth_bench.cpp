// SPDX-License-Identifier: GPL-3.0-or-later
// How costs grow with parameters, groups and bits, by the benchmark library.
#include "bench/bench.h"

#include "core/kernels/quantize.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <map>
#include <random>

namespace bitfront::bench {

namespace {

/// Student-t of 5 degrees of freedom, as trained weights are: heavy tails. Made once per size.
const std::vector<float>& heavyTailed(std::int64_t count)
{
    static std::map<std::int64_t, std::vector<float>> known;
    std::vector<float>& values = known[count];
    if (values.empty()) {
        std::mt19937_64 random(1);
        std::student_t_distribution<float> distribution(5);
        for (std::int64_t i = 0; i < count; ++i)
            values.push_back(0.04F * distribution(random));
    }
    return values;
}

constexpr std::int64_t kColumns = 384;

void findTables(benchmark::State& state)
{
    const std::int64_t rows = state.range(0);
    const std::vector<float>& weights = heavyTailed(rows * kColumns);
    const std::vector<std::int64_t> shape {rows, kColumns};
    const PaletteSpec spec {static_cast<int>(state.range(1)), 0, state.range(2), false, true};
    for (auto _ : state)
        benchmark::DoNotOptimize(findPalette(weights, shape, WeightType::Float32, spec));
    state.counters["weights/s"] = benchmark::Counter(static_cast<double>(weights.size()),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}

void assign(benchmark::State& state)
{
    const std::int64_t rows = state.range(0);
    const std::vector<float>& weights = heavyTailed(rows * kColumns);
    const std::vector<std::int64_t> shape {rows, kColumns};
    const PaletteSpec spec {static_cast<int>(state.range(1)), 0, state.range(2), false, true};
    const PaletteTables tables = findPalette(weights, shape, WeightType::Float32, spec);
    std::vector<float> out(weights.size());
    for (auto _ : state) {
        applyPalette(weights, shape, WeightType::Float32, spec, tables, out);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * weights.size()));
}

void quantizeBlocks(benchmark::State& state)
{
    const std::int64_t rows = state.range(0);
    const std::vector<float>& weights = heavyTailed(rows * kColumns);
    const std::vector<std::int64_t> shape {rows, kColumns};
    QuantSpec spec;
    spec.dtype = CodeType::Int4;
    spec.blockShape = {1, state.range(1)};
    std::vector<float> out(weights.size());
    for (auto _ : state) {
        WeightError error;
        fakeQuantize(weights, shape, WeightType::Float32, spec, out, &error);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * weights.size()));
}

void withAll(benchmark::internal::Benchmark* benchmark)
{
    benchmark->ArgNames({"rows", "bits", "group"})->Unit(benchmark::kMillisecond);
    for (const std::int64_t rows : {96, 384, 1536, 6144}) // parameters
        benchmark->Args({rows, 4, 16});
    for (const std::int64_t bits : {2, 6, 8}) // bits
        benchmark->Args({1536, bits, 16});
    for (const std::int64_t group : {1, 4, 8, 0}) // groups
        benchmark->Args({1536, 4, group});
}

} // namespace

void growthSection()
{
    benchmark::RegisterBenchmark("tables", findTables)->Apply(withAll);
    benchmark::RegisterBenchmark("assignment", assign)->Apply(withAll);
    for (const std::int64_t rows : {96, 384, 1536, 6144})
        benchmark::RegisterBenchmark("quantize", quantizeBlocks)
            ->ArgNames({"rows", "block"})
            ->Args({rows, 32})
            ->Unit(benchmark::kMillisecond);
    for (const std::int64_t block : {16, 128, 384})
        benchmark::RegisterBenchmark("quantize", quantizeBlocks)
            ->ArgNames({"rows", "block"})
            ->Args({1536, block})
            ->Unit(benchmark::kMillisecond);
    benchmark::RunSpecifiedBenchmarks();
}

} // namespace bitfront::bench
