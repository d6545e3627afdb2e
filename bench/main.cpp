// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-bench: prints every figure of docs/performance.md with its definition.
#include "bench/bench.h"

#include "core/base/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace {

using namespace bitfront;
namespace fs = std::filesystem;

void printMachine()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line, model = "unknown processor";
    while (std::getline(file, line))
        if (line.compare(0, 10, "model name") == 0)
            model = line.substr(line.find(':') + 2);
    double load[3] = {};
    if (getloadavg(load, 3) < 1)
        load[0] = -1;
    std::printf("machine: %s, %u threads, load %.2f; kernels: %s\n", model.c_str(),
                std::thread::hardware_concurrency(), load[0],
                bestSimdPath() == SimdPath::Avx2 ? "AVX2" : "portable");
}

int run(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv); // takes its own --benchmark_… options away
    CLI::App app(
        "Measures Bitfront: k-means, assignment, whole sweeps, memory. See docs/performance.md.",
        "bitfront-bench");
    bench::Options options;
    std::vector<std::string> sections {"kmeans", "assignment", "demo", "records", "encoder"};
    bool removeScratch = false;
    options.models = BITFRONT_BENCH_MODELS;
    app.add_option("--models", options.models,
                   "Folder of the models; bench/make_models.py fills it when it is empty")
        ->capture_default_str();
    app.add_option("--sections", sections,
                   "kmeans, assignment, demo, records, encoder, giant, growth")
        ->delimiter(',')
        ->check(CLI::IsMember(
            {"kmeans", "assignment", "demo", "records", "encoder", "giant", "growth"}))
        ->capture_default_str();
    app.add_option(
        "--python", options.python,
        "Interpreter with torch, to make the models, and packages to compare with: "
        "coreai-opt, coremltools, flash1dkmeans, faiss, scikit-learn, as far as they are "
        "there");
    app.add_option("--scratch", options.scratch,
                   "Folder for run folders (default: a temporary one)");
    app.add_option("--repeats", options.repeats,
                   "Whole sweeps measured per figure; the median counts")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    app.add_option("--compared-problems", options.comparedProblems,
                   "k-means problems given to the Python packages")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    if (options.scratch.empty()) {
        options.scratch =
            fs::temp_directory_path() / ("bitfront-bench-" + std::to_string(getpid()));
        removeScratch = true;
    }
    fs::create_directories(options.scratch);
    printMachine();
    for (const std::string& section : sections)
        bench::makeModels(options, section);
    const std::pair<const char*, void (*)(const bench::Options&)> known[] = {
        {"kmeans", bench::kmeansSection},
        {"assignment", bench::assignmentSection},
        {"demo", bench::demoSection},
        {"records", bench::recordsSection},
        {"encoder", bench::encoderSection},
        {"giant", bench::giantSection},
        {"growth", [](const bench::Options&) { bench::growthSection(); }}};
    for (const auto& [name, section] : known)
        if (std::find(sections.begin(), sections.end(), name) != sections.end())
            section(options);
    if (removeScratch)
        fs::remove_all(options.scratch);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (const bitfront::Error& error) {
        std::fprintf(stderr, "bitfront-bench: %s\n", error.failure().message.c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bitfront-bench: %s\n", error.what());
    }
    return 2;
}
