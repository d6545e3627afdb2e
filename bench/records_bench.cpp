// SPDX-License-Identifier: GPL-3.0-or-later
// Reading large run folders back: the part of opening them that is not drawing.
#include "bench/bench.h"
#include "bench/synthetic_run.h"

#include <algorithm>
#include <chrono>

namespace bitfront::bench {

void recordsSection(const Options& options)
{
    constexpr int kRecords = 10000, kRepeats = 5;
    heading("A run folder of 10,000 records");
    for (const int blocks : {1, 6}) {
        const auto folder = options.scratch / "records.bitfront";
        writeSyntheticRun(folder, kRecords, blocks);
        const auto bytes =
            static_cast<double>(std::filesystem::file_size(folder / "results.jsonl"));
        double wall = 1e9, cpu = 0;
        std::size_t records = 0;
        for (int repeat = 0; repeat < kRepeats; ++repeat) {
            const auto start = std::chrono::steady_clock::now();
            const double cpuStart = processSeconds();
            records = readRun(folder).records.size();
            cpu += (processSeconds() - cpuStart) / kRepeats;
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
            wall = std::min(wall, took.count());
        }
        figure("read, " + std::to_string(1 + 6 * blocks) + " layers", number(wall) + " s",
               blocks == 1 ? "<= 1 s" : "",
               std::to_string(records) + " records (" + number(bytes / 1e6, 0)
                   + " MB) read and checked, least wall of " + std::to_string(kRepeats) + "; CPU "
                   + number(cpu) + " s; the window's own part is not in it");
        std::filesystem::remove_all(folder);
    }
}

} // namespace bitfront::bench
