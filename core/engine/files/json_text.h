// SPDX-License-Identifier: GPL-3.0-or-later
// JSON from files of unknown origin.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace bitfront {

/// Whether brackets of a JSON text are nested more than `limit` deep. Asked before parsing: a
/// parser takes memory, and copies of what it made take stack, for every level of a hostile file.
bool isNestedDeeper(std::span<const std::uint8_t> bytes, int limit);

/// Parses a document whose brackets are nested at most `maxDepth` deep. Throws Error(BadFormat)
/// saying where it stops making sense; `what` is what the text should be ("the token file").
nlohmann::ordered_json parseBoundedJson(std::span<const std::uint8_t> bytes, int maxDepth,
                                        const std::string& what);

} // namespace bitfront
