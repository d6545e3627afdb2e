// SPDX-License-Identifier: GPL-3.0-or-later
// The few neural network operators that the golden models need, in plain loops: tests of numbers
// must not depend on the library that the program runs models with. Tensors are row-major.
#pragma once

#include <cstdint>
#include <vector>

namespace bitfront::test {

struct PlainTensor
{
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    std::size_t extent(std::size_t axis) const { return static_cast<std::size_t>(shape.at(axis)); }
};

/// y = x·Wᵀ + b over the last axis; `bias` may be empty.
PlainTensor linear(const PlainTensor& input, const PlainTensor& weight, const PlainTensor& bias);
/// 2-D convolution, stride 1. Input channels are split into `groups`; `bias` may be empty.
PlainTensor conv2d(const PlainTensor& input, const PlainTensor& weight, const PlainTensor& bias,
                   std::size_t padding, std::size_t groups);
/// Transposed 2-D convolution whose stride equals the kernel: no two outputs overlap.
PlainTensor upsample2d(const PlainTensor& input, const PlainTensor& weight,
                       const PlainTensor& bias);
/// In evaluation mode, epsilon 1e-5.
PlainTensor batchNorm(const PlainTensor& input, const PlainTensor& mean,
                      const PlainTensor& variance, const PlainTensor& gamma,
                      const PlainTensor& beta);
/// Over the last axis, epsilon 1e-5.
PlainTensor layerNorm(const PlainTensor& input, const PlainTensor& gamma, const PlainTensor& beta);
PlainTensor maxPool2(const PlainTensor& input);
/// Mean over height and width: [n, c, h, w] to [n, c].
PlainTensor meanOverPixels(const PlainTensor& input);
/// softmax(q·kᵀ/√d)·v without a mask; all [batch, length, d].
PlainTensor attention(const PlainTensor& q, const PlainTensor& k, const PlainTensor& v);

PlainTensor relu(PlainTensor input);
PlainTensor gelu(PlainTensor input); ///< exact, by the error function
PlainTensor silu(PlainTensor input);
PlainTensor add(PlainTensor left, const PlainTensor& right);

} // namespace bitfront::test
