// SPDX-License-Identifier: GPL-3.0-or-later
// The data of tensors as pickles of PyTorch describe it: a storage of a type, and a strided view.
#pragma once

#include "core/engine/files/tensor_file.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bitfront {

/// Type of "torch.FloatStorage" or "torch.float32"; nothing for types that no input has.
std::optional<DType> storedTypeNamed(std::string_view name);

/// Fills `tensor`, whose type and shape are set, from a view of `storage`: strides and offset in
/// elements, one stride per axis. Throws Error(BadFormat) where the view leaves the storage.
void copyStrided(RawTensor& tensor, const std::vector<std::int64_t>& strides, std::int64_t offset,
                 const std::vector<std::uint8_t>& storage);

} // namespace bitfront
