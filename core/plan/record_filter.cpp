// SPDX-License-Identifier: GPL-3.0-or-later
// Matching of filter terms and the words they are made of.
#include "core/plan/record_filter.h"

#include "core/base/number_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace bitfront {

namespace {

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return result;
}

const OutputQuality* qualityOf(const FilterTerm& term, const Measurement& measured,
                               std::size_t judged)
{
    const auto& outputs = measured.outputs;
    if (!term.output.empty()) {
        const auto found = std::ranges::find(outputs, term.output, &OutputQuality::output);
        return found == outputs.end() ? nullptr : &*found;
    }
    if (judged < outputs.size() && (!term.metric || outputs[judged].metric == *term.metric))
        return &outputs[judged];
    if (!term.metric)
        return nullptr;
    const auto found = std::ranges::find(outputs, *term.metric, &OutputQuality::metric);
    return found == outputs.end() ? nullptr : &*found;
}

std::optional<double> numberOf(const FilterTerm& term, const Measurement& measured,
                               std::size_t judged)
{
    const SizeAccount& size = measured.size;
    switch (term.field) {
    case FilterField::Bits:
        return size.averageBits();
    case FilterField::Ratio:
        return size.compressionRatio();
    case FilterField::Size:
        return size.megabytes();
    case FilterField::Time:
        return measured.timeMs / 1000;
    case FilterField::Coverage:
        return size.totalLayers > 0 ? 100.0 * size.compressedLayers / size.totalLayers : 0.0;
    default:
        break;
    }
    const OutputQuality* quality = qualityOf(term, measured, judged);
    if (quality == nullptr || std::isnan(quality->value))
        return std::nullopt;
    return quality->value;
}

bool isNumeric(FilterField field)
{
    return field >= FilterField::Bits;
}

bool hasWord(const FilterTerm& term, const CompressionConfig& config)
{
    for (const std::string& text : {config.name, title(config), shortCode(config)}) {
        const std::string low = lowered(text);
        for (const std::string& word : term.words)
            if (low.find(word) != std::string::npos)
                return true;
    }
    return false;
}

bool isAnchor(const Analysis& analysis, RecordId record)
{
    for (const auto& group : analysis.anchors)
        if (std::ranges::find(group, record, &Anchor::record) != group.end())
            return true;
    return false;
}

/// Whether the record has the property that a yes-or-no field asks for.
bool holds(const FilterTerm& term, const FilterContext& context, RecordId record)
{
    const auto index = static_cast<std::size_t>(record);
    const CompressionConfig& config = context.records[index].config;
    const AnalysedPoint& point = context.analysis.points[index];
    switch (term.field) {
    case FilterField::Text:
        return hasWord(term, config);
    case FilterField::Group:
        return std::ranges::find(term.words, groupKey(config.group)) != term.words.end();
    case FilterField::Front:
        return point.onFront == term.wanted;
    case FilterField::Failed:
        return point.failed == term.wanted;
    case FilterField::Identical:
        return point.identical == term.wanted;
    case FilterField::AboveFloor:
        return (!point.failed && !point.belowFloor) == term.wanted;
    case FilterField::Refined:
        return config.isRefinement() == term.wanted;
    case FilterField::Anchor:
        return isAnchor(context.analysis, record) == term.wanted;
    default:
        return false;
    }
}

} // namespace

bool matches(const FilterTerm& term, const FilterContext& context, RecordId record)
{
    if (!isNumeric(term.field))
        return holds(term, context, record) != term.negated;
    const Measurement* measured = context.records[static_cast<std::size_t>(record)].measurement();
    const auto value = measured ? numberOf(term, *measured, context.judged) : std::nullopt;
    if (!value)
        return false;
    const bool above = term.lowFits ? *value >= term.low : *value > term.low;
    const bool below = term.highFits ? *value <= term.high : *value < term.high;
    return (above && below) != term.negated;
}

std::vector<bool> filterRecords(std::span<const FilterTerm> terms, const FilterContext& context)
{
    std::vector<bool> fits(context.records.size(), true);
    for (std::size_t i = 0; i < fits.size(); ++i)
        fits[i] = std::ranges::all_of(terms, [&](const FilterTerm& term) {
            return matches(term, context, static_cast<RecordId>(i));
        });
    return fits;
}

std::string rangeTerm(std::string_view field, double low, double high, int decimals)
{
    const double scale = std::pow(10.0, decimals);
    return std::string(field) + ':' + fixedText(std::floor(low * scale) / scale, decimals) + ".."
        + fixedText(std::ceil(high * scale) / scale, decimals);
}

bool replaceRanges(std::vector<FilterTerm>& terms, std::string_view text)
{
    const ParsedFilter parsed = parseFilter(text);
    if (parsed.error)
        return false;
    for (const FilterTerm& added : parsed.terms) {
        const std::string asked = added.text.substr(0, added.text.find(':') + 1);
        std::erase_if(terms, [&](const FilterTerm& term) {
            return !asked.empty() && term.text.starts_with(asked);
        });
    }
    terms.insert(terms.end(), parsed.terms.begin(), parsed.terms.end());
    return true;
}

std::string quotedFilterWord(std::string_view word)
{
    const bool plain = !word.empty() && !std::isdigit(static_cast<unsigned char>(word.front()))
        && std::ranges::all_of(word, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
           });
    return plain ? std::string(word) : '"' + std::string(word) + '"';
}

std::vector<FilterHint> filterHints(std::span<const std::string> outputs)
{
    std::vector<FilterHint> hints;
    for (const GroupId group : kGroups)
        hints.push_back({"group:" + std::string(groupKey(group)), std::string(groupTitle(group))});
    const FilterHint rest[] = {
        {"front:yes", "on the front"},
        {"front:no", "beaten by another result"},
        {"floor:above", "good enough to be kept in mind"},
        {"floor:below", "below the quality floor"},
        {"anchor:yes", "the five that represent each group"},
        {"refined:yes", "refinements only"},
        {"refined:no", "base configurations only"},
        {"failed:yes", "could not be measured"},
        {"failed:no", "measured"},
        {"identical:yes", "output equal bit for bit"},
        {"quality>", "quality of the judged output"},
        {"psnr>", "PSNR in dB"},
        {"snr>", "SNR in dB"},
        {"iou>", "IoU, 0 to 1"},
        {"bits<", "average bits per weight, side tables included"},
        {"ratio>", "compression ratio against fp16"},
        {"size<", "model size in MB"},
        {"coverage<", "percent of the layers that are compressed"},
        {"time<", "seconds it took to measure"},
    };
    hints.insert(hints.end(), std::begin(rest), std::end(rest));
    for (const std::string& output : outputs)
        hints.push_back({quotedFilterWord(output) + ">", "quality of output " + output});
    return hints;
}

} // namespace bitfront
