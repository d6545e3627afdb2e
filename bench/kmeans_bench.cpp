// SPDX-License-Identifier: GPL-3.0-or-later
// Exact k-means: all palettizations of a sweep on one thread, the distance to its floor, and other
// packages on the same problems.
#include "bench/bench.h"

#include "core/kernels/kmeans1d.h"
#include "core/kernels/palettize_groups.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>

namespace bitfront::bench {

namespace {

struct Problem
{
    std::vector<double> values, weights, keys;
    int clusters = 0;
    double represents = 1; ///< problems of the sweep that this one stands for
};

/// Group `group` of a layer as the encoder would count it.
Problem problemOf(const Weights& weights, const PaletteSpec& spec, std::int64_t group,
                  const detail::RankedWeights& ranked)
{
    const detail::GroupLayout layout(weights.layer.shape, 0, spec.groupSize);
    std::vector<std::uint32_t> counts;
    detail::countRanks(ranked, layout, group, counts);
    detail::GroupPoints points;
    points.takeCounts(ranked, counts);
    return {points.values, points.weights, points.keys, 1 << spec.bits, 1};
}

/// Rows that fill no group of 16 are left out, so that every palettization has its own group size:
/// 10 of the encoder's 30,522 words, and its two segments.
std::vector<Weights> wholeGroups(std::vector<Weights> weights)
{
    std::vector<Weights> whole;
    for (Weights& one : weights) {
        std::int64_t& rows = one.layer.shape[0];
        const std::int64_t columns = one.layer.elements() / rows;
        rows -= rows % 16;
        one.values.resize(static_cast<std::size_t>(rows * columns));
        if (rows > 0)
            whole.push_back(std::move(one));
    }
    return whole;
}

std::int64_t groupsOf(const PaletteSpec& spec, const Weights& weights)
{
    return spec.groupSize > 0 ? weights.layer.shape[0] / spec.groupSize : 1;
}

/// Palettizations of one group size: they have their points in common.
std::map<std::int64_t, std::vector<PaletteSpec>> byGroupSize(bool scaled)
{
    std::map<std::int64_t, std::vector<PaletteSpec>> sizes;
    for (const PaletteSpec& spec : sweepPalettes(scaled))
        sizes[spec.groupSize].push_back(spec);
    return sizes;
}

/// The layer that holds a group, counted through all layers; `group` becomes its number there.
const Weights& layerOf(const std::vector<Weights>& weights, const PaletteSpec& spec,
                       std::int64_t& group)
{
    auto one = weights.begin();
    for (; group >= groupsOf(spec, *one); ++one)
        group -= groupsOf(spec, *one);
    return *one;
}

detail::RankedWeights rankedOf(const Weights& one, bool scaled)
{
    const detail::GroupLayout whole(one.layer.shape, 0, 0);
    std::vector<float> scales;
    if (scaled) {
        scales.resize(static_cast<std::size_t>(whole.slices()));
        detail::findChannelScales(one.values, whole, scales);
    }
    return detail::rankWeights(one.values, scales, one.layer.weightType, true, whole);
}

/// `perSize` groups of each group size, evenly spread over all groups of all layers; of each the
/// problems of all bit widths, one after another.
std::vector<Problem> sampleProblems(const std::vector<Weights>& weights, int perSize)
{
    std::vector<Problem> problems;
    for (const bool scaled : {false, true}) {
        std::map<const Weights*, detail::RankedWeights> known;
        for (const auto& [size, specs] : byGroupSize(scaled)) {
            std::int64_t total = 0;
            for (const Weights& one : weights)
                total += groupsOf(specs.front(), one);
            const std::int64_t count = std::min<std::int64_t>(perSize, total);
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t group = (2 * i + 1) * total / (2 * count);
                const Weights& one = layerOf(weights, specs.front(), group);
                auto& ranked = known[&one];
                if (ranked.ranks.empty())
                    ranked = rankedOf(one, scaled);
                for (const PaletteSpec& spec : specs) {
                    problems.push_back(problemOf(one, spec, group, ranked));
                    problems.back().represents =
                        static_cast<double>(total) / static_cast<double>(count);
                }
            }
        }
    }
    return problems;
}

detail::LwsState stateOf(const Problem& problem)
{
    detail::LwsState state;
    state.resize(static_cast<std::int32_t>(problem.keys.size()));
    const double centre = problem.keys[problem.keys.size() / 2];
    state.mass[0] = state.moments[0] = state.squares[0] = 0;
    for (std::size_t i = 0; i < problem.keys.size(); ++i) {
        const double x = problem.keys[i] - centre, w = problem.weights[i];
        state.mass[i + 1] = state.mass[i] + w;
        state.moments[i + 1] = state.moments[i] + w * x;
        state.squares[i + 1] = state.squares[i] + w * x * x;
    }
    return state;
}

/// The price per cluster that an oracle would name.
double rightPrice(detail::LwsState& state, const detail::LwsKernels& kernels, int clusters)
{
    double low = -20, high = 60; // log2
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        const std::int32_t found = detail::lwsPass(state, kernels, std::exp2(middle));
        if (found == clusters)
            return std::exp2(middle);
        (found > clusters ? low : high) = middle;
    }
    return std::exp2(low);
}

/// What one group's points cost, for all its cluster counts.
struct GroupCost
{
    double solve = 1e9, pass = 1e9; ///< CPU seconds, the least of several times
    double points = 0; ///< summed over the cluster counts
};

/// The group whose problems are `group`, as the sweep solves it: sums once, then each cluster
/// count.
GroupCost groupCost(std::span<const Problem> group, const detail::LwsKernels& kernels,
                    KmeansStats& stats)
{
    GroupCost cost;
    const Problem& points = group.front();
    detail::LwsState state = stateOf(points);
    std::vector<double> prices;
    for (const Problem& problem : group)
        if (problem.values.size() > static_cast<std::size_t>(problem.clusters))
            prices.push_back(rightPrice(state, kernels, problem.clusters));
    cost.points = static_cast<double>(points.values.size() * prices.size());
    Kmeans1d kmeans;
    for (int repeat = 0; repeat < 4; ++repeat) { // the first is to warm up
        double start = threadSeconds();
        kmeans.setPoints(points.values, points.weights, points.keys);
        for (const Problem& problem : group)
            kmeans.solve(problem.clusters);
        cost.solve = std::min(cost.solve, threadSeconds() - start);
        start = threadSeconds();
        for (const double price : prices)
            detail::lwsPass(state, kernels, price);
        cost.pass = std::min(cost.pass, threadSeconds() - start);
        if (repeat == 0)
            stats += kmeans.stats();
    }
    return cost;
}

void printFloor(const std::vector<Problem>& problems)
{
    const detail::LwsKernels* kernels = detail::avx2LwsKernels();
    if (kernels == nullptr)
        kernels = &detail::portableLwsKernels();
    double solve = 0, pass = 0, points = 0;
    KmeansStats stats;
    for (auto first = problems.begin(); first != problems.end();) {
        auto last = first;
        while (last != problems.end() && last->values == first->values)
            ++last;
        const GroupCost cost = groupCost({first, last}, *kernels, stats);
        solve += first->represents * cost.solve;
        pass += first->represents * cost.pass;
        points += first->represents * cost.points;
        first = last;
    }
    const double solved = static_cast<double>(stats.problems);
    figure(
        "solve / one pass", number(solve / pass), "<= 2.2",
        "CPU of the exact solver over one least-weight-subsequence pass per problem at its right "
        "price; groups as frequent as in the sweep, each with both bit widths; "
            + number(solve * 1e9 / points, 1) + " and " + number(pass * 1e9 / points, 1)
            + " ns per distinct point, " + number(static_cast<double>(stats.probes) / solved)
            + " probes per problem, " + number(static_cast<double>(stats.windowed) / solved)
            + " ended by windows");
}

/// Same problems to the Python packages; prints what the script says.
void compare(const Options& options, const std::vector<Problem>& problems)
{
    nlohmann::json file = nlohmann::json::array();
    for (const Problem& problem : problems) {
        Kmeans1d kmeans;
        const double start = threadSeconds();
        kmeans.setPoints(problem.values, problem.weights, problem.keys);
        const auto starts = kmeans.solve(problem.clusters);
        const double seconds = threadSeconds() - start;
        file.push_back({{"values", problem.values},
                        {"weights", problem.weights},
                        {"clusters", problem.clusters},
                        {"represents", problem.represents},
                        {"seconds", seconds},
                        {"centroids", kmeans.centroids(starts)}});
    }
    const auto path = options.scratch / "kmeans_problems.json";
    std::ofstream(path) << file;
    const auto log = options.scratch / "kmeans_comparison.txt";
    runChild({"env", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1",
              "NUMBA_NUM_THREADS=1", options.python,
              std::string(BITFRONT_BENCH) + "/compare_kmeans.py", path.string()},
             log);
    std::ifstream text(log);
    std::string line;
    while (std::getline(text, line))
        std::printf("%s\n", line.c_str());
}

} // namespace

void kmeansSection(const Options& options)
{
    heading("Exact k-means, all 16 palettizations, embeddings included, one thread");
    const std::vector<Weights> weights = wholeGroups(loadWeights(options.models / "encoder.pt"));
    double encode = 0, search = 0, assign = 0;
    std::int64_t parameters = 0;
    PaletteStats stats;
    std::vector<float> out;
    for (const Weights& one : weights) {
        parameters += one.layer.elements();
        out.resize(one.values.size());
        for (const bool scaled : {false, true}) {
            const std::vector<PaletteSpec> specs = sweepPalettes(scaled);
            const double start = threadSeconds();
            PaletteEncoder encoder(one.values, one.layer.shape, one.layer.weightType,
                                   specs.front());
            const double encoded = threadSeconds();
            const std::vector<PaletteTables> tables = encoder.solve(specs);
            const double solved = threadSeconds();
            for (std::size_t i = 0; i < specs.size(); ++i)
                applyPalette(one.values, one.layer.shape, one.layer.weightType, specs[i], tables[i],
                             out);
            assign += threadSeconds() - solved;
            search += solved - encoded;
            encode += encoded - start;
            stats += encoder.stats();
        }
    }
    const double total = encode + search + assign;
    figure("k-means and assignment", number(total) + " s", "<= 6 s",
           std::to_string(parameters) + " weights; CPU: encoding " + number(encode)
               + ", histograms and solving " + number(search) + ", assignment " + number(assign));
    figure("problems", std::to_string(stats.kmeans.problems), "",
           std::to_string(stats.kmeans.points) + " distinct points, "
               + number(static_cast<double>(stats.kmeans.probes)
                        / static_cast<double>(stats.kmeans.problems))
               + " probes per problem, " + std::to_string(stats.kmeans.windowed)
               + " ended by windows; each weight counted "
               + number(
                   static_cast<double>(stats.countedElements) / static_cast<double>(parameters), 1)
               + " times");
    const std::vector<Problem> problems =
        sampleProblems(weights, std::max(1, options.comparedProblems / 16));
    printFloor(problems);
    if (!options.python.empty())
        compare(options, problems);
}

} // namespace bitfront::bench
