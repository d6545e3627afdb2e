// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/script_scan.h"

#include "core/base/error.h"
#include "core/engine/files/script_code.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace bitfront {

namespace {

constexpr std::array<std::string_view, 2> kFileOperators {"save", "from_file"};
constexpr std::array<std::string_view, 6> kOperatorNamespaces {"aten",      "prim",       "prims",
                                                               "quantized", "_quantized", "sparse"};
/// Of "prim", what the serializer writes for plain values; not its remote calls and Python calls.
constexpr std::array<std::string_view, 44> kPrimOperators {"abs",
                                                           "AutogradAdd",
                                                           "AutogradZero",
                                                           "BroadcastSizes",
                                                           "ChunkSizes",
                                                           "ConstantChunk",
                                                           "CreateObject",
                                                           "data",
                                                           "device",
                                                           "dtype",
                                                           "EnumName",
                                                           "EnumValue",
                                                           "grad",
                                                           "GetAttr",
                                                           "id",
                                                           "IfThenElse",
                                                           "index",
                                                           "is_cpu",
                                                           "is_cuda",
                                                           "is_meta",
                                                           "is_mkldnn",
                                                           "is_mps",
                                                           "is_nested",
                                                           "is_quantized",
                                                           "is_sparse",
                                                           "is_sparse_csr",
                                                           "itemsize",
                                                           "layout",
                                                           "max",
                                                           "min",
                                                           "name",
                                                           "nbytes",
                                                           "NumToTensor",
                                                           "RaiseException",
                                                           "rangelist",
                                                           "requires_grad",
                                                           "shape",
                                                           "StringIndex",
                                                           "tolist",
                                                           "TupleIndex",
                                                           "type",
                                                           "unchecked_cast",
                                                           "unchecked_unwrap_optional",
                                                           "Uninitialized"};
constexpr std::array<std::string_view, 3> kClassNamespaces {"quantized", "sparse", "rnn"};

template<std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

/// Judges a dotted name, e.g. {"ops", "torchvision", "nms"}.
std::optional<std::string> judge(const std::vector<std::string_view>& parts)
{
    std::string whole;
    for (const std::string_view part : parts)
        whole.append(whole.empty() ? "" : ".").append(part);
    for (std::size_t i = 1; i < parts.size(); ++i)
        if (contains(kFileOperators, parts[i]))
            return whole;
    if (parts.size() > 1 && parts[0] == "ops" && !contains(kOperatorNamespaces, parts[1]))
        return whole;
    if (parts.size() > 2 && parts[0] == "ops" && parts[1] == "prim"
        && !contains(kPrimOperators, parts[2]))
        return whole;
    const bool custom =
        parts.size() > 3 && parts[0] == "__torch__" && parts[1] == "torch" && parts[2] == "classes";
    if (custom && !contains(kClassNamespaces, parts[3]))
        return whole;
    return {};
}

} // namespace

std::optional<std::string> forbiddenOperator(std::string_view code)
{
    CodeTokens tokens(code);
    std::string_view before;
    std::string_view token = tokens.next();
    while (!token.empty()) {
        const char first = token.front();
        if (first != '_' && first != '.' && !std::isalpha(static_cast<unsigned char>(first))) {
            before = token;
            token = tokens.next();
            continue;
        }
        // A dotted name, or an attribute of an expression: ".save" after a bracket.
        std::vector<std::string_view> parts;
        if (first == '.') {
            parts.emplace_back("(…)");
        } else {
            parts.push_back(token);
            token = tokens.next();
        }
        while (token == ".") {
            parts.push_back(tokens.next());
            token = tokens.next();
        }
        // "t = torch" would let operators be called under another name.
        if (parts.size() == 1 && before == "=" && (parts[0] == "torch" || parts[0] == "ops"))
            return std::string(parts[0]) + " (under another name)";
        before = parts.back();
        if (const auto found = judge(parts))
            return found;
    }
    return {};
}

void refuseForbiddenOperators(const ZipArchive& zip)
{
    forEachSource(zip, [](const std::string& name, const std::string& code) {
        if (const auto found = forbiddenOperator(code))
            throw Error(ErrorCode::UnsupportedModel,
                        "The model uses “" + *found + "” (in " + name
                            + "), which reaches "
                              "files or code outside of the model. It was not loaded.",
                        "If you trust the model, take that call out of its code and save it "
                        "again.");
    });
}

} // namespace bitfront
