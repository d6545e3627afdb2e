// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/weight_lists.h"

#include "core/engine/torch/torch_tensors.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace bitfront {

namespace jit = torch::jit;

namespace {

/// An attribute of a class, with the parameters that its list holds in every module of the class.
using ListKey = std::pair<const c10::ClassType*, std::string>;

struct WeightList
{
    std::vector<std::string> parameters; ///< names of attributes
    std::vector<std::string> owners; ///< qualified names of the modules
    std::vector<jit::Module> modules;
    std::vector<jit::Node*> reads;
    bool isReadOnly = true;
};
using WeightLists = std::map<ListKey, WeightList>;

/// Names of the module's own parameters that are the list's elements; empty when one is not.
std::vector<std::string> parametersOf(const jit::Module& module, const c10::List<at::Tensor>& list)
{
    std::vector<std::string> names;
    for (const at::Tensor& element : list) {
        std::string found;
        for (const auto& parameter : module.named_parameters(/*recurse=*/false))
            if (found.empty() && sameTensor(parameter.value, element))
                found = parameter.name;
        if (found.empty())
            return {};
        names.push_back(std::move(found));
    }
    return names;
}

WeightLists findLists(const jit::Module& root)
{
    WeightLists lists;
    for (const auto& [name, module] : root.named_modules()) {
        const c10::ClassTypePtr type = module.type();
        for (std::size_t i = 0; i < type->numAttributes(); ++i) {
            const c10::IValue value = module._ivalue()->getSlot(i);
            if (!value.isTensorList() || value.toTensorList().empty())
                continue;
            std::vector<std::string> parameters = parametersOf(module, value.toTensorList());
            WeightList& list = lists[{type.get(), type->getAttributeName(i)}];
            // Code is shared by all modules of a class: their lists must be alike.
            if (list.modules.empty())
                list.parameters = parameters;
            list.isReadOnly =
                list.isReadOnly && !parameters.empty() && list.parameters == parameters;
            list.owners.push_back(name);
            list.modules.push_back(module);
        }
    }
    return lists;
}

bool onlyReads(const jit::Node* node)
{
    static const std::set<std::string_view> names {
        "aten::lstm",        "aten::gru",        "aten::rnn_tanh", "aten::rnn_relu", "aten::len",
        "aten::__getitem__", "prim::ListUnpack", "aten::__is__",   "aten::cat",      "aten::stack"};
    return names.count(node->kind().toQualString()) > 0;
}

void collectReads(jit::Block* block, WeightLists& lists)
{
    for (jit::Node* node : block->nodes()) {
        for (jit::Block* inner : node->blocks())
            collectReads(inner, lists);
        const bool isRead = node->kind() == c10::prim::GetAttr;
        if (!isRead && node->kind() != c10::prim::SetAttr)
            continue;
        const auto type = node->input(0)->type()->cast<c10::ClassType>();
        const auto found = type ? lists.find({type.get(), node->s(c10::attr::name)}) : lists.end();
        if (found == lists.end())
            continue;
        WeightList& list = found->second;
        list.reads.push_back(node);
        const auto& uses = node->outputs().empty() ? jit::use_list {} : node->output()->uses();
        list.isReadOnly = list.isReadOnly && isRead
            && std::all_of(uses.begin(), uses.end(),
                           [](const jit::Use& use) { return onlyReads(use.user); });
    }
}

void replaceRead(jit::Node* node, const std::vector<std::string>& parameters)
{
    jit::Graph& graph = *node->owningGraph();
    const jit::WithInsertPoint before(node);
    std::vector<jit::Value*> values;
    for (const std::string& name : parameters)
        values.push_back(graph.insertGetAttr(node->input(0), name));
    jit::Node* const list = graph.insertNode(graph.createList(c10::TensorType::get(), values));
    node->output()->replaceAllUsesWith(list->output());
    node->destroy();
}

} // namespace

std::set<std::string> unpackWeightLists(const jit::Module& module)
{
    WeightLists lists = findLists(module);
    if (lists.empty())
        return {};
    std::set<const c10::ClassType*> seen;
    for (const jit::Module& part : module.modules()) {
        if (!seen.insert(part.type().get()).second)
            continue;
        for (torch::jit::Function* method : part.type()->methods())
            if (jit::GraphFunction* const code = jit::tryToGraphFunction(*method)) {
                code->ensure_defined();
                collectReads(code->graph()->block(), lists);
            }
    }
    std::set<std::string> outOfReach;
    for (const auto& [key, list] : lists) {
        if (list.isReadOnly) {
            for (jit::Node* read : list.reads)
                replaceRead(read, list.parameters);
            for (const jit::Module& owner : list.modules)
                owner._ivalue()->setAttr(key.second, c10::List<at::Tensor>());
            continue;
        }
        for (std::size_t i = 0; i < list.modules.size() && !list.reads.empty(); ++i)
            for (const std::string& name :
                 parametersOf(list.modules[i], list.modules[i].attr(key.second).toTensorList()))
                outOfReach.insert(list.owners[i].empty() ? name : list.owners[i] + '.' + name);
    }
    return outOfReach;
}

} // namespace bitfront
