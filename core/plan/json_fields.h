// SPDX-License-Identifier: GPL-3.0-or-later
// Reading fields of JSON objects with errors that name the field. Private to the JSON readers.
#pragma once

#include "core/base/error.h"
#include "core/plan/json.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bitfront::detail {

[[noreturn]] inline void badField(const std::string& field, const std::string& problem)
{
    throw Error(ErrorCode::BadFormat, "The field '" + field + "' " + problem + ".", {}, field);
}

inline const nlohmann::json& member(const nlohmann::json& object, const char* key)
{
    if (!object.is_object())
        badField(key, "is missing: no object here");
    const auto found = object.find(key);
    if (found == object.end())
        badField(key, "is missing");
    return *found;
}

template<typename T>
bool fits(const nlohmann::json& value)
{
    if (value.is_number_unsigned())
        return std::in_range<T>(value.get<std::uint64_t>());
    return value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
}

template<typename T>
constexpr bool kIsWholeNumber = std::is_integral_v<T> && !std::is_same_v<T, bool>;

template<typename T>
struct IsWholeList : std::false_type
{
};
template<typename T>
struct IsWholeList<std::vector<T>> : std::bool_constant<kIsWholeNumber<T>>
{
};

template<typename T>
T convert(const nlohmann::json& value, const char* key)
{
    try {
        if constexpr (std::is_same_v<T, double>) {
            const bool word = value == "NaN" || value == "Infinity" || value == "-Infinity";
            if (!value.is_number() && !word)
                badField(key, "is not a number");
            return numberFromJson(value);
        } else if constexpr (kIsWholeNumber<T>) {
            // nlohmann would silently truncate 1.5 and wrap -1; 1e300 is undefined behaviour.
            if (!fits<T>(value))
                badField(key, "is not a whole number in range");
            return value.get<T>();
        } else if constexpr (IsWholeList<T>::value) {
            if (!value.is_array())
                badField(key, "is not a list");
            T list;
            for (const nlohmann::json& one : value)
                list.push_back(convert<typename T::value_type>(one, key));
            return list;
        } else {
            return value.get<T>();
        }
    } catch (const nlohmann::json::exception&) {
        badField(key, "has the wrong type");
    }
}

template<typename T>
T read(const nlohmann::json& object, const char* key)
{
    return convert<T>(member(object, key), key);
}

/// `fallback` where the field is absent or null: fields added later, optional ones.
template<typename T>
T readOr(const nlohmann::json& object, const char* key, T fallback)
{
    if (!object.is_object())
        badField(key, "is missing: no object here");
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? fallback : convert<T>(*found, key);
}

/// More elements than any tensor or model has, and more bits than they take: sums and products of
/// what is read stay within 64 bits.
inline constexpr std::int64_t kMaxElements = std::int64_t {1} << 48;
inline constexpr std::int64_t kMaxBits = std::int64_t {1} << 54;

/// A count from 0 to `largest`.
inline std::int64_t readCount(const nlohmann::json& object, const char* key, std::int64_t largest)
{
    const auto count = read<std::int64_t>(object, key);
    if (count < 0 || count > largest)
        badField(key, "is negative or too large");
    return count;
}

/// The extents of a tensor, whose product is at most kMaxElements in any order.
inline std::vector<std::int64_t> readShape(const nlohmann::json& object, const char* key)
{
    auto shape = read<std::vector<std::int64_t>>(object, key);
    std::int64_t elements = 1;
    for (const std::int64_t extent : shape) {
        if (extent < 0)
            badField(key, "has a negative extent");
        const std::int64_t factor = extent == 0 ? 1 : extent;
        if (elements > kMaxElements / factor)
            badField(key, "is of too many elements");
        elements *= factor;
    }
    return shape;
}

/// Adds to a sum that may not exceed `largest`; `field` is the one whose entries are added up.
inline void addChecked(std::int64_t& sum, std::int64_t value, std::int64_t largest,
                       const char* field)
{
    if (value > largest - sum)
        badField(field, "adds up to too much");
    sum += value;
}

/// A value stored by its name; `parse` maps names to std::optional.
template<typename Parse>
auto readNamed(const nlohmann::json& object, const char* key, Parse parse)
{
    const auto text = read<std::string>(object, key);
    const auto value = parse(std::string_view(text));
    if (!value)
        badField(key, "has the unknown value '" + text + "'");
    return *value;
}

/// Names of the library's enums are string views; nlohmann wants strings.
template<typename Enum>
std::string text(Enum value)
{
    return std::string(name(value));
}

} // namespace bitfront::detail
