// SPDX-License-Identifier: GPL-3.0-or-later
// Architectures as index.json describes them in e2e.architecture.
#include "tests/support/golden_models.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bitfront::test {

namespace {

/// Layers that may be compressed, in forward order. The head of "lm" shares its weight with "emb".
const std::map<std::string, std::vector<std::string>>& layerNames()
{
    static const std::map<std::string, std::vector<std::string>> names = {
        {"mlp", {"fc1", "fc2", "fc3"}},
        {"conv", {"conv1", "dw", "pw", "up", "fc"}},
        {"lm", {"emb", "q", "k", "v", "o", "up", "down"}}};
    return names;
}

PlainTensor plain(const GoldenTensor& tensor)
{
    PlainTensor result {tensor.shape, {}};
    if (tensor.dtype.find('F') != std::string::npos) {
        result.values = tensor.floats();
    } else {
        for (const std::int64_t value : tensor.integers())
            result.values.push_back(static_cast<float>(value));
    }
    return result;
}

} // namespace

GoldenModel::GoldenModel(Golden& golden, const std::string& modelName)
    : m_name(modelName)
    , m_file(golden.file("e2e_" + modelName + ".safetensors"))
{
    if (!layerNames().contains(modelName))
        throw std::runtime_error("unknown golden model " + modelName);
    for (const std::string& key : m_file.names())
        if (key.rfind("state/", 0) == 0)
            state[key.substr(6)] = plain(m_file.read(key));
    m_input = plain(m_file.read("input"));
    m_reference = m_file.read("reference_output").floats();
    describe();
}

void GoldenModel::describe()
{
    const std::vector<std::string>& layers = layerNames().at(m_name);
    const auto isLayerWeight = [&layers](const std::string& key) {
        return std::any_of(layers.begin(), layers.end(),
                           [&key](const std::string& owner) { return key == owner + ".weight"; });
    };
    for (const std::string& owner : layers) {
        LayerInfo info;
        info.name = info.module = owner;
        info.parameter = "weight";
        info.shape = state.at(owner + ".weight").shape;
        info.kind = LayerKind::Linear;
        info.moduleType = "torch.nn.modules.linear.Linear";
        if (info.shape.size() == 4) {
            const bool transposed = owner == "up";
            info.kind = transposed ? LayerKind::ConvTranspose : LayerKind::Conv;
            info.moduleType = transposed ? "torch.nn.modules.conv.ConvTranspose2d"
                                         : "torch.nn.modules.conv.Conv2d";
        }
        if (owner == "emb") // palettized by way of the head, the owner that is not an embedding
            info.tiedWith = {"head"};
        m_info.layers.push_back(info);
    }
    for (const auto& [key, tensor] : state) {
        const bool buffer = key.find("running_") != std::string::npos
            || key.find("num_batches") != std::string::npos || key == "head.weight";
        if (!buffer && !isLayerWeight(key))
            m_info.plainParameters.push_back(
                {key, tensor.shape, static_cast<std::int64_t>(tensor.values.size())});
    }
}

std::vector<float> GoldenModel::batchNormFactors(const std::string& layerName) const
{
    if (m_name != "conv" || layerName != "conv1")
        return {};
    std::vector<float> factors = state.at("bn1.weight").values;
    const std::vector<float>& variance = state.at("bn1.running_var").values;
    for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i] /= std::sqrt(variance.at(i) + 1e-5F);
    return factors;
}

PlainTensor GoldenModel::parameter(const std::string& parameterName) const
{
    const auto found = state.find(parameterName);
    return found == state.end() ? PlainTensor {} : found->second;
}

PlainTensor GoldenModel::layer(const std::string& layerName, const PlainTensor& values) const
{
    return linear(values, state.at(layerName + ".weight"), parameter(layerName + ".bias"));
}

PlainTensor GoldenModel::forward(const PlainTensor& values, const Edge& edge) const
{
    const Edge hook = edge ? edge : [](const std::string&, PlainTensor&) {};
    if (m_name == "mlp")
        return forwardMlp(values, hook);
    if (m_name == "conv")
        return forwardConv(values, hook);
    return forwardLm(values);
}

PlainTensor GoldenModel::forwardMlp(PlainTensor values, const Edge& edge) const
{
    edge("x", values);
    values = relu(layer("fc1", values));
    edge("relu", values);
    values = gelu(layer("fc2", values));
    edge("gelu", values);
    values = layer("fc3", values);
    edge("linear_2", values);
    return values;
}

PlainTensor GoldenModel::forwardConv(PlainTensor values, const Edge& edge) const
{
    edge("x", values);
    values = conv2d(values, state.at("conv1.weight"), parameter("conv1.bias"), 1, 1);
    values = relu(batchNorm(values, state.at("bn1.running_mean"), state.at("bn1.running_var"),
                            state.at("bn1.weight"), state.at("bn1.bias")));
    edge("relu", values);
    values = conv2d(values, state.at("dw.weight"), parameter("dw.bias"), 1, values.extent(1));
    edge("conv2d_1", values);
    values = relu(conv2d(values, state.at("pw.weight"), parameter("pw.bias"), 0, 1));
    edge("relu_1", values);
    values = maxPool2(values);
    edge("max_pool2d", values);
    values = relu(upsample2d(values, state.at("up.weight"), parameter("up.bias")));
    edge("relu_2", values);
    values = meanOverPixels(values);
    edge("mean", values);
    values = layer("fc", values);
    edge("linear", values);
    return values;
}

PlainTensor GoldenModel::forwardLm(const PlainTensor& tokens) const
{
    const PlainTensor& table = state.at("emb.weight");
    const std::size_t width = table.extent(1);
    PlainTensor hidden;
    hidden.shape = tokens.shape;
    hidden.shape.push_back(table.shape[1]);
    for (const float token : tokens.values) {
        const auto row = table.values.begin()
            + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(token) * width);
        hidden.values.insert(hidden.values.end(), row, row + static_cast<std::ptrdiff_t>(width));
    }
    const PlainTensor first = layerNorm(hidden, state.at("ln1.weight"), state.at("ln1.bias"));
    hidden =
        add(hidden, layer("o", attention(layer("q", first), layer("k", first), layer("v", first))));
    const PlainTensor second = layerNorm(hidden, state.at("ln2.weight"), state.at("ln2.bias"));
    hidden = add(hidden, layer("down", silu(layer("up", second))));
    return linear(hidden, table, {}); // the head is tied to the embedding
}

} // namespace bitfront::test
