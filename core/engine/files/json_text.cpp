// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/json_text.h"

#include "core/base/error.h"
#include "core/base/json_nesting.h"
#include "core/base/printable.h"

#include <set>
#include <vector>

namespace bitfront {

nlohmann::ordered_json parseBoundedJson(std::span<const std::uint8_t> bytes, int maxDepth,
                                        const std::string& what)
{
    if (isNestedDeeper({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, maxDepth))
        throw Error(ErrorCode::BadFormat,
                    "The brackets of " + what + " are nested more than " + std::to_string(maxDepth)
                        + " deep.",
                    "Write lists of numbers, or lists of such lists.");
    using Json = nlohmann::ordered_json;
    std::vector<std::set<std::string>> keys; // of the objects that are open
    const auto refuseTwins = [&](int, Json::parse_event_t event, const Json& parsed) {
        if (event == Json::parse_event_t::object_start)
            keys.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            keys.pop_back();
        else if (event == Json::parse_event_t::key
                 && !keys.back().insert(parsed.get<std::string>()).second)
            throw Error(ErrorCode::BadFormat,
                        "The key “" + printable(parsed.get<std::string>()) + "” stands twice in "
                            + what + '.',
                        "Give every tensor a name of its own.");
        return true;
    };
    try {
        return Json::parse(bytes.begin(), bytes.end(), refuseTwins);
    } catch (const nlohmann::json::parse_error& error) {
        throw Error(ErrorCode::BadFormat,
                    "Not valid JSON: " + what + " stops making sense at byte "
                        + std::to_string(error.byte) + '.',
                    "Check brackets, commas and quotes there.");
    } catch (const nlohmann::json::exception&) {
        throw Error(ErrorCode::BadFormat,
                    "Not valid JSON: " + what + " holds a number that is too large.",
                    "Write plain numbers.");
    }
}

} // namespace bitfront
