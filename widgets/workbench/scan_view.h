// SPDX-License-Identifier: GPL-3.0-or-later
// A sensitivity scan as the window looks at it: one immutable value that threads share without a
// lock, whole or still growing.
#pragma once

#include "core/plan/recipe_prediction.h"
#include "core/run/run_folder.h"
#include "core/run/scan_log.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

struct ScanView
{
    ModelInfo model;
    ScanHeader header;
    ScanSpace space;
    Sensitivity sensitivity; ///< of probed scans with what was extrapolated
    std::vector<std::vector<bool>> measured; ///< per unit and option: by a forward pass
    std::size_t wanted = 0, done = 0; ///< measurements of the scan

    bool isComplete() const { return wanted > 0 && done >= wanted; }
    /// Index of the unit that holds the layer; empty when none does.
    std::optional<std::size_t> unitOf(const std::string& layer) const;
};
using ScanViewPtr = std::shared_ptr<const ScanView>;

/// Throws what makeScanSpace() throws.
ScanViewPtr makeScanView(const ModelInfo& model, const ScanHeader& header,
                         std::span<const ScanLine> lines);
/// The scan that a run folder holds; null when there is none, or it is of another model. Throws
/// what readScan() throws.
ScanViewPtr readScanView(const std::filesystem::path& folder, const ModelInfo& model);

/// What the user wants scanned.
struct ScanWish
{
    std::vector<CompressionSpec> formats = scanFormats(ScanPreset::Quick);
    ScanMethod method = ScanMethod::Measured;
    bool tieAttention = false;
    std::vector<std::vector<std::string>> ties; ///< of the user's own making
    double heldOutShare = 0.25; ///< of the samples, kept out of every choice
    std::optional<IndivisiblePolicy> indivisible; ///< empty: as the run's plan has it
    std::optional<PaletteOptions> palette; ///< empty: as the run's plan has it

    bool operator==(const ScanWish&) const = default;
};
/// The preset of just these formats, in whatever order; empty: somebody's own choice.
std::optional<ScanPreset> presetOf(std::span<const CompressionSpec> formats);
ScanSettings settingsOf(const ScanWish& wish, const RunHeader& run);
/// The same wish with the groups of attention as a choice of their own, where all of them are tied.
ScanWish withAttentionApart(ScanWish wish, const ModelInfo& model);
/// The wish that a scan came from.
ScanWish wishOf(const ScanHeader& header, const ModelInfo& model);

/// What a wish comes to.
struct ScanEstimate
{
    ScanWish wish;
    std::size_t layers = 0, formats = 0;
    std::size_t runs = 0, missing = 0; ///< short runs in all, and those not made yet
    TimeRange time; ///< of what is missing; zero where the run knows no times
    std::size_t attentionTies = 0; ///< groups that tieAttention would tie
    std::size_t embeddings = 0; ///< layers that get palettes only where PaletteOptions allow it
    PaletteOptions palette; ///< those that the scan would have
    std::optional<SampleSplit> split; ///< as the known scan could do it
};
/// `known` is what was measured before; may be null. Throws what makeScanSpace() throws.
ScanEstimate estimateScan(const ScanWish& wish, const RunHeader& run, const ScanView* known);

/// What a search for recipes comes to at most.
struct SearchEstimate
{
    std::size_t runs = 0;
    TimeRange time; ///< zero where the run knows no times
};
SearchEstimate estimateSearch(const ScanView& scan, const RunHeader& run, std::size_t recipes,
                              int rounds);

/// What a budget would give, by the scan alone.
struct RecipeForecast
{
    RecipeTarget target;
    bool asked = false; ///< whether there is a target
    std::optional<RecipePrediction> recipe; ///< empty: no recipe meets the target
    BudgetRange range; ///< in which a budget changes anything under the locks of now
    double elapsedMs = 0; ///< to solve it
};

/// How far a scan or a search for recipes is.
struct ScanProgress
{
    int done = 0, total = 0;
    int before = 0; ///< of the total, known from an earlier time
    int round = 0; ///< of refinement
    int recipe = 0; ///< of the frontier
};

} // namespace bitfront
