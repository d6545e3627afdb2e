// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/output_quality.h"

#include "core/kernels/metrics.h"

#include <algorithm>

namespace bitfront {

std::span<const float> floatsOf(const at::Tensor& tensor)
{
    return {tensor.const_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

OutputInfo describeOutput(const NamedOutput& output)
{
    OutputInfo info;
    info.name = output.name;
    info.dtype = dtypeName(output.tensor.scalar_type());
    info.shape = output.tensor.sizes().vec();
    const at::Tensor floats = toFloats(output.tensor);
    const ValueRange range = rangeOf(floats);
    info.min = range.min;
    info.max = range.max;
    info.nonFinite = range.nans + range.infinities;
    const std::span<const float> values = floatsOf(floats);
    info.binary = info.dtype == "bool"
        || (!values.empty()
            && std::all_of(values.begin(), values.end(), [](float v) { return v == 0 || v == 1; }));
    return info;
}

void refuseUnlessUsable(const std::vector<OutputInfo>& outputs, const std::string& path)
{
    if (outputs.empty())
        throw Error(ErrorCode::UnsupportedModel, "The model returned no tensor to compare.",
                    "Export a model whose forward() returns its outputs.", path);
    for (const OutputInfo& output : outputs)
        if (output.nonFinite > 0)
            throw Error(
                ErrorCode::NonFinite,
                "Output “" + output.name + "” of the uncompressed model holds "
                    + std::to_string(output.nonFinite)
                    + " values that are NaN or infinite: no quality can be measured against it.",
                "Check the inputs (range, normalisation, padding masks) and the model.",
                output.name);
}

bool sameValues(const std::vector<NamedOutput>& a, const std::vector<NamedOutput>& b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(),
                      [](const NamedOutput& x, const NamedOutput& y) {
                          return x.name == y.name && x.tensor.sizes() == y.tensor.sizes()
                              && x.tensor.scalar_type() == y.tensor.scalar_type()
                              && x.tensor.equal(y.tensor);
                      });
}

std::vector<ResolvedMetric> resolveMetrics(const std::vector<MetricChoice>& choices,
                                           const std::vector<OutputInfo>& outputs)
{
    std::vector<ResolvedMetric> resolved;
    for (const MetricChoice& choice : choices) {
        const auto found =
            std::find_if(outputs.begin(), outputs.end(),
                         [&](const OutputInfo& output) { return output.name == choice.output; });
        if (found == outputs.end()) {
            std::string names;
            for (const OutputInfo& output : outputs)
                names += (names.empty() ? "" : ", ") + output.name;
            throw Error(ErrorCode::MetricUnfit, "The model has no output “" + choice.output + "”.",
                        "Its outputs are: " + names + '.', choice.output);
        }
        const std::string reason = metricUnfitReason(*found, choice.metric);
        if (!reason.empty())
            throw Error(ErrorCode::MetricUnfit, reason, "Choose another metric for this output.",
                        choice.output);
        resolved.push_back({static_cast<std::size_t>(found - outputs.begin()), choice.metric});
    }
    std::stable_sort(resolved.begin(), resolved.end(),
                     [](const auto& a, const auto& b) { return a.output < b.output; });
    return resolved;
}

namespace {

/// The values of the rows that are held out, or of all others, one after the other.
std::vector<float> rowsOf(std::span<const float> values, const OutputSplit& split, bool heldOut)
{
    const std::size_t width = values.size() / split.rows;
    std::vector<float> chosen;
    std::size_t from = 0;
    const auto take = [&](std::size_t begin, std::size_t end) {
        const auto part = values.subspan(begin * width, (end - begin) * width);
        chosen.insert(chosen.end(), part.begin(), part.end());
    };
    for (const auto& [begin, end] : split.heldOut) {
        heldOut ? take(begin, end) : take(from, begin);
        from = end;
    }
    if (!heldOut)
        take(from, split.rows);
    return chosen;
}

SplitQuality measureSplit(Metric metric, std::span<const float> ours, std::span<const float> theirs,
                          const OutputSplit& split)
{
    const auto part = [&](bool heldOut) {
        return measure(metric, rowsOf(ours, split, heldOut), rowsOf(theirs, split, heldOut)).exact;
    };
    return {part(false), part(true)};
}

} // namespace

std::vector<OutputQuality> compareOutputs(const std::vector<NamedOutput>& outputs,
                                          const std::vector<ResolvedMetric>& metrics,
                                          const std::vector<OutputInfo>& infos,
                                          const std::vector<at::Tensor>& reference,
                                          const std::vector<OutputSplit>& splits)
{
    std::vector<OutputQuality> qualities;
    for (const ResolvedMetric& metric : metrics) {
        const OutputInfo& info = infos[metric.output];
        const bool exists = metric.output < outputs.size()
            && outputs[metric.output].name == info.name
            && outputs[metric.output].tensor.sizes().vec() == info.shape;
        if (!exists)
            throw Error(ErrorCode::ForwardFailed,
                        "Output “" + info.name
                            + "” of the compressed model is missing or has another shape.",
                        "Its shape depends on the values; such an output cannot be compared.",
                        info.name);
        const at::Tensor values = toFloats(outputs[metric.output].tensor);
        const std::span<const float> ours = floatsOf(values);
        const std::span<const float> theirs = floatsOf(reference[metric.output]);
        const MetricValue value = measure(metric.metric, ours, theirs);
        OutputQuality quality {info.name, metric.metric, value.reference, value.exact};
        std::size_t from = 0;
        for (const std::int64_t batchValues : outputs[metric.output].batchValues) {
            // A complex output has two floats for each value.
            const std::size_t count = static_cast<std::size_t>(batchValues) * ours.size()
                / static_cast<std::size_t>(std::max<std::int64_t>(
                    outputs[metric.output].tensor.numel(), 1));
            quality.batchValues.push_back(
                measure(metric.metric, ours.subspan(from, count), theirs.subspan(from, count))
                    .exact);
            from += count;
        }
        if (metric.output < splits.size() && !splits[metric.output].heldOut.empty())
            quality.split = measureSplit(metric.metric, ours, theirs, splits[metric.output]);
        qualities.push_back(std::move(quality));
    }
    return qualities;
}

} // namespace bitfront
