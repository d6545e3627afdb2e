// SPDX-License-Identifier: GPL-3.0-or-later
// The filter language of results: "group:2 bits<5 psnr>35 front:yes". Terms are parsed once and
// matched against records; all terms must hold. What a term says can be written back as text.
#pragma once

#include "core/plan/analysis.h"

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitfront {

enum class FilterField
{
    Text, ///< words in name, title or short code
    Group,
    Front,
    Failed,
    Identical,
    AboveFloor,
    Refined,
    Anchor,
    Bits, ///< average bits per weight
    Ratio,
    Size, ///< MiB
    Time, ///< seconds
    Coverage, ///< percent of the layers that are compressed
    Quality ///< of one output, in its unit
};

/// One condition. Two terms are equal when they ask the same in the same words.
struct FilterTerm
{
    FilterField field = FilterField::Text;
    bool negated = false;
    std::string text; ///< as written, without needless blanks; parses to this term again
    std::vector<std::string> words; ///< Text: the word, lower case; Group: keys; any of them fits
    bool wanted = true; ///< yes or no, of the fields that are asked so
    std::string output; ///< Quality: name of the output; empty: by metric, else the judged one
    std::optional<Metric> metric; ///< Quality: asked as psnr, snr or iou
    double low = -std::numeric_limits<double>::infinity(); ///< smallest number that fits
    double high = std::numeric_limits<double>::infinity(); ///< largest number that fits
    bool lowFits = true, highFits = true; ///< whether the ends themselves fit

    bool operator==(const FilterTerm&) const = default;
};

/// What could not be read, and where.
struct FilterError
{
    std::size_t position = 0, length = 0; ///< bytes of the text
    std::string message; ///< one sentence
};

struct ParsedFilter
{
    std::vector<FilterTerm> terms; ///< those before the error
    std::optional<FilterError> error;
};

/// `outputs` are names that may be asked for by themselves ("boxes>0.8").
ParsedFilter parseFilter(std::string_view text, std::span<const std::string> outputs = {});

/// What terms are asked about.
struct FilterContext
{
    std::span<const ResultRecord> records;
    const Analysis& analysis;
    std::size_t judged = 0; ///< index into Measurement::outputs
};

/// Whether a record fits one term. Numbers are never matched by a record that has none, negated or
/// not.
bool matches(const FilterTerm& term, const FilterContext& context, RecordId record);
/// One flag per record: whether it fits all terms.
std::vector<bool> filterRecords(std::span<const FilterTerm> terms, const FilterContext& context);

/// "ratio:2.1..3.4": a term for a closed range, rounded outwards to `decimals`.
std::string rangeTerm(std::string_view field, double low, double high, int decimals);
/// Puts the terms of a text like "ratio:2..3 quality:30.." in the place of those that ask for the
/// same fields with a colon. Where the text cannot be read, nothing changes and the answer is
/// false.
bool replaceRanges(std::vector<FilterTerm>& terms, std::string_view text);
/// An output's name as a term has to write it: quoted where it would not read as one word.
std::string quotedFilterWord(std::string_view word);

/// What may be typed, with what it means, for completion.
struct FilterHint
{
    std::string token; ///< "group:1a", "bits<"
    std::string meaning;
};
std::vector<FilterHint> filterHints(std::span<const std::string> outputs = {});

} // namespace bitfront
