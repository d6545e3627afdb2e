// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary of number formats that kernels, plans and files share: element types of weights
// and of codes, quantization schemes, metrics. Names are those of coreai-opt, so files stay
// readable there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

/// Floating-point type a model stores its weights in.
enum class WeightType
{
    Float32,
    Float16,
    BFloat16
};

/// Type of a quantized code. Integer codes are two's complement or unsigned, the rest tiny floats.
enum class CodeType
{
    Int2,
    Int4,
    Int8,
    UInt2,
    UInt4,
    UInt8,
    Float8E4M3,
    Float8E5M2,
    Float4E2M1
};

/// How scale and zero point follow from the range of a block (coreai-opt `qscheme`).
enum class QuantScheme
{
    Symmetric,
    Asymmetric,
    SymmetricWithClipping
};

/// Quality metric of one output (numerics: quality_metrics.py of the reference).
enum class Metric
{
    Psnr,
    Snr,
    Iou
};

/// Storage bits of one code: 2, 4 or 8.
int codeBits(CodeType type);
bool isInteger(CodeType type);

/// "int4", "uint8", "float8_e4m3fn", "float8_e5m2", "float4_e2m1fn".
std::string_view name(CodeType type);
/// "symmetric", "asymmetric", "symmetric_with_clipping".
std::string_view name(QuantScheme scheme);
/// "float32", "float16", "bfloat16".
std::string_view name(WeightType type);
/// "psnr", "snr", "iou".
std::string_view name(Metric metric);

std::optional<CodeType> codeTypeFromName(std::string_view text);
std::optional<QuantScheme> quantSchemeFromName(std::string_view text);
std::optional<WeightType> weightTypeFromName(std::string_view text);
std::optional<Metric> metricFromName(std::string_view text);

} // namespace bitfront
