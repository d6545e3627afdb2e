// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/exported/stored_inputs.h"

#include "core/base/error.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/torch_file.h"
#include "core/engine/inputs/batches.h"

#include <algorithm>

namespace bitfront::exported {

namespace {

[[noreturn]] void doNotFit()
{
    throw Error(ErrorCode::BadFormat,
                "The example inputs in the model file do not fit its program.",
                "Export the model again, or give a file of inputs.");
}

/// Leaves in the order of the program's arguments.
void collectLeaves(const TreeSpec& tree, const DataValue& value,
                   std::vector<const DataValue*>& leaves)
{
    if (tree.kind == TreeSpec::Kind::Leaf) {
        leaves.push_back(&value);
        return;
    }
    if (tree.children.size() != value.items.size())
        doNotFit();
    const bool byKey = tree.kind == TreeSpec::Kind::Keyed && value.kind == DataValue::Kind::Dict;
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
        std::size_t item = i;
        if (byKey) {
            const auto key = std::find(value.keys.begin(), value.keys.end(), tree.keys[i]);
            if (key == value.keys.end())
                doNotFit();
            item = static_cast<std::size_t>(key - value.keys.begin());
        }
        collectLeaves(tree.children[i], value.items[item], leaves);
    }
}

/// Whether each leaf is an argument that may differ from the export's.
std::vector<bool> freeLeaves(const Program& program)
{
    std::vector<bool> free;
    for (const InputSpec& spec : program.inputs)
        if (spec.kind == InputSpec::Kind::User || spec.kind == InputSpec::Kind::Fixed)
            free.push_back(spec.kind == InputSpec::Kind::User);
    return free;
}

} // namespace

InputFile readStoredInputs(const std::vector<std::uint8_t>& bytes, const Program& program,
                           const InputOptions& options)
{
    validate(options);
    ZipArchive(bytes).checkStored();
    const DataValue arguments = readTorchFile(bytes);
    std::vector<const DataValue*> leaves;
    collectLeaves(program.inputTree, arguments, leaves);
    const std::vector<std::string> names = argumentLeafNames(program);
    const std::vector<bool> free = freeLeaves(program);
    if (leaves.size() != names.size() || leaves.size() != free.size())
        doNotFit();
    InputFile file;
    file.options = options;
    file.sha256 = sha256Hex(bytes);
    file.batches.emplace_back();
    for (std::size_t i = 0; i < leaves.size(); ++i)
        if (free[i])
            file.batches.front().values.push_back({names[i], *leaves[i]});
    splitBatches(file);
    return file;
}

} // namespace bitfront::exported
