// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/script_limits.h"

#include "core/base/error.h"
#include "core/engine/files/script_code.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace bitfront {

namespace {

// The serializer starts a new line for every expression of more than 40 characters.
constexpr std::size_t kMaxBrackets = 256;
constexpr int kMaxPieces = 2000; ///< names, numbers and operators between two commas
constexpr std::size_t kMaxIndent = 2000;
constexpr int kMaxElif = 1000; ///< the serializer writes none; each one is a level of its own

/// Follows source as LibTorch's lexer does, as far as brackets, strings and lines go.
class CodeWalk
{
public:
    explicit CodeWalk(std::string_view code)
        : m_code(code)
    {
    }

    /// Walks to the end, or to what is too deep.
    std::optional<std::string> run()
    {
        while (m_at < m_code.size() && m_problem.empty())
            step();
        return m_problem.empty() ? std::nullopt : std::optional(m_problem);
    }

private:
    void step()
    {
        const char c = m_code[m_at];
        if (c == '\n')
            newLine();
        else if ((c == '"' || c == '\'') && skipString())
            piece();
        else if (c == '(' || c == '[' || c == '{')
            open();
        else if (c == ')' || c == ']' || c == '}')
            close();
        else if (c == ',')
            comma();
        else if (std::isspace(static_cast<unsigned char>(c)))
            ++m_at;
        else
            word();
    }

    void newLine()
    {
        const bool continued = m_at > 0 && m_code[m_at - 1] == '\\';
        if (m_pieces.size() == 1 && !continued)
            m_pieces.back() = 0;
        const std::size_t start = ++m_at;
        while (m_at < m_code.size() && (m_code[m_at] == ' ' || m_code[m_at] == '\t'))
            ++m_at;
        if (m_at - start > kMaxIndent)
            m_problem = "blocks nested more than " + std::to_string(kMaxIndent / 2) + " deep";
    }

    /// Whether a string begins here; it ends like Python's, with one or three quotation marks.
    bool skipString()
    {
        const std::string_view rest = m_code.substr(m_at);
        const char quote = rest[0];
        const bool three = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
        const std::size_t marks = three ? 3 : 1;
        for (std::size_t i = marks; i < rest.size(); ++i) {
            if (rest[i] == '\n' && !three)
                return false;
            if (rest[i] == '\\') {
                ++i;
            } else if (rest.substr(i, marks) == rest.substr(0, marks)) {
                m_at += i + marks;
                return true;
            }
        }
        return false;
    }

    void open()
    {
        piece();
        m_pieces.push_back(0);
        ++m_at;
        if (m_pieces.size() > kMaxBrackets)
            m_problem = "brackets nested more than " + std::to_string(kMaxBrackets) + " deep";
    }

    void close()
    {
        if (m_pieces.size() > 1)
            m_pieces.pop_back();
        ++m_at;
    }

    void comma()
    {
        m_pieces.back() = 0;
        ++m_at;
    }

    void word()
    {
        const std::size_t start = m_at;
        while (m_at < m_code.size() && isNameLetter(m_code[m_at]))
            ++m_at;
        m_at = std::max(m_at, start + 1);
        if (m_code.substr(start, m_at - start) == "elif" && ++m_elifs > kMaxElif)
            m_problem = "more than " + std::to_string(kMaxElif) + " branches";
        piece();
    }

    void piece()
    {
        if (++m_pieces.back() > kMaxPieces)
            m_problem = "an expression of more than " + std::to_string(kMaxPieces) + " parts";
    }

    std::string_view m_code;
    std::size_t m_at = 0;
    std::vector<int> m_pieces {0}; ///< of the expression in each open bracket
    int m_elifs = 0;
    std::string m_problem;
};

struct SourceFile
{
    std::string name, code;
};

bool defines(const std::string& code, std::string_view method)
{
    CodeTokens tokens(code);
    for (std::string_view before, token = tokens.next(); !token.empty(); token = tokens.next()) {
        if (before == "def" && token == method)
            return true;
        before = token;
    }
    return false;
}

} // namespace

std::optional<std::string> tooDeep(std::string_view code)
{
    return CodeWalk(code).run();
}

void refuseUnsafeCode(const ZipArchive& zip)
{
    std::string runsAtLoad;
    bool quantized = false, loops = false;
    forEachSource(zip, [&](const std::string& name, const std::string& code) {
        if (const auto problem = tooDeep(code))
            throw Error(ErrorCode::BadFormat,
                        "The model's code (" + name + ") has " + *problem
                            + ", which no TorchScript model has. It was not loaded.",
                        "Get the model from its authors again.");
        if (defines(code, "__setstate__"))
            runsAtLoad = name;
        quantized = quantized || code.find("ops.quantized.") != std::string::npos;
        CodeTokens tokens(code);
        for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next())
            loops = loops || token == "while" || token == "for";
    });
    if (!runsAtLoad.empty() && (!quantized || loops))
        throw Error(ErrorCode::UnsupportedModel,
                    "The model runs code of its own while it is opened (“__setstate__” in "
                        + runsAtLoad + "). It was not loaded.",
                    "Take __setstate__() out of the module and save the model again.");
}

} // namespace bitfront
