// SPDX-License-Identifier: GPL-3.0-or-later
// Reads filter text: blanks part the terms, a term is a word, or a field with an operator and a
// value.
#include "core/plan/record_filter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace bitfront {

namespace {

struct FieldName
{
    std::string_view name;
    FilterField field;
};
constexpr FieldName kFields[] = {
    {"group", FilterField::Group},       {"front", FilterField::Front},
    {"failed", FilterField::Failed},     {"identical", FilterField::Identical},
    {"floor", FilterField::AboveFloor},  {"refined", FilterField::Refined},
    {"anchor", FilterField::Anchor},     {"bits", FilterField::Bits},
    {"ratio", FilterField::Ratio},       {"size", FilterField::Size},
    {"mb", FilterField::Size},           {"time", FilterField::Time},
    {"coverage", FilterField::Coverage}, {"quality", FilterField::Quality},
};

/// Decimals of a number as the table prints it: "bits=4.03" asks for what reads so.
int printedDecimals(FilterField field, std::optional<Metric> metric)
{
    switch (field) {
    case FilterField::Bits:
    case FilterField::Ratio:
    case FilterField::Time:
        return 2;
    case FilterField::Size:
        return 3;
    case FilterField::Quality:
        return metric == Metric::Iou ? 3 : 1;
    default:
        return 0;
    }
}

/// Carried by an exception out of the depths of one term.
struct Refused
{
    FilterError error;
};

class Parser
{
public:
    Parser(std::string_view text, std::span<const std::string> outputs)
        : m_text(text)
        , m_outputs(outputs)
    {
    }

    ParsedFilter parse()
    {
        ParsedFilter result;
        try {
            for (skipBlanks(); m_at < m_text.size(); skipBlanks())
                result.terms.push_back(term());
        } catch (const Refused& refused) {
            result.error = refused.error;
        }
        return result;
    }

private:
    [[noreturn]] static void refuse(std::size_t from, std::size_t to, std::string message)
    {
        throw Refused {{from, std::max<std::size_t>(to - from, 1), std::move(message)}};
    }

    static bool isBlank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
    void skipBlanks()
    {
        while (m_at < m_text.size() && isBlank(m_text[m_at]))
            ++m_at;
    }
    bool at(std::string_view part) const { return m_text.substr(m_at).starts_with(part); }

    std::string quoted()
    {
        const std::size_t from = m_at++;
        const std::size_t end = m_text.find('"', m_at);
        if (end == std::string_view::npos)
            refuse(from, m_text.size(), "The closing quotation mark is missing.");
        std::string inside(m_text.substr(m_at, end - m_at));
        m_at = end + 1;
        return inside;
    }

    /// A field's name, or the start of a plain word.
    std::string key()
    {
        const std::size_t from = m_at;
        while (m_at < m_text.size()
               && (std::isalnum(static_cast<unsigned char>(m_text[m_at])) || m_text[m_at] == '_'
                   || m_text[m_at] == '.'))
            ++m_at;
        return std::string(m_text.substr(from, m_at - from));
    }

    std::string upToBlank()
    {
        const std::size_t from = m_at;
        while (m_at < m_text.size() && !isBlank(m_text[m_at]))
            ++m_at;
        return std::string(m_text.substr(from, m_at - from));
    }

    /// An operator here, behind blanks if need be; empty when there is none.
    std::string_view takeOperator()
    {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOperators {
            {{"<=", "<="},
             {">=", ">="},
             {"!=", "!="},
             {"≤", "<="},
             {"≥", ">="},
             {"<", "<"},
             {">", ">"},
             {"=", "="},
             {":", ":"}}};
        const std::size_t before = m_at;
        skipBlanks();
        for (const auto& [written, meant] : kOperators) {
            if (at(written)) {
                m_at += written.size();
                return meant;
            }
        }
        m_at = before;
        return {};
    }

    FilterTerm term()
    {
        const std::size_t from = m_at;
        FilterTerm result;
        if ((at("-") || at("!")) && m_at + 1 < m_text.size() && !isBlank(m_text[m_at + 1])) {
            result.negated = true;
            ++m_at;
        }
        const std::string sign = result.negated ? "-" : "";
        const std::size_t keyFrom = m_at;
        const bool isQuoted = at("\"");
        std::string name = isQuoted ? quoted() : key();
        const std::size_t keyTo = m_at;
        const std::string_view op = takeOperator();
        std::string rest;
        if (op.empty()) {
            name += isQuoted ? std::string() : upToBlank();
            if (name.empty())
                refuse(from, m_at, "A word is missing here.");
            result.words = {lower(name)};
            rest = quotedFilterWord(name);
            // A word that only looks odd needs no quotation marks to be read again.
            if (!isQuoted && name.find('"') == std::string::npos)
                rest = name;
        } else {
            setField(result, name, keyFrom, keyTo);
            skipBlanks();
            const std::size_t valueFrom = m_at;
            const std::string value = at("\"") ? quoted() : upToBlank();
            if (value.empty())
                refuse(keyFrom, m_at, "After “" + name + std::string(op) + "” a value is missing.");
            setValue(result, name, op, value, valueFrom);
            rest = (isQuoted ? '"' + name + '"' : name) + std::string(op) + value;
        }
        result.text = sign + rest;
        return result;
    }

    static std::string lower(std::string text)
    {
        std::ranges::transform(text, text.begin(), [](char c) {
            return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        });
        return text;
    }

    void setField(FilterTerm& term, const std::string& name, std::size_t from, std::size_t to) const
    {
        const std::string low = lower(name);
        if (const auto metric = metricFromName(low)) {
            term.field = FilterField::Quality;
            term.metric = metric;
            return;
        }
        const auto known = std::ranges::find(kFields, std::string_view(low), &FieldName::name);
        if (known != std::end(kFields)) {
            term.field = known->field;
            return;
        }
        if (std::ranges::find(m_outputs, name) == m_outputs.end())
            refuse(from, to, "Results have no “" + name + "”." + suggestion(low));
        term.field = FilterField::Quality;
        term.output = name;
    }

    /// " Did you mean “bits”?" for a near miss, else the list of what can be asked.
    static std::string suggestion(const std::string& name)
    {
        for (const FieldName& field : kFields)
            if (name.size() >= 2
                && (field.name.starts_with(name.substr(0, 2)) || name.find(field.name) == 0))
                return " Did you mean “" + std::string(field.name) + "”?";
        return " Ask for bits, ratio, size, time, coverage, psnr, group, front and so on.";
    }

    void setValue(FilterTerm& term, const std::string& name, std::string_view op,
                  const std::string& value, std::size_t from)
    {
        if (term.field >= FilterField::Bits)
            return setRange(term, op, value, from);
        if (op == "!=") {
            term.negated = !term.negated;
        } else if (op != ":" && op != "=") {
            refuse(from - op.size(), from,
                   "“" + name + "” has no order; ask " + name + ":" + value + ".");
        }
        if (term.field == FilterField::Group)
            return setGroups(term, value, from);
        const std::string low = lower(value);
        const bool floor = term.field == FilterField::AboveFloor;
        const bool yes = low == "yes" || low == "true" || low == "1" || (floor && low == "above");
        const bool no = low == "no" || low == "false" || low == "0" || (floor && low == "below");
        if (!yes && !no)
            refuse(from, m_at,
                   "“" + value + "” is no answer; ask " + name
                       + (floor ? ":above or floor:below." : ":yes or " + name + ":no."));
        term.wanted = yes;
    }

    void setGroups(FilterTerm& term, const std::string& value, std::size_t from)
    {
        std::size_t start = 0;
        while (start <= value.size()) {
            const std::size_t end = std::min(value.find(',', start), value.size());
            const std::string one = lower(value.substr(start, end - start));
            if (groupFromKey(one)) {
                term.words.push_back(one);
            } else if (one == "1") { // both kinds of quantization
                term.words.insert(term.words.end(), {"1a", "1b"});
            } else {
                std::string known;
                for (const GroupId group : kGroups)
                    known += (known.empty() ? "" : ", ") + std::string(groupKey(group));
                refuse(from + start, from + std::max(end, start + 1),
                       "“" + one + "” is not a group; there are " + known + ".");
            }
            start = end + 1;
        }
    }

    double number(std::string_view text, std::size_t from) const
    {
        // Half the world writes 38,5, and the window shows it to them so.
        std::string plain(text);
        if (std::ranges::count(plain, ',') == 1 && plain.find('.') == std::string::npos)
            plain[plain.find(',')] = '.';
        double value = 0;
        const char* const last = plain.data() + plain.size();
        const auto [end, problem] = std::from_chars(plain.data(), last, value);
        const std::string unit = lower(std::string(end, last));
        constexpr std::string_view kUnits[] = {"", "db", "%", "x", "×", "mb", "s", "bits", "bit"};
        if (problem != std::errc() || std::isnan(value)
            || std::ranges::find(kUnits, std::string_view(unit)) == std::end(kUnits))
            refuse(from, from + text.size(),
                   std::string("“").append(text).append("” is not a number."));
        return value;
    }

    void setRange(FilterTerm& term, std::string_view op, const std::string& value,
                  std::size_t from) const
    {
        if (const std::size_t dots = value.find(".."); dots != std::string::npos) {
            if (op != ":" && op != "=")
                refuse(from - op.size(), from, "A range is asked with a colon, as in bits:3..5.");
            if (dots > 0)
                term.low = number(std::string_view(value).substr(0, dots), from);
            if (dots + 2 < value.size())
                term.high = number(std::string_view(value).substr(dots + 2), from + dots + 2);
            if (term.low > term.high)
                refuse(from, from + value.size(), "The range ends before it begins.");
            return;
        }
        const double limit = number(value, from);
        if (op == "<" || op == "<=") {
            term.high = limit;
            term.highFits = op == "<=";
        } else if (op == ">" || op == ">=") {
            term.low = limit;
            term.lowFits = op == ">=";
        } else {
            const double half = 0.5 * std::pow(10.0, -printedDecimals(term.field, term.metric));
            term.low = limit - half;
            term.high = limit + half;
            term.highFits = false;
            if (op == "!=")
                term.negated = !term.negated;
        }
    }

    std::string_view m_text;
    std::span<const std::string> m_outputs;
    std::size_t m_at = 0;
};

} // namespace

ParsedFilter parseFilter(std::string_view text, std::span<const std::string> outputs)
{
    return Parser(text, outputs).parse();
}

} // namespace bitfront
