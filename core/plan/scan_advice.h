// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan says about a model, in sentences and a table: which layers and kinds of layer cost
// most at which bits, instead of rules by model family.
#pragma once

#include "core/plan/layer_info.h"
#include "core/plan/sensitivity.h"

#include <string>
#include <vector>

namespace bitfront {

/// A unit at one width of codes, in its best format of that width.
struct WidthCost
{
    int bits = 0;
    std::size_t option = 0; ///< 0: there is none that was measured
    double energy = 0; ///< over all outputs
};

struct UnitCosts
{
    std::size_t unit = 0;
    double weightShare = 0; ///< of the elements of all units, 0 … 1
    std::vector<WidthCost> widths; ///< of scanWidths(), in its order
};

/// Code widths for which at least one option was measured, falling.
std::vector<int> scanWidths(const ScanSpace& space, const Sensitivity& sensitivity);
/// One entry per unit, in the model's order.
std::vector<UnitCosts> unitCosts(const ScanSpace& space, const Sensitivity& sensitivity);

/// One fact a sentence. Empty when too little was measured.
std::vector<std::string> scanAdvice(const ScanSpace& space, const ModelInfo& model,
                                    const Sensitivity& sensitivity);

} // namespace bitfront
