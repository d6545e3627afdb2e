// SPDX-License-Identifier: GPL-3.0-or-later
// How many workers with how many threads each suit a machine and a model.
#include "core/run/sweep_runner.h"

#include <algorithm>

namespace bitfront {

ThreadBudget defaultThreads(const ModelInfo& model, int cores)
{
    // More workers than this only wait for the disk.
    constexpr int kMaxWorkers = 16;
    // Every worker holds a copy of the weights it changes. One copy is always allowed; more while
    // they stay below a third of a model and 150 MiB.
    constexpr double kFreeBytes = 150.0 * 1024 * 1024;
    cores = std::max(cores, 1);
    const double copyBytes =
        2.0 * static_cast<double>(std::max<std::uint64_t>(model.fp16Bytes(), 1));
    const double copies = std::min(1.3 + kFreeBytes / copyBytes, double {kMaxWorkers});
    ThreadBudget budget;
    budget.workers = std::min(cores, static_cast<int>(copies));
    budget.threadsPerWorker = budget.workers == kMaxWorkers ? 1 : cores / budget.workers;
    return budget;
}

} // namespace bitfront
