// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions are written as sympy.srepr() does: "Mul(Integer(2), Symbol('s0', integer=True))".
#include "core/engine/exported/symbols.h"

#include "core/base/error.h"
#include "core/plan/layer_info.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

namespace bitfront::exported {

namespace {

constexpr int kMaxDepth = 100;
constexpr const char* kDynamicHint =
    "Give inputs of the exported shape, or export again with a symbolic extent: "
    "torch.export.export(model, inputs, dynamic_shapes={\"x\": {0: torch.export.Dim(\"batch\")}}).";

using Value = std::optional<std::int64_t>;

/// Not for the one pair whose quotient does not fit: the smallest number and -1.
bool divides(std::int64_t a, std::int64_t b)
{
    return b != 0 && (b != -1 || a != std::numeric_limits<std::int64_t>::min());
}

std::int64_t floorDivide(std::int64_t a, std::int64_t b)
{
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Value power(std::int64_t base, std::int64_t exponent)
{
    constexpr std::int64_t largest = 62;
    if (exponent < 0 || exponent > largest)
        return {};
    std::int64_t result = 1;
    for (std::int64_t i = 0; i < exponent; ++i)
        if (__builtin_mul_overflow(result, base, &result))
            return {};
    return result;
}

/// One value out of a function's values.
Value combine(const std::string& function, const std::vector<std::int64_t>& values)
{
    if (values.empty())
        return {};
    std::int64_t result = values.front();
    const bool pair = values.size() == 2;
    if (function == "Pow" && pair)
        return power(values[0], values[1]);
    if ((function == "FloorDiv" || function == "CleanDiv") && pair && divides(values[0], values[1]))
        return floorDivide(values[0], values[1]);
    if ((function == "Mod" || function == "PythonMod") && pair && divides(values[0], values[1]))
        return values[0] - floorDivide(values[0], values[1]) * values[1];
    for (std::size_t i = 1; i < values.size(); ++i) {
        bool overflow = false;
        if (function == "Add")
            overflow = __builtin_add_overflow(result, values[i], &result);
        else if (function == "Mul")
            overflow = __builtin_mul_overflow(result, values[i], &result);
        else if (function == "Max")
            result = std::max(result, values[i]);
        else if (function == "Min")
            result = std::min(result, values[i]);
        else
            return {};
        if (overflow)
            return {};
    }
    const bool known =
        function == "Add" || function == "Mul" || function == "Max" || function == "Min";
    return known ? Value(result) : Value();
}

class Evaluator
{
public:
    Evaluator(const std::string& text, const Symbols& symbols)
        : m_text(text)
        , m_symbols(symbols)
    {
    }
    Value run()
    {
        const Value value = expression(0);
        return m_at == m_text.size() ? value : Value();
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == ','))
            ++m_at;
    }

    std::string word()
    {
        const std::size_t start = m_at;
        while (m_at < m_text.size()
               && (std::isalnum(static_cast<unsigned char>(m_text[m_at])) || m_text[m_at] == '_'))
            ++m_at;
        return m_text.substr(start, m_at - start);
    }

    /// Text up to the closing parenthesis of an atom, which is consumed.
    std::string atom()
    {
        const std::size_t end = std::min(m_text.find(')', m_at), m_text.size());
        const std::string inside = m_text.substr(m_at, end - m_at);
        m_at = std::min(end + 1, m_text.size());
        return inside;
    }

    Value symbol()
    {
        const std::string inside = atom();
        const std::size_t open = inside.find('\''), close = inside.rfind('\'');
        if (open == std::string::npos || close <= open)
            return {};
        const auto found = m_symbols.find(inside.substr(open + 1, close - open - 1));
        return found == m_symbols.end() ? Value() : Value(found->second);
    }

    Value integer()
    {
        const std::string inside = atom();
        std::int64_t value = 0;
        const auto result = std::from_chars(inside.data(), inside.data() + inside.size(), value);
        return result.ec == std::errc() && result.ptr == inside.data() + inside.size()
            ? Value(value)
            : Value();
    }

    Value expression(int depth)
    {
        skipSpace();
        const std::string function = word();
        if (depth > kMaxDepth || m_at >= m_text.size() || m_text[m_at] != '(')
            return {};
        ++m_at;
        if (function == "Symbol")
            return symbol();
        if (function == "Integer")
            return integer();
        std::vector<std::int64_t> values;
        bool known = true;
        for (skipSpace(); m_at < m_text.size() && m_text[m_at] != ')'; skipSpace()) {
            const Value value = expression(depth + 1);
            if (!value) {
                known = false;
                break;
            }
            values.push_back(*value);
        }
        if (!known || m_at >= m_text.size())
            return {};
        ++m_at;
        return combine(function, values);
    }

    const std::string& m_text;
    const Symbols& m_symbols;
    std::size_t m_at = 0;
};

[[noreturn]] void refuse(const GivenTensor& tensor, const std::map<std::string, Range>& ranges,
                         const std::string& reason)
{
    std::string wanted;
    for (const Extent& extent : tensor.meta->sizes)
        wanted += (wanted.empty() ? "" : " × ") + extentText(extent, ranges);
    std::string hint = kDynamicHint;
    if (tensor.shape.size() + 1 == tensor.meta->sizes.size())
        hint = "The batch dimension seems to be missing: give one more axis, x[None] in Python.";
    throw Error(Failure {
        ErrorCode::InputMismatch,
        "Input “" + tensor.argument + "” has shape " + shapeText(tensor.shape)
            + "; the program takes " + (wanted.empty() ? "a single number" : wanted)
            + (reason.empty() ? "" : ": " + reason) + '.',
        hint, tensor.argument,
        tensor.shape.size() + 1 == tensor.meta->sizes.size() ? Remedy::AddBatch : Remedy::None});
}

void checkRange(const GivenTensor& tensor, const std::map<std::string, Range>& ranges,
                const std::string& symbol, std::int64_t value)
{
    const auto found = ranges.find(symbol);
    if (found == ranges.end())
        return;
    const Range& range = found->second;
    if ((range.min && value < *range.min) || (range.max && value > *range.max))
        refuse(tensor, ranges, std::to_string(value) + " is outside of the range of " + symbol);
}

} // namespace

std::optional<std::string> plainSymbol(const std::string& expression)
{
    constexpr std::string_view head = "Symbol('";
    if (expression.compare(0, head.size(), head) != 0)
        return {};
    const std::size_t end = expression.find('\'', head.size());
    const bool single = std::count(expression.begin(), expression.end(), '(') == 1;
    if (end == std::string::npos || !single || expression.back() != ')')
        return {};
    return expression.substr(head.size(), end - head.size());
}

std::optional<std::int64_t> evaluate(const std::string& expression, const Symbols& symbols)
{
    return Evaluator(expression, symbols).run();
}

std::string extentText(const Extent& extent, const std::map<std::string, Range>& ranges)
{
    if (extent.expression.empty())
        return std::to_string(extent.value);
    const auto symbol = plainSymbol(extent.expression);
    if (!symbol)
        return "any";
    const auto found = ranges.find(*symbol);
    if (found == ranges.end())
        return *symbol;
    constexpr std::int64_t unlimited = std::int64_t {1} << 40;
    const Range& range = found->second;
    const bool hasMax = range.max && *range.max < unlimited;
    const bool hasMin = range.min && *range.min > 1;
    if (hasMax)
        return *symbol + " (" + std::to_string(range.min.value_or(0)) + " to "
            + std::to_string(*range.max) + ')';
    return hasMin ? *symbol + " (at least " + std::to_string(*range.min) + ')' : *symbol;
}

void checkShapes(std::span<const GivenTensor> tensors, const std::map<std::string, Range>& ranges)
{
    Symbols symbols;
    for (const bool plainOnes : {true, false}) // plain symbols first: they give others their values
        for (const GivenTensor& tensor : tensors) {
            const std::vector<Extent>& sizes = tensor.meta->sizes;
            if (sizes.size() != tensor.shape.size())
                refuse(tensor, ranges, "");
            for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
                const std::int64_t given = tensor.shape[axis];
                const auto symbol = plainSymbol(sizes[axis].expression);
                if (symbol && plainOnes) {
                    const auto [entry, added] = symbols.emplace(*symbol, given);
                    if (!added && entry->second != given)
                        refuse(tensor, ranges,
                               *symbol + " cannot be " + std::to_string(entry->second) + " and "
                                   + std::to_string(given));
                    checkRange(tensor, ranges, *symbol, given);
                } else if (!symbol && !plainOnes) {
                    const bool fixed = sizes[axis].expression.empty();
                    const Value wanted = fixed ? Value(sizes[axis].value)
                                               : evaluate(sizes[axis].expression, symbols);
                    if (wanted && *wanted != given)
                        refuse(tensor, ranges,
                               "axis " + std::to_string(axis) + " must be "
                                   + std::to_string(*wanted));
                }
            }
        }
}

} // namespace bitfront::exported
