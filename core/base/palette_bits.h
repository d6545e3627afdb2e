// SPDX-License-Identifier: GPL-3.0-or-later
// Which widths the indices of a palette may have: asked by the kernels and by readers of files.
#pragma once

namespace bitfront {

/// 1, 2, 3, 4, 6 or 8 bits, as coreai-opt.
constexpr bool isPaletteWidth(int bits)
{
    return (bits >= 1 && bits <= 4) || bits == 6 || bits == 8;
}

} // namespace bitfront
