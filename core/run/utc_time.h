// SPDX-License-Identifier: GPL-3.0-or-later
// The time of day as run folders write it.
#pragma once

#include <string>

namespace bitfront {

/// Now, ISO 8601 in UTC: "2026-01-02T03:04:05Z".
std::string utcTimeText();

} // namespace bitfront
