// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/json_text.h"

#include "core/base/error.h"

namespace bitfront {

bool isNestedDeeper(std::span<const std::uint8_t> bytes, int limit)
{
    int depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t c = bytes[i];
        if (inText) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inText = false;
        } else if (c == '"') {
            inText = true;
        } else if (c == '[' || c == '{') {
            if (++depth > limit)
                return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

nlohmann::ordered_json parseBoundedJson(std::span<const std::uint8_t> bytes, int maxDepth,
                                        const std::string& what)
{
    if (isNestedDeeper(bytes, maxDepth))
        throw Error(ErrorCode::BadFormat,
                    "The brackets of " + what + " are nested more than " + std::to_string(maxDepth)
                        + " deep.",
                    "Write lists of numbers, or lists of such lists.");
    try {
        return nlohmann::ordered_json::parse(bytes.begin(), bytes.end());
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
