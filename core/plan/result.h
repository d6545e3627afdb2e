// SPDX-License-Identifier: GPL-3.0-or-later
// What one configuration of a sweep came to. A failed configuration is data, not an exception.
#pragma once

#include "core/base/error.h"
#include "core/plan/layer_storage.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bitfront {

/// The scale-free value on two parts of the samples (Experiment::holdOut()).
struct SplitQuality
{
    double chosenOn = 0; ///< samples by which formats are chosen
    double heldOut = 0; ///< samples that took no part in any choice

    bool operator==(const SplitQuality&) const = default;
};

/// Quality of one output against the uncompressed model.
struct OutputQuality
{
    std::string output; ///< "out_0" or the key of a dict
    Metric metric = Metric::Psnr;
    /// The reference's formula with its absolute epsilon; NaN when the output holds NaN. Its IoU
    /// takes NaN for a value outside of the mask.
    double referenceValue = 0;
    /// Scale-free value without epsilon: ranks, floors and fronts use it. +∞ when identical, NaN or
    /// −∞ when the compressed output is not finite. dB, or 0…1 for IoU.
    double value = 0;
    /// The same for each batch by itself, in order; empty when there is one batch only.
    std::vector<double> batchValues {};
    /// Where a share of the samples is held out.
    std::optional<SplitQuality> split {};

    bool identical() const { return value == std::numeric_limits<double>::infinity(); }
    /// Whether the compressed output was finite, or equal to the original one.
    bool usable() const { return value > -std::numeric_limits<double>::infinity(); }
};

/// A measured configuration.
struct Measurement
{
    std::vector<OutputQuality> outputs; ///< in the order of the model's outputs
    SizeAccount size;
    std::vector<LayerStorage> layers; ///< in the model's order
    double timeMs = 0; ///< compression plus forward
    double forwardMs = 0; ///< forward alone
    std::uint64_t peakMemoryBytes = 0; ///< of the process so far

    /// Whether every output is usable. What is not has failed, whatever its other outputs say: it
    /// is on no front, represents no group and is refined no further.
    bool usable() const;
};

/// How a mixed configuration was found. What was predicted is never mixed with what was measured.
struct RecipeFacts
{
    std::string target; ///< "at most 4.5 bits"
    /// What the scan promised for the target before anything was measured for it, as quality of the
    /// outputs (in the order of Measurement::outputs) on the samples that formats are chosen by:
    /// the sum of the layers' errors, each measured alone, for the choice that is best by that sum.
    /// Refinements may have changed formats since.
    std::vector<double> predicted;
    int rounds = 0; ///< in which options were measured again around the best recipe so far
    int evaluations = 0; ///< forward evaluations spent on this target, the scan not counted
    std::vector<std::string> locks {}; ///< that it had to keep to, as parseLock() reads them
    bool exact = true; ///< every choice of formats was solved to the end, see Allocation::exact

    bool operator==(const RecipeFacts&) const = default;
};

using Outcome = std::variant<Measurement, Failure>;

/// One line of results.jsonl.
struct ResultRecord
{
    CompressionConfig config;
    std::string configPath; ///< relative to the run folder, e.g. "configs/<name>.yaml"
    Outcome outcome;
    std::string finishedAt; ///< ISO 8601, UTC
    std::optional<RecipeFacts> recipe {}; ///< of mixed configurations

    const Measurement* measurement() const { return std::get_if<Measurement>(&outcome); }
    const Failure* failure() const { return std::get_if<Failure>(&outcome); }
};

/// Index of a record in its run, in order of arrival: what plot, table and detail agree on.
using RecordId = int;
inline constexpr RecordId kNoRecord = -1;

/// The metric chosen for one output, with the floor below which a result is not worth showing.
struct MetricChoice
{
    std::string output;
    Metric metric = Metric::Psnr;
    double floor = 10; ///< dB, or 0.1 for IoU
};
double defaultFloor(Metric metric); ///< 10 dB for psnr and snr, 0.1 for iou

/// What one forward pass said about an output.
struct OutputInfo
{
    std::string name;
    std::string dtype; ///< "float32", "int64", "bool", ...
    std::vector<std::int64_t> shape;
    double min = 0, max = 0;
    std::int64_t nonFinite = 0; ///< count of NaN and infinities
    bool binary = false; ///< boolean, or only 0 and 1
};

/// A metric to offer, never to choose silently, with the reason in one sentence.
struct MetricSuggestion
{
    Metric metric = Metric::Psnr;
    std::string reason;
};
MetricSuggestion suggestMetric(const OutputInfo& output);
/// Why `metric` cannot judge this output (empty: it can): NaN in it, IoU on something no mask, ...
std::string metricUnfitReason(const OutputInfo& output, Metric metric);

} // namespace bitfront
