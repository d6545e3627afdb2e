// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/utc_time.h"

#include <array>
#include <ctime>

namespace bitfront {

std::string utcTimeText()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc {};
    gmtime_r(&now, &utc);
    std::array<char, 32> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

} // namespace bitfront
