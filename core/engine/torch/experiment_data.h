// SPDX-License-Identifier: GPL-3.0-or-later
// What an experiment and all its evaluators share.
#pragma once

#include "core/engine/palette_cache.h"
#include "core/engine/torch/output_quality.h"
#include "core/engine/torch/reuse_stores.h"
#include "core/engine/torch/torch_model.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace bitfront {

/// What all evaluators of an experiment read.
struct ExperimentData
{
    ExperimentData(std::shared_ptr<const TorchModel> opened,
                   std::shared_ptr<const TorchInputs> bound);

    std::shared_ptr<const TorchModel> model;
    std::shared_ptr<const TorchInputs> inputs;
    ModelInfo info; ///< the model's, with what running it has shown added to the notes
    std::vector<OutputInfo> outputs;
    std::vector<at::Tensor> reference; ///< float32 values of the outputs
    /// Values that each batch gave, per output; empty lists when there is one batch.
    std::vector<std::vector<std::int64_t>> batchValues;
    std::mutex splitting; ///< guards `splits`: who looks at outputs does not wait for a scan
    std::vector<OutputSplit> splits; ///< per output; empty when nothing is held out
    StateHandling state = StateHandling::Shared; ///< Fresh when forward() changes the model
    std::vector<OutputSplit> currentSplits()
    {
        const std::lock_guard lock(splitting);
        return splits;
    }
    ReuseStores reuse;
    double forwardMs = 0;
    PaletteCache palettes;
    mutable std::atomic<std::int64_t> forwardPasses {0};
};

/// Runs forward() on all batches, counts the passes and explains what fails.
std::vector<NamedOutput> runExplained(Runnable& runnable, const ExperimentData& data);

/// Parts the outputs of `data` into samples for choices and samples held out, and says how.
/// splits[i] is empty where nothing is held out.
SampleSplit splitSamples(const ExperimentData& data, double share,
                         std::vector<OutputSplit>& splits);

/// An evaluator on a view of the model of its own. `threads` serve compression and forward passes.
std::unique_ptr<Evaluator> makeTorchEvaluator(std::shared_ptr<ExperimentData> data,
                                              std::vector<ResolvedMetric> metrics, int threads);

} // namespace bitfront
