// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/formats.h"

#include <array>
#include <utility>

namespace bitfront {

namespace {

template<typename Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<CodeType, 9> kCodeTypes {{{CodeType::Int2, "int2"},
                                          {CodeType::Int4, "int4"},
                                          {CodeType::Int8, "int8"},
                                          {CodeType::UInt2, "uint2"},
                                          {CodeType::UInt4, "uint4"},
                                          {CodeType::UInt8, "uint8"},
                                          {CodeType::Float8E4M3, "float8_e4m3fn"},
                                          {CodeType::Float8E5M2, "float8_e5m2"},
                                          {CodeType::Float4E2M1, "float4_e2m1fn"}}};
constexpr Names<QuantScheme, 3> kSchemes {
    {{QuantScheme::Symmetric, "symmetric"},
     {QuantScheme::Asymmetric, "asymmetric"},
     {QuantScheme::SymmetricWithClipping, "symmetric_with_clipping"}}};
constexpr Names<WeightType, 3> kWeightTypes {{{WeightType::Float32, "float32"},
                                              {WeightType::Float16, "float16"},
                                              {WeightType::BFloat16, "bfloat16"}}};
constexpr Names<Metric, 3> kMetrics {
    {{Metric::Psnr, "psnr"}, {Metric::Snr, "snr"}, {Metric::Iou, "iou"}}};

template<typename Enum, std::size_t N>
std::string_view nameIn(const Names<Enum, N>& names, Enum value)
{
    for (const auto& [entry, text] : names)
        if (entry == value)
            return text;
    return "unknown";
}

template<typename Enum, std::size_t N>
std::optional<Enum> valueIn(const Names<Enum, N>& names, std::string_view text)
{
    for (const auto& [entry, known] : names)
        if (known == text)
            return entry;
    return std::nullopt;
}

} // namespace

int codeBits(CodeType type)
{
    switch (type) {
    case CodeType::Int2:
    case CodeType::UInt2:
        return 2;
    case CodeType::Int4:
    case CodeType::UInt4:
    case CodeType::Float4E2M1:
        return 4;
    case CodeType::Int8:
    case CodeType::UInt8:
    case CodeType::Float8E4M3:
    case CodeType::Float8E5M2:
        break;
    }
    return 8;
}

bool isInteger(CodeType type)
{
    return type != CodeType::Float8E4M3 && type != CodeType::Float8E5M2
        && type != CodeType::Float4E2M1;
}

std::string_view name(CodeType type)
{
    return nameIn(kCodeTypes, type);
}
std::string_view name(QuantScheme scheme)
{
    return nameIn(kSchemes, scheme);
}
std::string_view name(WeightType type)
{
    return nameIn(kWeightTypes, type);
}
std::string_view name(Metric metric)
{
    return nameIn(kMetrics, metric);
}

std::optional<CodeType> codeTypeFromName(std::string_view text)
{
    return valueIn(kCodeTypes, text);
}
std::optional<QuantScheme> quantSchemeFromName(std::string_view text)
{
    return valueIn(kSchemes, text);
}
std::optional<WeightType> weightTypeFromName(std::string_view text)
{
    return valueIn(kWeightTypes, text);
}
std::optional<Metric> metricFromName(std::string_view text)
{
    return valueIn(kMetrics, text);
}

} // namespace bitfront
