// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/model_file.h"
#include "core/engine/torch/layer_collector.h"
#include "core/engine/torch/script/graph_scan.h"
#include "core/engine/torch/script/script_model.h"
#include "core/engine/torch/script/script_state.h"
#include "core/engine/torch/script/weight_lists.h"

#include <map>
#include <regex>
#include <vector>

namespace bitfront {

namespace jit = torch::jit;

namespace {

/// "torch.nn.modules.conv.Conv2d" of "__torch__.torch.nn.modules.conv.___torch_mangle_3.Conv2d".
std::string originalClass(const jit::Module& module)
{
    static const std::regex mangling("___torch_mangle_[0-9]+\\.");
    const auto name = module.type()->name();
    std::string text = name ? std::regex_replace(name->qualifiedName(), mangling, "") : "";
    constexpr std::string_view prefix = "__torch__.";
    if (text.compare(0, prefix.size(), prefix) == 0)
        text.erase(0, prefix.size());
    return text;
}

} // namespace

/// Walks a module once and fills a model.
class ScriptBuilder
{
public:
    ScriptBuilder(ScriptModel& model, ModelInfo info)
        : m_model(model)
        , m_info(model.m_info)
        , m_collector(model.m_info)
    {
        m_info = std::move(info);
    }

    void build(jit::Module module)
    {
        m_model.m_module = std::move(module);
        readArguments();
        noteTraining();
        noteObjects();
        if (m_model.m_module.named_parameters().size() == 0)
            thaw();
        m_outOfReach = unpackWeightLists(m_model.m_module);
        m_uses = findWeightUses(m_model.m_module);
        for (const auto& named : m_model.m_module.named_modules())
            readModule(named.name, named.value);
        m_collector.finish();
        m_model.m_layers = placesOf(m_collector.takeLayers());
        m_model.m_plain = placesOf(m_collector.takePlain());
    }

private:
    void readArguments()
    {
        const auto method = m_model.m_module.find_method("forward");
        if (!method)
            throw Error(ErrorCode::UnsupportedModel, "The model has no forward() method.",
                        exportHint(), m_info.path);
        const auto& arguments = method->function().getSchema().arguments();
        for (std::size_t i = 1; i < arguments.size(); ++i) { // 0 is self
            const bool optional = arguments[i].type()->kind() == c10::TypeKind::OptionalType;
            const bool hasDefault = arguments[i].default_value().has_value();
            m_info.arguments.push_back({arguments[i].name(), arguments[i].type()->annotation_str(),
                                        !optional && !hasDefault, hasDefault});
        }
    }

    void noteTraining()
    {
        if (!m_model.m_module.hasattr("training") || !m_model.m_module.is_training())
            return;
        m_model.m_module.eval();
        m_info.notes.emplace_back(
            "The model was saved in training mode and has been switched to "
            "evaluation mode. A traced model keeps dropout and batch statistics "
            "as they were: call model.eval() before tracing.");
    }

    void noteObjects()
    {
        const std::string name = opaqueObject(m_model.m_module);
        if (!name.empty())
            m_info.notes.push_back("The model holds objects written in C++ (" + name
                                   + "). If they change while it runs, they cannot be put back, "
                                     "and one pass affects the next.");
    }

    void thaw()
    {
        for (ThawedParameter& parameter : thawFrozen(m_model.m_module))
            m_thawed.emplace(parameter.attribute, std::move(parameter));
        if (m_thawed.empty())
            return;
        m_info.format = "TorchScript (frozen)";
        m_info.notes.emplace_back("The model was frozen by torch.jit.freeze, so its layers have no "
                                  "names; they are numbered by operator. Save the model before "
                                  "freezing to see the original names.");
    }

    void readModule(const std::string& name, const jit::Module& module)
    {
        const std::string className = originalClass(module);
        m_collector.addModule(name, className);
        for (const auto& parameter : module.named_parameters(/*recurse=*/false))
            readParameter(name, className, parameter.name, parameter.value);
    }

    void readParameter(const std::string& module, const std::string& className,
                       const std::string& parameter, const at::Tensor& tensor)
    {
        m_slots.push_back({module, parameter});
        ParameterFacts facts {module, className, parameter, tensor, {}, true};
        const auto thawed = m_thawed.find(parameter);
        if (thawed != m_thawed.end()) {
            facts.module = thawed->second.layer;
            facts.className = thawed->second.moduleType;
            facts.parameter = thawed->second.role;
            m_collector.add(std::move(facts));
            return;
        }
        const std::string name = module.empty() ? parameter : module + '.' + parameter;
        const auto found = m_uses.kinds.find(name);
        if (found != m_uses.kinds.end())
            facts.operatorKind = found->second;
        facts.exchangeable = m_outOfReach.count(name) == 0;
        facts.used = !facts.exchangeable || !m_uses.complete || m_uses.read.count(name) > 0;
        m_collector.add(std::move(facts));
    }

    std::vector<ParameterPlaces> placesOf(const std::vector<ParameterGroup>& groups) const
    {
        std::vector<ParameterPlaces> places;
        for (const ParameterGroup& group : groups) {
            places.push_back({group.tensor, {}});
            for (const std::size_t owner : group.owners)
                places.back().slots.push_back(m_slots[owner]);
        }
        return places;
    }

    ScriptModel& m_model;
    ModelInfo& m_info;
    LayerCollector m_collector;
    WeightUses m_uses;
    std::set<std::string> m_outOfReach; ///< parameters that an exchange would not reach
    std::map<std::string, ThawedParameter> m_thawed;
    std::vector<WeightSlot> m_slots; ///< one per call of LayerCollector::add()
};

std::shared_ptr<const ScriptModel> buildScriptModel(jit::Module module, ModelInfo info)
{
    auto model = std::make_shared<ScriptModel>();
    ScriptBuilder(*model, std::move(info)).build(std::move(module));
    return model;
}

} // namespace bitfront
