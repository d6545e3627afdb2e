// SPDX-License-Identifier: GPL-3.0-or-later
// Sums are taken in double, so that their order does not matter.
#include "tests/support/plain_ops.h"

#include <algorithm>
#include <cmath>

namespace bitfront::test {

namespace {

double product(float left, float right)
{
    return static_cast<double>(left) * static_cast<double>(right);
}

double biasAt(const PlainTensor& bias, std::size_t channel)
{
    return bias.values.empty() ? 0.0 : static_cast<double>(bias.values.at(channel));
}

template<typename Function>
PlainTensor mapped(PlainTensor input, Function function)
{
    for (float& value : input.values)
        value = static_cast<float>(function(static_cast<double>(value)));
    return input;
}

PlainTensor shaped(std::vector<std::size_t> extents)
{
    PlainTensor tensor;
    std::size_t count = 1;
    for (const std::size_t extent : extents) {
        tensor.shape.push_back(static_cast<std::int64_t>(extent));
        count *= extent;
    }
    tensor.values.resize(count);
    return tensor;
}

} // namespace

PlainTensor linear(const PlainTensor& input, const PlainTensor& weight, const PlainTensor& bias)
{
    const std::size_t in = weight.extent(1);
    const std::size_t out = weight.extent(0);
    const std::size_t rows = input.values.size() / in;
    PlainTensor result;
    result.shape = input.shape;
    result.shape.back() = weight.shape[0];
    result.values.resize(rows * out);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t o = 0; o < out; ++o) {
            double sum = biasAt(bias, o);
            for (std::size_t i = 0; i < in; ++i)
                sum += product(input.values[row * in + i], weight.values[o * in + i]);
            result.values[row * out + o] = static_cast<float>(sum);
        }
    return result;
}

PlainTensor conv2d(const PlainTensor& input, const PlainTensor& weight, const PlainTensor& bias,
                   std::size_t padding, std::size_t groups)
{
    const std::size_t in = input.extent(1), height = input.extent(2), width = input.extent(3);
    const std::size_t out = weight.extent(0), perGroup = weight.extent(1);
    const std::size_t kh = weight.extent(2), kw = weight.extent(3);
    PlainTensor result =
        shaped({input.extent(0), out, height + 2 * padding - kh + 1, width + 2 * padding - kw + 1});
    const std::size_t rows = result.extent(2), columns = result.extent(3);
    std::size_t next = 0;
    for (std::size_t n = 0; n < input.extent(0); ++n)
        for (std::size_t o = 0; o < out; ++o)
            for (std::size_t position = 0; position < rows * columns; ++position) {
                double sum = biasAt(bias, o);
                for (std::size_t tap = 0; tap < perGroup * kh * kw; ++tap) {
                    const std::size_t channel = o / (out / groups) * perGroup + tap / (kh * kw);
                    const std::size_t y = position / columns + tap / kw % kh;
                    const std::size_t x = position % columns + tap % kw;
                    if (y < padding || x < padding || y >= height + padding || x >= width + padding)
                        continue;
                    const std::size_t from =
                        ((n * in + channel) * height + y - padding) * width + x - padding;
                    sum += product(input.values[from], weight.values[o * perGroup * kh * kw + tap]);
                }
                result.values[next++] = static_cast<float>(sum);
            }
    return result;
}

PlainTensor upsample2d(const PlainTensor& input, const PlainTensor& weight, const PlainTensor& bias)
{
    const std::size_t in = input.extent(1), height = input.extent(2), width = input.extent(3);
    const std::size_t out = weight.extent(1), kh = weight.extent(2), kw = weight.extent(3);
    PlainTensor result = shaped({input.extent(0), out, height * kh, width * kw});
    std::size_t next = 0;
    for (std::size_t n = 0; n < input.extent(0); ++n)
        for (std::size_t o = 0; o < out; ++o)
            for (std::size_t y = 0; y < height * kh; ++y)
                for (std::size_t x = 0; x < width * kw; ++x) {
                    double sum = biasAt(bias, o);
                    for (std::size_t c = 0; c < in; ++c)
                        sum +=
                            product(input.values[((n * in + c) * height + y / kh) * width + x / kw],
                                    weight.values[((c * out + o) * kh + y % kh) * kw + x % kw]);
                    result.values[next++] = static_cast<float>(sum);
                }
    return result;
}

PlainTensor batchNorm(const PlainTensor& input, const PlainTensor& mean,
                      const PlainTensor& variance, const PlainTensor& gamma,
                      const PlainTensor& beta)
{
    PlainTensor result = input;
    const std::size_t pixels = input.extent(2) * input.extent(3);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        const std::size_t c = i / pixels % input.extent(1);
        const double factor = static_cast<double>(gamma.values[c])
            / std::sqrt(static_cast<double>(variance.values[c]) + 1e-5);
        const double centred =
            static_cast<double>(input.values[i]) - static_cast<double>(mean.values[c]);
        result.values[i] =
            static_cast<float>(centred * factor + static_cast<double>(beta.values[c]));
    }
    return result;
}

PlainTensor layerNorm(const PlainTensor& input, const PlainTensor& gamma, const PlainTensor& beta)
{
    PlainTensor result = input;
    const std::size_t width = gamma.values.size();
    for (std::size_t row = 0; row < input.values.size(); row += width) {
        double mean = 0;
        double variance = 0;
        for (std::size_t i = 0; i < width; ++i)
            mean += static_cast<double>(input.values[row + i]) / static_cast<double>(width);
        for (std::size_t i = 0; i < width; ++i) {
            const double centred = static_cast<double>(input.values[row + i]) - mean;
            variance += centred * centred / static_cast<double>(width);
        }
        for (std::size_t i = 0; i < width; ++i) {
            const double centred = static_cast<double>(input.values[row + i]) - mean;
            const double normed = centred / std::sqrt(variance + 1e-5);
            result.values[row + i] =
                static_cast<float>(normed * static_cast<double>(gamma.values[i])
                                   + static_cast<double>(beta.values[i]));
        }
    }
    return result;
}

PlainTensor maxPool2(const PlainTensor& input)
{
    const std::size_t height = input.extent(2), width = input.extent(3);
    PlainTensor result = shaped({input.extent(0), input.extent(1), height / 2, width / 2});
    const std::size_t rows = height / 2, columns = width / 2;
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        const std::size_t plane = i / (rows * columns) * height * width;
        const std::size_t from = plane + i / columns % rows * 2 * width + i % columns * 2;
        result.values[i] =
            std::max(std::max(input.values[from], input.values[from + 1]),
                     std::max(input.values[from + width], input.values[from + width + 1]));
    }
    return result;
}

PlainTensor meanOverPixels(const PlainTensor& input)
{
    const std::size_t pixels = input.extent(2) * input.extent(3);
    PlainTensor result = shaped({input.extent(0), input.extent(1)});
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        double sum = 0;
        for (std::size_t p = 0; p < pixels; ++p)
            sum += static_cast<double>(input.values[i * pixels + p]);
        result.values[i] = static_cast<float>(sum / static_cast<double>(pixels));
    }
    return result;
}

PlainTensor attention(const PlainTensor& q, const PlainTensor& k, const PlainTensor& v)
{
    const std::size_t length = q.extent(1), width = q.extent(2);
    PlainTensor result = q;
    std::vector<double> weights(length);
    for (std::size_t row = 0; row < q.extent(0) * length; ++row) {
        const std::size_t first = row / length * length; // of the same batch entry
        for (std::size_t other = 0; other < length; ++other) {
            weights[other] = 0;
            for (std::size_t i = 0; i < width; ++i)
                weights[other] +=
                    product(q.values[row * width + i], k.values[(first + other) * width + i]);
            weights[other] /= std::sqrt(static_cast<double>(width));
        }
        const double largest = *std::max_element(weights.begin(), weights.end());
        double sum = 0;
        for (double& weight : weights)
            sum += weight = std::exp(weight - largest);
        for (std::size_t i = 0; i < width; ++i) {
            double value = 0;
            for (std::size_t other = 0; other < length; ++other)
                value += weights[other] / sum
                    * static_cast<double>(v.values[(first + other) * width + i]);
            result.values[row * width + i] = static_cast<float>(value);
        }
    }
    return result;
}

PlainTensor relu(PlainTensor input)
{
    return mapped(std::move(input), [](double x) { return std::max(x, 0.0); });
}

PlainTensor gelu(PlainTensor input)
{
    return mapped(std::move(input),
                  [](double x) { return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))); });
}

PlainTensor silu(PlainTensor input)
{
    return mapped(std::move(input), [](double x) { return x / (1.0 + std::exp(-x)); });
}

PlainTensor add(PlainTensor left, const PlainTensor& right)
{
    for (std::size_t i = 0; i < left.values.size(); ++i)
        left.values[i] += right.values.at(i);
    return left;
}

} // namespace bitfront::test
