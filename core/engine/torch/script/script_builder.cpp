// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/model_file.h"
#include "core/engine/torch/script/graph_scan.h"
#include "core/engine/torch/script/script_model.h"
#include "core/engine/torch/torch_tensors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>

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

std::optional<LayerKind> kindOfClass(const std::string& className)
{
    if (className.compare(0, 9, "torch.nn.") != 0)
        return {};
    const std::string name = className.substr(className.rfind('.') + 1);
    if (name == "Linear" || name == "NonDynamicallyQuantizableLinear")
        return LayerKind::Linear;
    if (name == "Embedding")
        return LayerKind::Embedding;
    if (name == "Conv1d" || name == "Conv2d" || name == "Conv3d")
        return LayerKind::Conv;
    if (name.compare(0, 13, "ConvTranspose") == 0)
        return LayerKind::ConvTranspose;
    return {};
}

std::optional<WeightType> weightTypeOf(const at::Tensor& tensor)
{
    switch (tensor.scalar_type()) {
    case at::kFloat:
        return WeightType::Float32;
    case at::kHalf:
        return WeightType::Float16;
    case at::kBFloat16:
        return WeightType::BFloat16;
    default:
        return {};
    }
}

std::string joined(const std::string& module, const std::string& name)
{
    return module.empty() ? name : module + '.' + name;
}

} // namespace

/// Walks a module once and fills a model.
class ScriptBuilder
{
public:
    ScriptBuilder(ScriptModel& model, ModelInfo info)
        : m_model(model)
        , m_info(model.m_info)
    {
        m_info = std::move(info);
    }

    void build(jit::Module module)
    {
        m_model.m_module = std::move(module);
        readArguments();
        noteTraining();
        if (m_model.m_module.named_parameters().size() == 0)
            thaw();
        m_operators = findOperatorWeights(m_model.m_module);
        for (const auto& named : m_model.m_module.named_modules())
            readModule(named.name, named.value);
        keepModulesWithLayers();
        if (m_info.layers.empty())
            refuse();
    }

private:
    /// Where a tensor that was met before is listed.
    struct Place
    {
        bool isLayer;
        std::size_t index;
    };

    void readArguments()
    {
        const auto method = m_model.m_module.find_method("forward");
        if (!method)
            throw Error(ErrorCode::UnsupportedModel, "The model has no forward() method.",
                        exportHint(), m_info.path);
        const auto& arguments = method->function().getSchema().arguments();
        for (std::size_t i = 1; i < arguments.size(); ++i) { // 0 is self
            const bool optional = arguments[i].type()->kind() == c10::TypeKind::OptionalType;
            m_info.arguments.push_back({arguments[i].name(), arguments[i].type()->annotation_str(),
                                        !optional && !arguments[i].default_value().has_value()});
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
        m_info.modules.push_back({name, originalClass(module)});
        m_isQuantized =
            m_isQuantized || m_info.modules.back().type.find(".quantized.") != std::string::npos;
        for (const auto& parameter : module.named_parameters(/*recurse=*/false))
            readParameter(name, m_info.modules.back().type, parameter.name, parameter.value);
    }

    void readParameter(const std::string& module, const std::string& className,
                       const std::string& parameter, const at::Tensor& tensor)
    {
        if (!tensor.defined())
            return;
        const auto thawed = m_thawed.find(parameter);
        const bool isThawed = thawed != m_thawed.end();
        std::optional<LayerKind> kind = isThawed
            ? (thawed->second.role == "weight" ? std::optional(thawed->second.kind) : std::nullopt)
            : kindOf(module, className, parameter);
        if (kind && (!weightTypeOf(tensor) || tensor.dim() < 2)) {
            m_skippedTypes.insert(dtypeName(tensor.scalar_type()));
            kind.reset();
        }
        if (!kind) {
            addPlain(isThawed ? thawed->second.layer + '.' + thawed->second.role
                              : joined(module, parameter),
                     {module, parameter}, tensor);
            return;
        }
        LayerInfo layer;
        layer.module = isThawed ? thawed->second.layer : module;
        layer.parameter = isThawed ? "weight" : parameter;
        layer.name = parameter == "weight" && !module.empty() ? module : joined(module, parameter);
        if (isThawed)
            layer.name = thawed->second.layer;
        layer.moduleType = isThawed ? thawed->second.moduleType : className;
        layer.kind = *kind;
        layer.weightType = *weightTypeOf(tensor);
        layer.shape = tensor.sizes().vec();
        addLayer(std::move(layer), {module, parameter}, tensor);
    }

    std::optional<LayerKind> kindOf(const std::string& module, const std::string& className,
                                    const std::string& parameter) const
    {
        if (parameter == "in_proj_weight"
            && className.find("MultiheadAttention") != std::string::npos)
            return LayerKind::AttentionInput;
        if (parameter != "weight")
            return {};
        if (const auto kind = kindOfClass(className))
            return kind;
        const auto found = m_operators.find(joined(module, parameter));
        return found == m_operators.end() ? std::nullopt : std::optional(found->second);
    }

    /// Tied weights become one layer, at the place of the first owner, under the name and kind of
    /// the first one that is not an embedding.
    void addLayer(LayerInfo layer, WeightSlot slot, const at::Tensor& tensor)
    {
        if (const std::optional<Place> place = findPlace(tensor)) {
            if (!place->isLayer) { // seen before as another module's plain parameter
                m_model.m_plain[place->index].slots.push_back(std::move(slot));
                return;
            }
            m_model.m_layers[place->index].slots.push_back(std::move(slot));
            LayerInfo& known = m_info.layers[place->index];
            if (known.kind == LayerKind::Embedding && layer.kind != LayerKind::Embedding) {
                layer.tiedWith = known.tiedWith;
                layer.tiedWith.insert(layer.tiedWith.begin(), known.module);
                known = std::move(layer);
            } else {
                known.tiedWith.push_back(layer.module);
            }
            return;
        }
        m_places.emplace(tensor.data_ptr(), Place {true, m_model.m_layers.size()});
        m_info.layers.push_back(std::move(layer));
        m_model.m_layers.push_back({tensor, {std::move(slot)}});
    }

    void addPlain(std::string name, WeightSlot slot, const at::Tensor& tensor)
    {
        if (const std::optional<Place> place = findPlace(tensor)) {
            auto& places = place->isLayer ? m_model.m_layers : m_model.m_plain;
            places[place->index].slots.push_back(std::move(slot));
            return;
        }
        m_places.emplace(tensor.data_ptr(), Place {false, m_model.m_plain.size()});
        m_info.plainParameters.push_back({std::move(name), tensor.sizes().vec(), tensor.numel()});
        m_model.m_plain.push_back({tensor, {std::move(slot)}});
    }

    std::optional<Place> findPlace(const at::Tensor& tensor) const
    {
        const auto [begin, end] = m_places.equal_range(tensor.data_ptr());
        for (auto entry = begin; entry != end; ++entry) {
            const auto& places = entry->second.isLayer ? m_model.m_layers : m_model.m_plain;
            if (sameTensor(places[entry->second.index].tensor, tensor))
                return entry->second;
        }
        return {};
    }

    static bool sameTensor(const at::Tensor& a, const at::Tensor& b)
    {
        return a.is_same(b)
            || (a.numel() > 0 && a.data_ptr() == b.data_ptr() && a.sizes() == b.sizes()
                && a.strides() == b.strides() && a.scalar_type() == b.scalar_type());
    }

    void keepModulesWithLayers()
    {
        std::set<std::string> holders;
        for (const ParameterPlaces& places : m_model.m_layers)
            for (const WeightSlot& slot : places.slots) {
                holders.insert("");
                for (std::size_t dot = slot.module.find('.'); dot != std::string::npos;
                     dot = slot.module.find('.', dot + 1))
                    holders.insert(slot.module.substr(0, dot));
                holders.insert(slot.module);
            }
        auto& modules = m_info.modules;
        modules.erase(
            std::remove_if(modules.begin(), modules.end(),
                           [&](const ModuleInfo& m) { return holders.count(m.name) == 0; }),
            modules.end());
    }

    [[noreturn]] void refuse() const
    {
        std::string why = "The model has no weights that could be compressed: no Linear, Conv or "
                          "Embedding layer";
        std::string hint = "Check that the right model was saved.";
        if (m_isQuantized) {
            why = "The model is quantized already: its weights are packed integers";
            hint = "Save the model as it was before quantization.";
        } else if (!m_skippedTypes.empty()) {
            why += " of type float32, float16 or bfloat16 (there are some of type "
                + *m_skippedTypes.begin() + ")";
            hint = "Convert it in Python before saving: model.float().";
        }
        throw Error(ErrorCode::UnsupportedModel, why + '.', hint, m_info.path);
    }

    ScriptModel& m_model;
    ModelInfo& m_info;
    OperatorWeights m_operators;
    std::map<std::string, ThawedParameter> m_thawed;
    std::multimap<const void*, Place> m_places; ///< by address of the data
    std::set<std::string> m_skippedTypes;
    bool m_isQuantized = false;
};

std::shared_ptr<const ScriptModel> buildScriptModel(jit::Module module, ModelInfo info)
{
    auto model = std::make_shared<ScriptModel>();
    ScriptBuilder(*model, std::move(info)).build(std::move(module));
    return model;
}

} // namespace bitfront
