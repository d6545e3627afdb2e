// SPDX-License-Identifier: GPL-3.0-or-later
// Measures choices of formats side by side on worker threads; what the scan file holds already is
// not measured again. Knows evaluators, not LibTorch.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/scan_space.h"
#include "core/run/scan_log.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace bitfront {

/// What a choice came to: one of the two.
struct ChoiceResult
{
    std::vector<OutputQuality> outputs;
    std::optional<Failure> failure;
};

class ChoiceMeasurer
{
public:
    struct Setup
    {
        std::shared_ptr<Experiment> experiment; ///< holdOut() already asked for
        ScanHeader header; ///< metrics and settings are taken from here
        std::filesystem::path runFolder; ///< whose lock the caller holds
        int workers = 1;
        int threadsPerWorker = 1;
        bool retryFailed = true; ///< what failed in earlier processes: memory may have been short
    };
    /// Opens the folder's scan file. Throws what makeScanSpace() and ScanWriter throw.
    explicit ChoiceMeasurer(Setup setup);
    /// Joins the workers.
    ~ChoiceMeasurer();
    ChoiceMeasurer(const ChoiceMeasurer&) = delete;
    ChoiceMeasurer& operator=(const ChoiceMeasurer&) = delete;

    const ScanSpace& space() const;
    const ScanHeader& header() const;
    /// Those of the scan itself, of earlier processes first; the search for recipes is not in it.
    const std::vector<ScanLine>& lines() const;

    /// Called after each choice of measure(), in any order but never twice at once.
    using Progress = std::function<void(std::size_t done, std::size_t total)>;
    /// Measures what is not known yet; results do not depend on the number of workers. A choice
    /// that fails has a failure as its result. Throws Cancelled (what is done stays), Error when
    /// going on is impossible: no evaluator, disk full.
    std::vector<ChoiceResult> measure(std::span<const ScanChoice> choices,
                                      const std::stop_token& stop, const Progress& progress = {});
    /// How many of the choices a scan that holds `lines` would have to evaluate.
    static std::size_t missing(const ScanSpace& space, std::span<const ScanLine> lines,
                               std::span<const ScanChoice> choices);
    /// How many of the choices measure() would have to evaluate.
    std::size_t unknown(std::span<const ScanChoice> choices) const;
    /// Measures a choice in full, also when its quality is known: layers, sizes, times. Throws what
    /// the evaluation throws.
    Measurement measureFully(const CompressionConfig& config, const std::stop_token& stop);

    int evaluations() const; ///< by this object

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace bitfront
