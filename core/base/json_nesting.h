// SPDX-License-Identifier: GPL-3.0-or-later
// How deep JSON of unknown origin is nested.
#pragma once

#include <string_view>

namespace bitfront {

/// Whether brackets of a JSON text are nested more than `limit` deep. Asked before parsing: a
/// parser takes memory, and copies of what it made take stack, for every level of a hostile file.
bool isNestedDeeper(std::string_view text, int limit);

} // namespace bitfront
