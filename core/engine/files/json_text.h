// SPDX-License-Identifier: GPL-3.0-or-later
// JSON from files of unknown origin.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace bitfront {

/// Parses a document whose brackets are nested at most `maxDepth` deep. Throws Error(BadFormat)
/// saying where it stops making sense, or which key stands twice in an object; `what` is what the
/// text should be ("the token file").
nlohmann::ordered_json parseBoundedJson(std::span<const std::uint8_t> bytes, int maxDepth,
                                        const std::string& what);

} // namespace bitfront
