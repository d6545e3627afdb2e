// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/script_scan.h"

#include "core/base/error.h"
#include "core/engine/files/pickle_scan.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace bitfront {

namespace {

constexpr std::uint64_t kMaxCodeBytes = 1 << 28;
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

/// Splits source into names, dots and everything else. String literals are not special: a name in
/// one costs a false alarm at worst, while a lexer that errs could be led past the real thing.
class Tokens
{
public:
    explicit Tokens(std::string_view code)
        : m_code(code)
    {
    }

    /// Next token; empty at the end. White space and line continuations separate.
    std::string_view next()
    {
        while (m_at < m_code.size() && isSpace(m_code[m_at]))
            ++m_at;
        const std::size_t start = m_at;
        while (m_at < m_code.size() && isName(m_code[m_at]))
            ++m_at;
        if (m_at == start && m_at < m_code.size())
            ++m_at;
        return m_code.substr(start, m_at - start);
    }

private:
    static bool isSpace(char c) { return c == '\\' || std::isspace(static_cast<unsigned char>(c)); }
    static bool isName(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); }

    std::string_view m_code;
    std::size_t m_at = 0;
};

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
    Tokens tokens(code);
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
    for (const ZipEntry& entry : zip.entries()) {
        std::string suffix = entry.name.size() < 3 ? "" : entry.name.substr(entry.name.size() - 3);
        std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (suffix != ".py")
            continue;
        const std::vector<std::uint8_t> code = zip.read(entry, kMaxCodeBytes);
        const auto found = forbiddenOperator(
            std::string_view(reinterpret_cast<const char*>(code.data()), code.size()));
        if (found)
            throw Error(ErrorCode::UnsupportedModel,
                        "The model uses “" + *found + "” (in " + entry.name
                            + "), which reaches "
                              "files or code outside of the model. It was not loaded.",
                        "If you trust the model, take that call out of its forward() and save it "
                        "again.");
    }
}

void refuseForeignObjects(const ZipArchive& zip)
{
    constexpr std::uint64_t maxPickleBytes = 1 << 28;
    for (const ZipEntry& entry : zip.entries()) {
        const std::string name = ZipArchive::withoutTop(entry.name);
        if (name != "data.pkl" && name != "constants.pkl")
            continue;
        for (const std::string& global : scanPickle(zip.read(entry, maxPickleBytes)).globals)
            if (global.rfind("__torch__.", 0) != 0 && global.rfind("torch.", 0) != 0
                && !isTensorGlobal(global))
                throw Error(ErrorCode::BadFormat,
                            "The model needs the Python object “" + global
                                + "”, which no TorchScript model holds: it was made to do "
                                  "something else. It was not loaded.",
                            "Get the model from its authors again.");
    }
}

} // namespace bitfront
