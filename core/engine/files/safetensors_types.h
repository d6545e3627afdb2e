// SPDX-License-Identifier: GPL-3.0-or-later
// The names that safetensors has for element types. Shared by its reader and writer.
#pragma once

#include "core/engine/files/tensor_file.h"

#include <string_view>

namespace bitfront::detail {

inline constexpr DType kSafetensorsTypes[] = {
    DType::Float16, DType::BFloat16, DType::Float32, DType::Float64,  DType::UInt8,
    DType::Int8,    DType::Int16,    DType::Int32,   DType::Int64,    DType::Bool,
    DType::UInt16,  DType::UInt32,   DType::UInt64,  DType::Complex64};

inline std::string_view safetensorsCode(DType type)
{
    switch (type) {
    case DType::Float16:
        return "F16";
    case DType::BFloat16:
        return "BF16";
    case DType::Float32:
        return "F32";
    case DType::Float64:
        return "F64";
    case DType::UInt8:
        return "U8";
    case DType::Int8:
        return "I8";
    case DType::Int16:
        return "I16";
    case DType::Int32:
        return "I32";
    case DType::Int64:
        return "I64";
    case DType::UInt16:
        return "U16";
    case DType::UInt32:
        return "U32";
    case DType::UInt64:
        return "U64";
    case DType::Complex64:
        return "C64";
    case DType::Bool:
        break;
    }
    return "BOOL";
}

} // namespace bitfront::detail
