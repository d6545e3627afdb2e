// SPDX-License-Identifier: GPL-3.0-or-later
// Codes: torch/_export/serde/schema.py.
#include "core/engine/torch/exported/schema_types.h"

#include "core/base/error.h"

#include <map>
#include <string>

namespace bitfront::exported {

namespace {

template<typename Type>
Type known(const std::map<std::int64_t, Type>& table, std::int64_t code, const char* what)
{
    const auto found = table.find(code);
    if (found == table.end())
        throw Error(ErrorCode::UnsupportedModel,
                    std::string("The program uses a ") + what + " with the number "
                        + std::to_string(code) + ", which is not known here.",
                    "Export it with an older PyTorch, or without it.");
    return found->second;
}

} // namespace

c10::ScalarType scalarTypeOf(std::int64_t code)
{
    using T = c10::ScalarType;
    static const std::map<std::int64_t, T> table {{1, T::Byte},
                                                  {2, T::Char},
                                                  {3, T::Short},
                                                  {4, T::Int},
                                                  {5, T::Long},
                                                  {6, T::Half},
                                                  {7, T::Float},
                                                  {8, T::Double},
                                                  {9, T::ComplexHalf},
                                                  {10, T::ComplexFloat},
                                                  {11, T::ComplexDouble},
                                                  {12, T::Bool},
                                                  {13, T::BFloat16},
                                                  {28, T::UInt16},
                                                  {29, T::Float8_e4m3fn},
                                                  {30, T::Float8_e5m2},
                                                  {31, T::Float8_e4m3fnuz},
                                                  {32, T::Float8_e5m2fnuz}};
    return known(table, code, "number type");
}

c10::Layout layoutOf(std::int64_t code)
{
    using L = c10::Layout;
    static const std::map<std::int64_t, L> table {
        {1, L::Sparse},    {2, L::SparseCsr}, {3, L::SparseCsc}, {4, L::SparseBsr},
        {5, L::SparseBsc}, {6, L::Mkldnn},    {7, L::Strided}};
    return known(table, code, "memory layout");
}

c10::MemoryFormat memoryFormatOf(std::int64_t code)
{
    using M = c10::MemoryFormat;
    static const std::map<std::int64_t, M> table {
        {1, M::Contiguous}, {2, M::ChannelsLast}, {3, M::ChannelsLast3d}, {4, M::Preserve}};
    return known(table, code, "memory format");
}

} // namespace bitfront::exported
