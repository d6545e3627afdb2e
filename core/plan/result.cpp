// SPDX-License-Identifier: GPL-3.0-or-later
// Which metric suits an output, and why another does not.
#include "core/plan/result.h"

#include "core/base/number_text.h"

#include <algorithm>

namespace bitfront {

namespace {

std::int64_t elementCount(const OutputInfo& output)
{
    std::int64_t count = 1;
    for (const std::int64_t extent : output.shape)
        count *= extent;
    return count;
}

bool isFloat(const OutputInfo& output)
{
    return output.dtype.find("float") != std::string::npos || output.dtype == "double"
        || output.dtype == "half";
}

/// Samples of a waveform: at most two channels of a long last axis, swinging around zero within
/// ±1.5. Class scores of the same shape leave that range.
bool looksLikeAudio(const OutputInfo& output)
{
    constexpr std::int64_t kShortestClip = 4000; // half a second at 8 kHz
    const std::size_t rank = output.shape.size();
    if (rank < 1 || rank > 3 || output.shape.back() < kShortestClip)
        return false;
    if (rank == 3 && output.shape[1] > 2)
        return false;
    return output.min < 0 && output.max > 0 && output.min >= -1.5 && output.max <= 1.5;
}

} // namespace

bool Measurement::usable() const
{
    return std::all_of(outputs.begin(), outputs.end(),
                       [](const OutputQuality& output) { return output.usable(); });
}

double defaultFloor(Metric metric)
{
    return metric == Metric::Iou ? 0.1 : 10;
}

MetricSuggestion suggestMetric(const OutputInfo& output)
{
    if (output.dtype == "bool")
        return {Metric::Iou, "boolean values: a mask"};
    if (output.binary)
        return {Metric::Iou, "holds only 0 and 1: a mask"};
    if (!isFloat(output))
        return {Metric::Psnr, "whole numbers, compared as values"};
    if (looksLikeAudio(output))
        return {Metric::Snr, "looks like a waveform: one long axis around zero"};
    return {Metric::Psnr, "floating-point values"};
}

std::string metricUnfitReason(const OutputInfo& output, Metric metric)
{
    const std::string quoted = "“" + output.name + "”";
    if (output.nonFinite > 0)
        return "Output " + quoted + " has " + std::to_string(output.nonFinite)
            + " NaN or infinite values before any compression. Quality cannot be measured.";
    if (output.dtype.compare(0, 7, "complex") == 0)
        return "Output " + quoted
            + " holds complex numbers; the metrics compare real numbers only.";
    if (elementCount(output) == 0)
        return "Output " + quoted + " is empty for these inputs. There is nothing to compare.";
    if (output.min == 0 && output.max == 0)
        return "Output " + quoted
            + " is zero everywhere for these inputs. There is no signal to compare with; "
              "use other inputs.";
    const bool mask =
        output.binary || output.dtype == "bool" || (output.min >= 0 && output.max <= 1);
    if (metric == Metric::Iou && !mask)
        return "IoU needs masks; " + quoted + " ranges " + shortText(output.min) + "…"
            + shortText(output.max) + ". Use psnr or snr.";
    return {};
}

} // namespace bitfront
