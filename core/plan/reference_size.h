// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes as the reference's own script counts them, flaws included (numerics, section 7.1), so that
// its published tables can be compared. Bitfront's figures are those of SizeAccount.
#pragma once

#include "core/plan/layer_info.h"
#include "core/plan/layer_storage.h"

#include <vector>

namespace bitfront {

/// What scripts/compression_metrics.py of the reference says about a model compressed in eager
/// mode.
struct ReferenceSize
{
    double averageBits = 16; ///< code bits only, over parameters named "weight"
    double megabytes = 0; ///< MiB of parameters named "weight", a shared one once per owner
    double compressionRatio = 1; ///< fp16 size of all parameters over `megabytes`
};

/// `layers` are those of planStorage(model, ...), in the same order.
ReferenceSize referenceSize(const ModelInfo& model, const std::vector<LayerStorage>& layers);

} // namespace bitfront
