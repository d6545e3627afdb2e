// SPDX-License-Identifier: GPL-3.0-or-later
// How many workers with how many threads each suit a machine and a model.
#include "core/run/sweep_runner.h"

#include <algorithm>

namespace bitfront {

ThreadBudget defaultThreads(const ModelInfo& model, int cores)
{
    // From here on a model copy and its activations are no small change.
    constexpr std::uint64_t kBigModelBytes = std::uint64_t {64} << 20;
    // More workers than this only wait for the disk.
    constexpr int kMaxWorkers = 16;
    cores = std::max(cores, 1);
    ThreadBudget budget;
    if (model.fp16Bytes() >= kBigModelBytes) {
        budget.workers = std::min(cores, 2);
        budget.threadsPerWorker = cores / budget.workers;
    } else {
        budget.workers = std::min(cores, kMaxWorkers);
    }
    return budget;
}

} // namespace bitfront
