// SPDX-License-Identifier: GPL-3.0-or-later
// The source files in a TorchScript archive, and their pieces.
#pragma once

#include "core/engine/files/zip_archive.h"

#include <cctype>
#include <functional>
#include <string>
#include <string_view>

namespace bitfront {

inline bool isNameLetter(char c)
{
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Splits source into names, dots and everything else. String literals are not special: a name in
/// one costs a false alarm at worst, while a lexer that errs could be led past the real thing.
class CodeTokens
{
public:
    explicit CodeTokens(std::string_view code)
        : m_code(code)
    {
    }
    /// Next token; empty at the end. White space and line continuations separate.
    std::string_view next();

private:
    std::string_view m_code;
    std::size_t m_at = 0;
};

/// Calls `look` with name and content of each source file. Throws Error(BadFormat) for damaged
/// entries, or more code than any model has.
void forEachSource(
    const ZipArchive& zip,
    const std::function<void(const std::string& name, const std::string& code)>& look);

} // namespace bitfront
