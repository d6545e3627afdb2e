// SPDX-License-Identifier: GPL-3.0-or-later
// The export schema has enumerations of its own; here they become LibTorch's.
#pragma once

#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include <cstdint>

namespace bitfront::exported {

/// All throw Error(UnsupportedModel) for a code that is not known here.
c10::ScalarType scalarTypeOf(std::int64_t code);
c10::Layout layoutOf(std::int64_t code);
c10::MemoryFormat memoryFormatOf(std::int64_t code);

} // namespace bitfront::exported
