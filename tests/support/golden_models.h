// SPDX-License-Identifier: GPL-3.0-or-later
// The three end-to-end models of the golden files, built from their stored weights alone, and what
// a plan has to know about them.
#pragma once

#include "core/plan/layer_info.h"
#include "tests/support/golden.h"
#include "tests/support/plain_ops.h"

#include <functional>
#include <map>
#include <string>

namespace bitfront::test {

class GoldenModel
{
public:
    /// Called with every tensor that joint compression quantizes, by its node's name in the
    /// reference's graph; may change it.
    using Edge = std::function<void(const std::string& node, PlainTensor& tensor)>;

    /// `modelName` is "mlp", "conv" or "lm". Throws std::runtime_error for others.
    GoldenModel(Golden& golden, const std::string& modelName);

    const ModelInfo& info() const { return m_info; }
    /// Where weights, input and outputs are stored.
    const SafetensorsFile& file() const { return m_file; }
    /// gamma / √(variance + epsilon) of the batch norm that reads this layer's output, in fp32 as
    /// the reference computes it; empty when there is none.
    std::vector<float> batchNormFactors(const std::string& layerName) const;
    /// Parameters and buffers by qualified name; change them to change the model.
    std::map<std::string, PlainTensor> state;

    PlainTensor input() const { return m_input; }
    const std::vector<float>& referenceOutput() const { return m_reference; }
    /// Output for `values`. The language model takes token numbers, stored as floats.
    PlainTensor forward(const PlainTensor& values, const Edge& edge = {}) const;

private:
    PlainTensor layer(const std::string& layerName, const PlainTensor& values) const;
    PlainTensor parameter(const std::string& parameterName) const;
    PlainTensor forwardMlp(PlainTensor values, const Edge& edge) const;
    PlainTensor forwardConv(PlainTensor values, const Edge& edge) const;
    PlainTensor forwardLm(const PlainTensor& tokens) const;
    void describe();

    std::string m_name;
    const SafetensorsFile& m_file;
    ModelInfo m_info;
    PlainTensor m_input;
    std::vector<float> m_reference;
};

} // namespace bitfront::test
