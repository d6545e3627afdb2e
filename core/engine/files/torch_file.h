// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what torch.save() wrote, without running anything: a machine for pickles that knows plain
// containers, numbers, text and tensors, and refuses all else by name. LibTorch's own reader trusts
// sizes and strides of the file, and knows fewer kinds of pickles.
#pragma once

#include "core/engine/files/data_value.h"
#include "core/engine/files/zip_archive.h"

#include <span>

namespace bitfront {

/// Content of a torch.save() archive (PyTorch 1.6 and newer, any pickle protocol). Throws
/// Error(BadFormat): an object that is neither tensor nor plain container (named; nothing of it was
/// run), damage, tensors beyond their storage, more data than the file can hold.
DataValue readTorchFile(std::span<const std::uint8_t> bytes);

} // namespace bitfront
