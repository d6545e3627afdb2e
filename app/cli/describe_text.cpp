// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"
#include "app/cli/describe.h"
#include "core/base/number_text.h"

namespace bitfront::cli {

namespace {

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string joined(const std::vector<std::int64_t>& numbers)
{
    std::vector<std::string> parts;
    for (const std::int64_t number : numbers)
        parts.push_back(std::to_string(number));
    return joined(parts);
}

std::string rangeText(double min, double max)
{
    return fixedText(min, 3) + " … " + fixedText(max, 3);
}

} // namespace

void printModel(std::ostream& out, const ModelInfo& model)
{
    out << "Model    " << model.fileName << "  (" << model.format << ")\n"
        << "         " << counted(static_cast<std::int64_t>(model.layers.size()), "weight layer")
        << ", " << grouped(model.parameterCount()) << " parameters, "
        << bytesText(model.fp16Bytes()) << " at fp16\n";
    for (const std::string& note : model.notes)
        out << "         Note: " << note << '\n';
}

void printLayers(std::ostream& out, const ModelInfo& model)
{
    TextTable table;
    table.column("Layer");
    table.column("Type");
    table.column("Shape");
    table.column("Weights", TextTable::Align::Right);
    table.column("Channel axis", TextTable::Align::Right);
    table.column("Shared with");
    for (const LayerInfo& layer : model.layers)
        table.row({layer.name, layer.shortType(), shapeText(layer.shape), grouped(layer.elements()),
                   std::to_string(layer.channelAxis()), joined(layer.tiedWith)});
    table.print(out);
    out << "  " << grouped(model.layerElements()) << " weights can be compressed; "
        << grouped(model.plainElements()) << " other parameters stay at fp16.\n";
}

void printInputs(std::ostream& out, const ReferenceData& inputs)
{
    out << "Inputs   " << inputs.path() << '\n';
    for (const InputTensor& tensor : inputs.tensors()) {
        out << "         " << tensor.argument << ": " << shapeText(tensor.shape) << ", "
            << tensor.dtype << ", " << rangeText(tensor.min, tensor.max) << '\n';
        if (tensor.looksLikeNoise)
            out << "         Note: " << tensor.argument
                << " looks like noise. Results on noise often look better than they are; use real "
                   "data.\n";
    }
    if (inputs.batches() > 1)
        out << "         " << inputs.samples() << " samples in " << inputs.batches()
            << " batches; the shapes above are those of the first\n";
    for (const std::string& note : inputs.notes())
        out << "         Note: " << note << '\n';
}

void printOutputs(std::ostream& out, const std::vector<OutputInfo>& outputs)
{
    for (const OutputInfo& output : outputs) {
        const MetricSuggestion suggestion = suggestMetric(output);
        out << "Output   " << output.name << ": " << shapeText(output.shape) << ", " << output.dtype
            << ", " << rangeText(output.min, output.max) << '\n'
            << "         suggested metric: " << name(suggestion.metric) << " (" << suggestion.reason
            << ")\n";
    }
}

void printDivisibility(std::ostream& out, const std::vector<DivisibilityNote>& notes,
                       IndivisiblePolicy policy)
{
    if (notes.empty())
        return;
    const char* treatment = policy == IndivisiblePolicy::Skip ? "stay at fp16"
        : policy == IndivisiblePolicy::Nearest
        ? "use the nearest that fits (per-channel, or the nearest group size)"
        : "are done per channel";
    out << "Layers that some block or group sizes do not divide; there they " << treatment << ":\n";
    TextTable table;
    table.column("Layer");
    table.column("Has");
    table.column("Block sizes");
    table.column("Palette groups");
    for (const DivisibilityNote& note : notes)
        table.row({note.layer, note.axisText, joined(note.blockSizes), joined(note.groupSizes)});
    table.print(out);
}

} // namespace bitfront::cli
