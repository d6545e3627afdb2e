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
T convert(const nlohmann::json& value, const char* key)
{
    try {
        if constexpr (std::is_same_v<T, double>) {
            const bool word = value == "NaN" || value == "Infinity" || value == "-Infinity";
            if (!value.is_number() && !word)
                badField(key, "is not a number");
            return numberFromJson(value);
        } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
            // nlohmann would silently truncate 1.5 and wrap -1.
            if (!fits<T>(value))
                badField(key, "is not a whole number in range");
            return value.get<T>();
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
