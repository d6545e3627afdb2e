// SPDX-License-Identifier: GPL-3.0-or-later
// Which values of a file belong to the same pass of the model.
#pragma once

#include "core/engine/inputs/input_file.h"

namespace bitfront {

/// Names "0/x", "1/x" or "batch_0/x" … (with a slash or a dot) mean batches; other names leave one.
std::vector<InputBatch> groupByPrefix(InputBatch all);

/// What torch.save() was given: a tensor; a dict of argument names; a tuple or list of arguments; a
/// pair (tuple, dict) of positional and named ones; or a list of tuples or dicts, each a batch.
/// Throws Error(InputMismatch) for texts.
void addTorchValue(const DataValue& value, InputFile& file);

/// Cuts a single batch into several of options.batchSize samples along the first dimension, which
/// all its tensors must share; numbers are repeated. Throws Error(InputMismatch).
void splitBatches(InputFile& file);

/// Throws Error(InputMismatch) unless all batches offer the same names.
void refuseUnlike(const InputFile& file);

} // namespace bitfront
