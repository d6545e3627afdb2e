// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/layer_collector.h"

#include "core/base/error.h"
#include "core/base/printable.h"
#include "core/engine/torch/torch_tensors.h"

#include <algorithm>

namespace bitfront {

namespace {

bool startsWith(const std::string& text, const char* head)
{
    return text.rfind(head, 0) == 0;
}

std::optional<LayerKind> kindOfClass(const std::string& className)
{
    if (!startsWith(className, "torch.nn."))
        return {};
    const std::string name = className.substr(className.rfind('.') + 1);
    if (name == "Linear" || name == "NonDynamicallyQuantizableLinear")
        return LayerKind::Linear;
    if (name == "Embedding")
        return LayerKind::Embedding;
    if (name == "Conv1d" || name == "Conv2d" || name == "Conv3d")
        return LayerKind::Conv;
    if (startsWith(name, "ConvTranspose"))
        return LayerKind::ConvTranspose;
    return {};
}

/// Gates stacked along axis 0, inputs along axis 1. The class tells where a program was decomposed
/// into products, the operator where a model calls it with parameters of its own.
bool isRecurrentWeight(const ParameterFacts& facts)
{
    if (!facts.tensor.defined() || facts.tensor.dim() != 2)
        return false;
    return facts.operatorKind == LayerKind::Recurrent
        || (startsWith(facts.className, "torch.nn.modules.rnn.")
            && startsWith(facts.parameter, "weight_"));
}

std::optional<LayerKind> kindOf(const ParameterFacts& facts, const LayerOptions& options)
{
    if (!facts.used || !facts.exchangeable)
        return {};
    if (isRecurrentWeight(facts))
        return options.recurrent ? std::optional(LayerKind::Recurrent) : std::nullopt;
    if (facts.parameter == "in_proj_weight"
        && facts.className.find("MultiheadAttention") != std::string::npos)
        return LayerKind::AttentionInput;
    if (facts.parameter != "weight")
        return {};
    if (const auto kind = kindOfClass(facts.className))
        return kind;
    // A batch of products, or a sum: no outputs and inputs to speak of.
    if (facts.operatorKind == LayerKind::Recurrent) // a bias, or a weight of another rank
        return {};
    const bool isProduct = facts.operatorKind == LayerKind::Matmul;
    return isProduct && facts.tensor.dim() != 2 ? std::nullopt : facts.operatorKind;
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

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& names)
{
    constexpr std::size_t shown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > shown ? text + " and " + std::to_string(names.size() - shown) + " more"
                                : text;
}

} // namespace

std::string classFor(LayerKind kind, std::int64_t rank)
{
    const std::string dimensions = std::to_string(rank - 2) + 'd';
    switch (kind) {
    case LayerKind::Embedding:
        return "torch.nn.modules.sparse.Embedding";
    case LayerKind::Conv:
        return "torch.nn.modules.conv.Conv" + dimensions;
    case LayerKind::ConvTranspose:
        return "torch.nn.modules.conv.ConvTranspose" + dimensions;
    case LayerKind::Recurrent:
        return "torch.nn.modules.rnn.RNNBase";
    case LayerKind::Linear:
    case LayerKind::AttentionInput:
    case LayerKind::Matmul:
        break;
    }
    return "torch.nn.modules.linear.Linear";
}

void LayerCollector::addModule(const std::string& name, const std::string& className)
{
    m_info.modules.push_back({name, className});
    m_isQuantized = m_isQuantized || className.find(".quantized.") != std::string::npos;
}

/// A tied weight is used when any of its owners is: files name one of them only.
void LayerCollector::shareUses()
{
    std::multimap<const void*, std::size_t> used;
    for (std::size_t i = 0; i < m_facts.size(); ++i)
        if (m_facts[i].used && m_facts[i].tensor.defined())
            used.emplace(m_facts[i].tensor.data_ptr(), i);
    for (ParameterFacts& facts : m_facts) {
        if (facts.used || !facts.tensor.defined())
            continue;
        const auto [begin, end] = used.equal_range(facts.tensor.data_ptr());
        facts.used = std::any_of(begin, end, [&](const auto& entry) {
            return sameTensor(m_facts[entry.second].tensor, facts.tensor);
        });
    }
}

void LayerCollector::decideAll()
{
    m_info.layers.clear();
    m_info.plainParameters.clear();
    m_layers.clear();
    m_plain.clear();
    m_places.clear();
    m_unused.clear();
    for (std::size_t owner = 0; owner < m_facts.size(); ++owner)
        decide(owner);
}

void LayerCollector::decide(std::size_t owner)
{
    const ParameterFacts& facts = m_facts[owner];
    const at::Tensor& tensor = facts.tensor;
    if (!tensor.defined())
        return;
    const std::string qualifiedName = joined(facts.module, facts.parameter);
    std::optional<LayerKind> kind = kindOf(facts, m_info.layerOptions);
    if (kind && (!weightTypeOf(tensor) || tensor.dim() < 2)) {
        m_skippedTypes.insert(dtypeName(tensor.scalar_type()));
        kind.reset();
    }
    if (!facts.used)
        m_unused.push_back(qualifiedName);
    if (!kind) {
        addPlain(qualifiedName, owner);
        return;
    }
    LayerInfo layer;
    layer.name =
        facts.parameter == "weight" && !facts.module.empty() ? facts.module : qualifiedName;
    layer.module = facts.module;
    layer.parameter = facts.parameter;
    layer.moduleType = facts.className;
    layer.kind = *kind;
    layer.weightType = *weightTypeOf(tensor);
    layer.shape = tensor.sizes().vec();
    addLayer(std::move(layer), owner);
}

/// Tied weights become one layer, at the place of the first owner, under the name and kind of the
/// first one that is not an embedding.
void LayerCollector::addLayer(LayerInfo layer, std::size_t owner)
{
    const at::Tensor& tensor = m_facts[owner].tensor;
    if (const std::optional<Place> place = findPlace(tensor)) {
        if (!place->isLayer) { // seen before as another module's plain parameter
            m_plain[place->index].owners.push_back(owner);
            return;
        }
        m_layers[place->index].owners.push_back(owner);
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
    m_places.emplace(tensor.data_ptr(), Place {true, m_layers.size()});
    m_info.layers.push_back(std::move(layer));
    m_layers.push_back({tensor, {owner}});
}

void LayerCollector::addPlain(std::string name, std::size_t owner)
{
    const at::Tensor& tensor = m_facts[owner].tensor;
    if (const std::optional<Place> place = findPlace(tensor)) {
        auto& groups = place->isLayer ? m_layers : m_plain;
        groups[place->index].owners.push_back(owner);
        return;
    }
    m_places.emplace(tensor.data_ptr(), Place {false, m_plain.size()});
    m_info.plainParameters.push_back({std::move(name), tensor.sizes().vec(), tensor.numel()});
    m_plain.push_back({tensor, {owner}});
}

std::optional<LayerCollector::Place> LayerCollector::findPlace(const at::Tensor& tensor) const
{
    const auto [begin, end] = m_places.equal_range(tensor.data_ptr());
    for (auto entry = begin; entry != end; ++entry) {
        const auto& groups = entry->second.isLayer ? m_layers : m_plain;
        if (sameTensor(groups[entry->second.index].tensor, tensor))
            return entry->second;
    }
    return {};
}

void LayerCollector::finish()
{
    shareUses();
    decideAll();
    countRecurrent();
    if (m_info.layers.empty() && m_info.recurrentWeights > 0 && !m_info.layerOptions.recurrent) {
        m_info.layerOptions.recurrent = true;
        decideAll();
        if (!m_info.layers.empty())
            m_info.notes.emplace_back("The weights of recurrent layers (LSTM, GRU, RNN) are the "
                                      "only ones that can be compressed, so they are.");
    }
    if (m_info.layers.empty())
        refuse();
    dropModules();
    noteUntouched();
    makePrintable();
}

/// From here on tensors are found by number, so that names are for people only.
void LayerCollector::makePrintable()
{
    const auto change = [](std::string& text) { text = printable(text); };
    for (LayerInfo& layer : m_info.layers) {
        for (std::string* text : {&layer.name, &layer.module, &layer.parameter, &layer.moduleType})
            change(*text);
        std::for_each(layer.tiedWith.begin(), layer.tiedWith.end(), change);
    }
    for (PlainParameter& parameter : m_info.plainParameters)
        change(parameter.name);
    for (ModuleInfo& module : m_info.modules) {
        change(module.name);
        change(module.type);
    }
    std::for_each(m_info.notes.begin(), m_info.notes.end(), change);
}

void LayerCollector::dropModules()
{
    std::set<std::string> holders {""};
    for (const ParameterGroup& group : m_layers)
        for (const std::size_t owner : group.owners) {
            const std::string& module = m_facts[owner].module;
            for (std::size_t dot = module.find('.'); dot != std::string::npos;
                 dot = module.find('.', dot + 1))
                holders.insert(module.substr(0, dot));
            holders.insert(module);
        }
    auto& modules = m_info.modules;
    modules.erase(std::remove_if(modules.begin(), modules.end(),
                                 [&](const ModuleInfo& m) { return holders.count(m.name) == 0; }),
                  modules.end());
}

void LayerCollector::countRecurrent()
{
    const auto isRecurrent = [this](std::size_t owner) {
        return isRecurrentWeight(m_facts[owner]) && m_facts[owner].used
            && m_facts[owner].exchangeable && weightTypeOf(m_facts[owner].tensor).has_value();
    };
    for (const auto* groups : {&m_layers, &m_plain})
        for (const ParameterGroup& group : *groups)
            m_info.recurrentWeights +=
                std::any_of(group.owners.begin(), group.owners.end(), isRecurrent) ? 1 : 0;
}

void LayerCollector::noteUntouched()
{
    if (!m_unused.empty())
        m_info.notes.push_back("No operator uses " + listed(m_unused)
                               + "; such parameters count by their size and stay as they are.");
    if (m_info.recurrentWeights > 0 && !m_info.layerOptions.recurrent)
        m_info.notes.emplace_back("The weights of recurrent layers (LSTM, GRU, RNN) stay as they "
                                  "are, as in the reference sweep, unless that is asked for.");
}

void LayerCollector::refuse() const
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

} // namespace bitfront
