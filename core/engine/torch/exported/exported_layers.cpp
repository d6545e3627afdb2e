// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/exported_layers.h"

#include "core/engine/torch/exported/weight_uses.h"

#include <algorithm>

namespace bitfront::exported {

namespace {

using Classes = std::map<std::string, std::string>; ///< by qualified name of the module

std::pair<std::string, std::string> splitName(const std::string& qualifiedName)
{
    const std::size_t dot = qualifiedName.rfind('.');
    return dot == std::string::npos
        ? std::pair {std::string(), qualifiedName}
        : std::pair {qualifiedName.substr(0, dot), qualifiedName.substr(dot + 1)};
}

/// One entry "key,path,class" of a module stack; keys may hold commas, paths and classes do not.
void readStackEntry(const std::string& entry, Classes& classes)
{
    const std::size_t last = entry.rfind(',');
    const std::size_t before =
        last == std::string::npos || last == 0 ? last : entry.rfind(',', last - 1);
    if (before == std::string::npos || last == std::string::npos)
        return;
    std::string path = entry.substr(before + 1, last - before - 1);
    path.erase(std::min(path.find('@'), path.size())); // "seq.0@1": called again
    std::string name = entry.substr(last + 1);
    constexpr std::string_view script = "__main__.";
    if (name.compare(0, script.size(), script) == 0)
        name.erase(0, script.size());
    classes.emplace(std::move(path), std::move(name));
}

void readClasses(const Graph& graph, Classes& classes)
{
    for (const Node& node : graph.nodes) {
        for (std::size_t start = 0; start < node.moduleStack.size();) {
            const std::size_t end =
                std::min(node.moduleStack.find(';', start), node.moduleStack.size());
            readStackEntry(node.moduleStack.substr(start, end - start), classes);
            start = end + 1;
        }
        for (const NamedArgument& input : node.inputs)
            if (input.value.graph)
                readClasses(*input.value.graph, classes);
    }
}

bool isNumber(const std::string& text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// Modules whose forward() is never called leave no trace in the nodes: containers, and attention's
/// output projection, whose weight is used by its owner.
void guessClass(const std::string& module, const std::vector<std::string>& modules,
                Classes& classes)
{
    if (classes.count(module) > 0)
        return;
    const auto [parent, name] = splitName(module);
    const auto owner = classes.find(parent);
    if (name == "out_proj" && owner != classes.end()
        && owner->second.find("MultiheadAttention") != std::string::npos) {
        classes[module] = "torch.nn.modules.linear.NonDynamicallyQuantizableLinear";
        return;
    }
    bool any = false, numbered = true;
    for (const std::string& other : modules)
        if (splitName(other).first == module && other != module) {
            any = true;
            numbered = numbered && isNumber(splitName(other).second);
        }
    if (any && numbered)
        classes[module] = "torch.nn.modules.container.ModuleList";
}

struct Owner
{
    std::string parameter;
    const ExportedParameter* facts;
};

} // namespace

std::vector<int> collectLayers(const Program& program, const CompiledGraph& graph,
                               const std::vector<ExportedParameter>& parameters,
                               LayerCollector& collector)
{
    std::vector<std::string> modules = program.modules;
    std::map<std::string, std::vector<Owner>> owned;
    std::vector<int> slots;
    for (const ExportedParameter& parameter : parameters) {
        auto [module, name] = splitName(parameter.name);
        if (std::find(modules.begin(), modules.end(), module) == modules.end())
            modules.push_back(module);
        owned[module].push_back({std::move(name), &parameter});
        slots.push_back(parameter.slot);
    }
    Classes classes;
    readClasses(program.graph, classes);
    const std::map<int, WeightUse> uses = findUses(graph, slots);
    std::vector<int> calls;
    for (const std::string& module : modules) {
        guessClass(module, modules, classes);
        std::string className = classes[module];
        for (const Owner& owner : owned[module]) // as TorchScript names the class of a used weight
            if (const auto kind = uses.at(owner.facts->slot).kind;
                className.empty() && kind && owner.parameter == "weight")
                className = classFor(*kind, owner.facts->tensor.dim());
        collector.addModule(module, className);
        for (const Owner& owner : owned[module]) {
            const WeightUse& use = uses.at(owner.facts->slot);
            collector.add(
                {module, className, owner.parameter, owner.facts->tensor, use.kind, use.used});
            calls.push_back(owner.facts->slot);
        }
    }
    return calls;
}

} // namespace bitfront::exported
