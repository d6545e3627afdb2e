// SPDX-License-Identifier: GPL-3.0-or-later
// Short ways to make layers, models and records for the tests of core/plan.
#pragma once

#include "core/plan/result.h"

#include <string>
#include <vector>

namespace bitfront::test {

using Shape = std::vector<std::int64_t>;

inline LayerInfo makeLayer(const std::string& module, LayerKind kind, Shape shape,
                           const std::string& type = {})
{
    LayerInfo layer;
    layer.name = layer.module = module;
    layer.parameter = "weight";
    layer.kind = kind;
    layer.shape = std::move(shape);
    switch (kind) {
    case LayerKind::Linear:
        layer.moduleType = "torch.nn.modules.linear.Linear";
        break;
    case LayerKind::Conv:
        layer.moduleType = "torch.nn.modules.conv.Conv2d";
        break;
    case LayerKind::ConvTranspose:
        layer.moduleType = "torch.nn.modules.conv.ConvTranspose2d";
        break;
    case LayerKind::Embedding:
        layer.moduleType = "torch.nn.modules.sparse.Embedding";
        break;
    case LayerKind::Matmul:
        layer.moduleType = "Product";
        break;
    case LayerKind::AttentionInput:
        layer.moduleType = "torch.nn.modules.activation.MultiheadAttention";
        layer.parameter = "in_proj_weight";
        layer.name = module + ".in_proj_weight";
        break;
    case LayerKind::Recurrent:
        layer.moduleType = "torch.nn.modules.rnn.LSTM";
        layer.parameter = "weight_ih_l0";
        layer.name = module + ".weight_ih_l0";
        break;
    }
    if (!type.empty())
        layer.moduleType = type;
    return layer;
}

/// A model with these layers and nothing else.
inline ModelInfo makeModel(std::vector<LayerInfo> layers)
{
    ModelInfo model;
    model.path = "/models/net.pt";
    model.fileName = "net.pt";
    model.format = "TorchScript";
    model.layers = std::move(layers);
    model.modules = {{"", "__torch__.Net"}};
    return model;
}

inline void addPlain(ModelInfo& model, const std::string& name, std::int64_t elements)
{
    model.plainParameters.push_back({name, {elements}, elements});
}

/// The model of the table in numerics, section 7.3: 23,232 parameters, embedding tied to the head.
inline ModelInfo tiedModel()
{
    ModelInfo model = makeModel({makeLayer("head", LayerKind::Linear, {100, 64}),
                                 makeLayer("fc1", LayerKind::Linear, {128, 64}),
                                 makeLayer("fc2", LayerKind::Linear, {64, 128})});
    model.layers[0].tiedWith = {"embed"};
    addPlain(model, "fc1.bias", 128);
    addPlain(model, "norm.weight", 128);
    addPlain(model, "norm.bias", 128);
    addPlain(model, "fc2.bias", 64);
    return model;
}

/// A base configuration by its canonical name.
inline CompressionConfig baseConfig(const std::string& name,
                                    IndivisiblePolicy policy = IndivisiblePolicy::Nearest)
{
    for (CompressionConfig& config : baseConfigurations(policy))
        if (config.name == name)
            return config;
    throw Error(ErrorCode::BadArgument, "no configuration " + name);
}

/// A measured record of this quality (psnr of "out_0") whose size gives exactly this ratio.
inline ResultRecord makeRecord(const CompressionConfig& config, double quality, double ratio)
{
    Measurement measured;
    measured.outputs = {{"out_0", Metric::Psnr, quality, quality}};
    measured.size.totalElements = 1'000'000;
    measured.size.untouchedBits = static_cast<std::int64_t>(16'000'000 / ratio + 0.5);
    measured.timeMs = 10;
    ResultRecord record;
    record.config = config;
    record.outcome = measured;
    return record;
}

inline ResultRecord makeRecord(const std::string& name, double quality, double ratio)
{
    return makeRecord(baseConfig(name), quality, ratio);
}

} // namespace bitfront::test
