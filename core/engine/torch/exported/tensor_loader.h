// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of an archive: views into storages that are read once, so that tied weights stay
// tied.
#pragma once

#include "core/engine/exported/archive.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace bitfront::exported {

/// By qualified name. Copies the bytes. Throws Error: BadFormat for a tensor that reaches beyond
/// its storage, UnsupportedModel for a type or layout that is not known.
std::map<std::string, at::Tensor> loadTensors(const Archive& archive, const FileBytes& bytes);

} // namespace bitfront::exported
