// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensor of an inputs file goes to which argument of forward(), and whether it holds real
// data.
#pragma once

#include "core/plan/input_options.h"
#include "core/plan/layer_info.h"

#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// What an inputs file offers. `ordered`: the file's order is the author's (tuple, list, dict of a
/// .pt, a single tensor), so tensors may be bound by it when no name fits.
struct OfferedInputs
{
    std::vector<std::string> names;
    bool ordered = false;
};

/// Of an input that no argument gets.
inline constexpr std::size_t kUnbound = static_cast<std::size_t>(-1);

/// Index into `arguments` for every offered input. `wanted` first; the rest by name when any name
/// fits, else by order. With `wanted`, inputs that fit nothing stay kUnbound; without, they are an
/// error. Throws Error(InputMismatch) that lists what the model takes and what the file holds;
/// Error(BadArgument) when `wanted` names what there is not.
std::vector<std::size_t> bindInputs(const OfferedInputs& offered,
                                    const std::vector<ArgumentInfo>& arguments,
                                    const std::vector<InputBinding>& wanted = {});

/// "ids: Tensor, mask: Tensor (optional)"
std::string argumentsText(const std::vector<ArgumentInfo>& arguments);

/// Whether neighbours along every spatial axis are uncorrelated, as plain random numbers are: such
/// inputs often make a compressed model look better than it is. False when there are too few
/// values.
bool looksLikeNoise(std::span<const float> values, std::span<const std::int64_t> shape);

} // namespace bitfront
