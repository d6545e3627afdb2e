// SPDX-License-Identifier: GPL-3.0-or-later
// A run folder in which a scan is made and recipes are found: begins one or goes on with one that
// is of the same model, inputs and metrics; every recipe becomes a normal record of group Mixed.
#pragma once

#include "core/run/run_folder.h"
#include "core/scan/recipe_search.h"
#include "core/scan/scan.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

struct RecipeRequest
{
    std::shared_ptr<Experiment> experiment;
    RunHeader header; ///< of a new folder; metrics are taken from here in any case
    std::filesystem::path runFolder;
    ScanSettings settings;
    double heldOutShare = 0.25;
    int workers = 1;
    int threadsPerWorker = 1;
    bool mustExist = false; ///< the folder holds this run already: none is begun, none moved aside
    bool retryFailed = true; ///< options that failed in earlier processes are measured again
};

/// Whether the folder holds a run of the same model, inputs and metrics, so that one can go on
/// with it. False for folders that hold no run.
bool isSameWork(const std::filesystem::path& runFolder, const RunHeader& header);

class RecipeSession
{
public:
    /// Takes the folder's lock. A run of something else there is moved aside, as by RunWriter.
    /// Throws Error: FileNotWritable, BadArgument, MetricUnfit; InputMismatch where the run must
    /// exist and does not.
    explicit RecipeSession(RecipeRequest request);
    /// Closes the folder: an earlier run is what it was before, finished or not; a new one is
    /// finished if it had nothing to do but this.
    ~RecipeSession();
    RecipeSession(const RecipeSession&) = delete;
    RecipeSession& operator=(const RecipeSession&) = delete;

    ChoiceMeasurer& measurer() { return *m_measurer; }
    const ScanHeader& scanHeader() const { return m_measurer->header(); }
    const std::filesystem::path& folder() const { return m_writer->folder(); }
    /// Measurements that scan() still has to make.
    std::size_t missingCells() const;

    /// Throws Cancelled (what is done stays), Error.
    void scan(const std::stop_token& stop, const ChoiceMeasurer::Progress& progress = {});
    /// Which options the recipes to come may use. Needs scan(). Throws Error(BadArgument).
    void lock(std::span<const FormatLock> locks);
    /// Finds a recipe, measures it in full and writes it into the folder: never a worse one than a
    /// mixed record that the folder holds already, if that meets target and locks. A record of the
    /// same formats is returned as it is; else one whose name is taken gets a number. Needs scan().
    /// Throws what RecipeSearch::find() throws.
    ResultRecord addRecipe(const RecipeTarget& target, int rounds, const std::stop_token& stop,
                           const RecipeSearch::Progress& progress = {});
    const Sensitivity& sensitivity() const { return *m_sensitivity; }
    RecipeSearch& search();

private:
    void teachRecipes();
    void refuseMoreThanHalf(const RecipeTarget& target) const;

    RecipeRequest m_request;
    RunContents m_earlier; ///< of a new folder: its header
    bool m_isNew = false;
    std::optional<RunWriter> m_writer;
    std::unique_ptr<ChoiceMeasurer> m_measurer;
    std::optional<Sensitivity> m_sensitivity;
    std::vector<FormatLock> m_locks;
    std::unique_ptr<RecipeSearch> m_search;
    std::chrono::steady_clock::time_point m_since;
};

} // namespace bitfront
