// SPDX-License-Identifier: GPL-3.0-or-later
// What a file of data holds, as a tree: tensors, numbers and text in plain containers.
#pragma once

#include "core/engine/files/tensor_file.h"

#include <string>
#include <utility>
#include <vector>

namespace bitfront {

struct DataValue
{
    enum class Kind
    {
        None,
        Bool,
        Int,
        Float,
        Text,
        Tensor,
        List,
        Tuple,
        Dict
    };

    Kind kind = Kind::None;
    bool truth = false;
    std::int64_t integer = 0;
    double number = 0;
    std::string text;
    RawTensor tensor; ///< its name is empty
    std::vector<DataValue> items; ///< of a list, tuple or dict
    std::vector<std::string> keys; ///< of a dict, one per item, in the order of the file

    static DataValue of(RawTensor tensor)
    {
        DataValue value;
        value.kind = Kind::Tensor;
        value.tensor = std::move(tensor);
        return value;
    }
    bool isSequence() const { return kind == Kind::List || kind == Kind::Tuple; }
    bool isContainer() const { return isSequence() || kind == Kind::Dict; }
    /// What forward() may be given as one argument: a tensor or a number.
    bool isLeaf() const { return !isContainer() && kind != Kind::None && kind != Kind::Text; }
    /// "a tensor", "a text", "a list", … for messages.
    const char* kindText() const;
};

} // namespace bitfront
