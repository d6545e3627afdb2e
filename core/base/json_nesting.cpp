// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_nesting.h"

#include <cstddef>

namespace bitfront {

bool isNestedDeeper(std::string_view text, int limit)
{
    int depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
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

} // namespace bitfront
