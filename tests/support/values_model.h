// SPDX-License-Identifier: GPL-3.0-or-later
// A model of nothing but parameter values: one layer of every kind, seeded random numbers.
#pragma once

#include "core/engine/engine.h"
#include "core/kernels/half.h"

#include <random>

namespace bitfront::test {

class ValuesModel : public Model
{
public:
    /// Weights of standard deviation `spread`, exact in `type`.
    explicit ValuesModel(WeightType type, float spread = 0.1F)
    {
        m_info.fileName = "values.pt";
        m_info.sha256 = std::string(64, 'a');
        addLayer("linear", LayerKind::Linear, {16, 12}, type);
        addLayer("conv", LayerKind::Conv, {8, 4, 3, 3}, type);
        addLayer("up", LayerKind::ConvTranspose, {8, 4, 2, 2}, type);
        addLayer("table", LayerKind::Embedding, {20, 8}, type);
        addLayer("odd", LayerKind::Linear, {7, 5}, type);
        m_info.layers[4].tiedWith = {"twin"};
        for (const char* name : {"linear.bias", "norm.weight"})
            m_info.plainParameters.push_back({name, {8}, 8});
        std::mt19937 random(5);
        std::normal_distribution<float> normal(0, spread);
        const auto fill = [&](std::int64_t count) {
            std::vector<float> values(static_cast<std::size_t>(count));
            for (float& value : values)
                value = roundTo(type, normal(random));
            return values;
        };
        for (const LayerInfo& layer : m_info.layers)
            m_layers.push_back(fill(layer.elements()));
        for (const PlainParameter& plain : m_info.plainParameters)
            m_plain.push_back(fill(plain.elements));
        m_type = name(type);
    }

    const ModelInfo& info() const override { return m_info; }
    ParameterValues layerValues(std::size_t index) const override
    {
        return {m_type, m_layers.at(index)};
    }
    ParameterValues plainValues(std::size_t index) const override
    {
        return {m_type, m_plain.at(index)};
    }
    std::vector<float>& layer(std::size_t index) { return m_layers.at(index); }
    std::vector<float>& plain(std::size_t index) { return m_plain.at(index); }

private:
    void addLayer(const std::string& name, LayerKind kind, std::vector<std::int64_t> shape,
                  WeightType type)
    {
        LayerInfo layer;
        layer.name = layer.module = name;
        layer.parameter = "weight";
        layer.kind = kind;
        layer.weightType = type;
        layer.shape = std::move(shape);
        m_info.layers.push_back(std::move(layer));
    }

    ModelInfo m_info;
    std::string m_type;
    std::vector<std::vector<float>> m_layers, m_plain;
};

} // namespace bitfront::test
