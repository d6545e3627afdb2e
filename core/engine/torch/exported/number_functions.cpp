// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/number_functions.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>

namespace bitfront::exported {

namespace {

using c10::IValue;
using Arguments = std::vector<IValue>;

bool isInteger(const IValue& value)
{
    return value.isInt() || value.isBool();
}

std::int64_t integer(const IValue& value)
{
    return value.isBool() ? static_cast<std::int64_t>(value.toBool()) : value.toInt();
}

double real(const IValue& value)
{
    return value.isDouble() ? value.toDouble() : static_cast<double>(integer(value));
}

[[noreturn]] void overflow()
{
    throw std::overflow_error("a whole number is too large");
}

std::int64_t add(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? (overflow(), 0) : result;
}

std::int64_t subtract(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    return __builtin_sub_overflow(a, b, &result) ? (overflow(), 0) : result;
}

std::int64_t multiply(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? (overflow(), 0) : result;
}

std::int64_t floorDivide(std::int64_t a, std::int64_t b)
{
    if (b == 0)
        throw std::domain_error("integer division by zero");
    if (b == -1)
        return subtract(0, a);
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// Integers stay integers, anything else becomes a float.
template<typename OfIntegers, typename OfReals>
IValue arithmetic(const Arguments& a, OfIntegers ofIntegers, OfReals ofReals)
{
    if (isInteger(a.at(0)) && isInteger(a.at(1)))
        return ofIntegers(integer(a[0]), integer(a[1]));
    return ofReals(real(a[0]), real(a[1]));
}

template<typename Compare>
IValue comparison(const Arguments& a, Compare compare)
{
    if (isInteger(a.at(0)) && isInteger(a.at(1)))
        return compare(integer(a[0]), integer(a[1]));
    return compare(real(a[0]), real(a[1]));
}

IValue power(const Arguments& a)
{
    if (!isInteger(a.at(0)) || !isInteger(a.at(1)) || integer(a[1]) < 0)
        return std::pow(real(a[0]), real(a[1]));
    std::int64_t result = 1;
    const std::int64_t base = integer(a[0]);
    if (base >= -1 && base <= 1) // never overflows, however large the exponent is
        return base == -1 && integer(a[1]) % 2 == 0 ? 1 : integer(a[1]) == 0 ? 1 : base;
    for (std::int64_t i = integer(a[1]); i > 0; --i)
        result = multiply(result, base);
    return result;
}

/// To an integer by one of trunc, floor, ceil, nearbyint.
template<typename Round>
IValue rounded(const Arguments& a, Round round)
{
    if (isInteger(a.at(0)))
        return integer(a[0]);
    const double value = round(real(a[0]));
    if (!(std::abs(value) < 9.2e18))
        throw std::overflow_error("a number is too large to be rounded");
    return static_cast<std::int64_t>(value);
}

IValue sum(const Arguments& a)
{
    std::int64_t total = 0;
    for (const IValue& value : a.at(0).toListRef())
        total = add(total, integer(value));
    return total;
}

const std::map<std::string, NumberFunction>& functions()
{
    using A = const Arguments&;
    static const std::map<std::string, NumberFunction> table {
        {"add", [](A a) { return arithmetic(a, add, std::plus<>()); }},
        {"sub", [](A a) { return arithmetic(a, subtract, std::minus<>()); }},
        {"mul", [](A a) { return arithmetic(a, multiply, std::multiplies<>()); }},
        {"truediv", [](A a) { return IValue(real(a.at(0)) / real(a.at(1))); }},
        {"floordiv",
         [](A a) {
             return arithmetic(a, floorDivide,
                               [](double x, double y) { return std::floor(x / y); });
         }},
        {"mod",
         [](A a) {
             return arithmetic(
                 a, [](std::int64_t x, std::int64_t y) { return x - floorDivide(x, y) * y; },
                 [](double x, double y) { return x - std::floor(x / y) * y; });
         }},
        {"pow", power},
        {"neg",
         [](A a) {
             return isInteger(a.at(0)) ? IValue(subtract(0, integer(a[0]))) : IValue(-real(a[0]));
         }},
        {"pos", [](A a) { return a.at(0); }},
        {"abs",
         [](A a) {
             if (!isInteger(a.at(0)))
                 return IValue(std::abs(real(a[0])));
             const std::int64_t value = integer(a[0]);
             return IValue(value < 0 ? subtract(0, value) : value);
         }},
        {"eq", [](A a) { return comparison(a, std::equal_to<>()); }},
        {"ne", [](A a) { return comparison(a, std::not_equal_to<>()); }},
        {"lt", [](A a) { return comparison(a, std::less<>()); }},
        {"le", [](A a) { return comparison(a, std::less_equal<>()); }},
        {"gt", [](A a) { return comparison(a, std::greater<>()); }},
        {"ge", [](A a) { return comparison(a, std::greater_equal<>()); }},
        {"and_",
         [](A a) {
             return a.at(0).isBool() && a.at(1).isBool() ? IValue(a[0].toBool() && a[1].toBool())
                                                         : IValue(integer(a[0]) & integer(a[1]));
         }},
        {"or_",
         [](A a) {
             return a.at(0).isBool() && a.at(1).isBool() ? IValue(a[0].toBool() || a[1].toBool())
                                                         : IValue(integer(a[0]) | integer(a[1]));
         }},
        {"not", [](A a) { return IValue(!isTrue(a.at(0))); }},
        {"max",
         [](A a) {
             return arithmetic(
                 a, [](std::int64_t x, std::int64_t y) { return std::max(x, y); },
                 [](double x, double y) { return std::max(x, y); });
         }},
        {"min",
         [](A a) {
             return arithmetic(
                 a, [](std::int64_t x, std::int64_t y) { return std::min(x, y); },
                 [](double x, double y) { return std::min(x, y); });
         }},
        {"sum", sum},
        {"ite", [](A a) { return isTrue(a.at(0)) ? a.at(1) : a.at(2); }},
        {"float", [](A a) { return IValue(real(a.at(0))); }},
        {"sqrt", [](A a) { return IValue(std::sqrt(real(a.at(0)))); }},
        {"trunc", [](A a) { return rounded(a, [](double v) { return std::trunc(v); }); }},
        {"floor", [](A a) { return rounded(a, [](double v) { return std::floor(v); }); }},
        {"ceil", [](A a) { return rounded(a, [](double v) { return std::ceil(v); }); }},
        {"round", [](A a) { return rounded(a, [](double v) { return std::nearbyint(v); }); }}};
    return table;
}

} // namespace

NumberFunction numberFunction(const std::string& target)
{
    // Several Python names for one thing.
    static const std::map<std::string, std::string> others {
        {"torch.sym_not", "not"},   {"torch.sym_int", "trunc"},  {"torch.sym_float", "float"},
        {"torch.sym_max", "max"},   {"torch.sym_min", "min"},    {"torch.sym_sum", "sum"},
        {"torch.sym_sqrt", "sqrt"}, {"torch._sym_sqrt", "sqrt"}, {"torch.sym_ite", "ite"},
        {"math.trunc", "trunc"},    {"math.ceil", "ceil"},       {"math.floor", "floor"},
        {"math.sqrt", "sqrt"},      {"builtins.round", "round"}, {"builtins.abs", "abs"},
        {"builtins.max", "max"},    {"builtins.min", "min"},     {"_operator.not_", "not"}};
    constexpr std::string_view operators = "_operator.";
    std::string name;
    if (const auto other = others.find(target); other != others.end())
        name = other->second;
    else if (target.compare(0, operators.size(), operators) == 0)
        name = target.substr(operators.size());
    const auto found = functions().find(name);
    return found == functions().end() ? nullptr : found->second;
}

bool isTrue(const c10::IValue& value)
{
    if (value.isTensor())
        return value.toTensor().item().toBool();
    return value.isDouble() ? value.toDouble() != 0 : integer(value) != 0;
}

} // namespace bitfront::exported
