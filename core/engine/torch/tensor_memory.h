// SPDX-License-Identifier: GPL-3.0-or-later
// Memory of LibTorch's tensors. Forward passes take and give back the same large blocks again and
// again; the C library either asks the system for each anew or, aligned as tensors want them,
// cannot reuse them and grows to several times what is needed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bitfront {

/// Makes LibTorch take the memory of its CPU tensors from here, once per process; further calls do
/// nothing. Blocks of 128 KiB and more are kept for reuse when freed, up to 64 MiB in all.
void installTensorMemory();

/// Large blocks since the start, for tests.
struct TensorMemoryStats
{
    std::int64_t requests = 0; ///< large blocks asked for
    std::int64_t reused = 0; ///< of them, those that came from a freed one
    std::size_t idleBytes = 0; ///< kept at the moment
};
TensorMemoryStats tensorMemoryStats();

} // namespace bitfront
