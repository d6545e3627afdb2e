// SPDX-License-Identifier: GPL-3.0-or-later
// Reading JSON of unknown origin: every missing or wrong field is an error with its name.
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bitfront::exported {

using Json = nlohmann::json;

[[noreturn]] inline void badProgram(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The program in the file is damaged: " + what + '.',
                "Export and save the model again.");
}

inline const Json& field(const Json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end())
        badProgram(std::string("it lacks “") + name + "”");
    return *found;
}

template<typename T>
T valueOf(const Json& json, const char* name)
{
    try {
        // nlohmann would convert fractions; 1e300 is undefined behaviour.
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
            if (!json.is_number_integer())
                badProgram(std::string("“") + name + "” is no whole number");
        return json.get<T>();
    } catch (const Json::exception&) {
        badProgram(std::string("“") + name + "” is not what it should be");
    }
}

template<typename T>
T fieldOf(const Json& object, const char* name)
{
    return valueOf<T>(field(object, name), name);
}

/// Null and missing give `fallback`.
template<typename T>
T fieldOr(const Json& object, const char* name, T fallback)
{
    if (!object.is_object())
        return fallback;
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? fallback : valueOf<T>(*found, name);
}

/// An element of a list or object that must be one of these.
inline const Json& arrayField(const Json& object, const char* name)
{
    const Json& array = field(object, name);
    if (!array.is_array())
        badProgram(std::string("“") + name + "” is not a list");
    return array;
}

/// A union of the schema: an object with one entry that is its kind.
struct Tagged
{
    std::string tag;
    const Json& value;
};
inline Tagged tagged(const Json& object)
{
    if (!object.is_object() || object.size() != 1)
        badProgram("a value has no kind");
    return {object.begin().key(), object.begin().value()};
}

/// Parses text. Throws Error(BadFormat) for anything but one JSON value.
Json parseJson(const std::string& text, const std::string& what);

} // namespace bitfront::exported
