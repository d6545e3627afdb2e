// SPDX-License-Identifier: GPL-3.0-or-later
// What the threads of ScanController share; for its own source files only.
#pragma once

#include "core/run/sweep_runner.h"
#include "core/scan/recipe_session.h"
#include "widgets/workbench/scan_controller.h"

namespace bitfront {

/// Model and inputs of a run, opened when they are first needed. Filled before the background
/// thread sees it, then touched by that thread only; header, folder and engine never change.
struct ScanController::Sources
{
    EngineSource engine;
    RunHeader header;
    std::filesystem::path folder;
    std::shared_ptr<const Model> model;
    std::shared_ptr<Experiment> experiment;

    /// Throws Error where model or inputs are not those of the run any more.
    Experiment& openExperiment(const std::stop_token& stop);
    ThreadBudget threads() const;
    /// `heldOutShare` of the samples takes no part in any choice.
    ResultRecord add(CompressionConfig config, std::optional<double> share,
                     const std::stop_token& stop);
    RecipeRequest request(const ScanSettings& settings, double heldOutShare,
                          const std::stop_token& stop);
};

} // namespace bitfront
