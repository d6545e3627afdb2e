// SPDX-License-Identifier: GPL-3.0-or-later
// A TorchScript file is a program. Before LibTorch may read it (reading alone can run parts of it),
// its code is searched for operators that reach out of the model.
#pragma once

#include "core/engine/files/zip_archive.h"

#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

/// First forbidden operator in TorchScript source: "torch.save", "ops.c10d.send". Operators that
/// touch files, and all namespaces but those of PyTorch's own arithmetic, are forbidden.
std::optional<std::string> forbiddenOperator(std::string_view code);

/// Checks all code of the archive. Throws Error(UnsupportedModel) naming operator and file.
void refuseForbiddenOperators(const ZipArchive& zip);

} // namespace bitfront
