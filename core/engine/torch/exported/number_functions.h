// SPDX-License-Identifier: GPL-3.0-or-later
// Python functions on numbers that programs with symbolic sizes call between their operators.
#pragma once

#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

namespace bitfront::exported {

/// Takes integers, floats and truth values as Python does. Throws std::exception for wrong ones.
using NumberFunction = c10::IValue (*)(const std::vector<c10::IValue>& arguments);

/// The function of a node's target ("_operator.floordiv", "math.ceil", "torch.sym_max"), or null.
NumberFunction numberFunction(const std::string& target);

/// Whether a number or a tensor of one element is true in Python.
bool isTrue(const c10::IValue& value);

} // namespace bitfront::exported
