// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/experiment_data.h"

#include "core/engine/torch/explained_run.h"

#include <algorithm>

namespace bitfront {

namespace {

/// Memory for lookup tables: those of a whole sweep for small models, a fifth of the weights for
/// large ones.
std::uint64_t tableBudget(const ModelInfo& info)
{
    return std::max<std::uint64_t>(PaletteCache::kDefaultBudget, 2 * info.fp16Bytes() / 5);
}

} // namespace

ExperimentData::ExperimentData(std::shared_ptr<const TorchModel> opened,
                               std::shared_ptr<const TorchInputs> bound)
    : model(std::move(opened))
    , inputs(std::move(bound))
    , info(model->info())
    , palettes(tableBudget(info))
{
}

std::vector<NamedOutput> runExplained(Runnable& runnable, const ExperimentData& data)
{
    data.forwardPasses += static_cast<std::int64_t>(data.inputs->batches());
    return runExplained(runnable, *data.inputs, data.info);
}

} // namespace bitfront
