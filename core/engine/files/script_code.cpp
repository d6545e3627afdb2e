// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/script_code.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitfront {

namespace {

/// Of all files together: a hundred times the code of a large traced model.
constexpr std::uint64_t kMaxCodeBytes = 1 << 26;

bool isSource(const std::string& name)
{
    std::string suffix = name.size() < 3 ? "" : name.substr(name.size() - 3);
    std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return suffix == ".py";
}

bool separates(char c)
{
    return c == '\\' || std::isspace(static_cast<unsigned char>(c)) != 0;
}

} // namespace

std::string_view CodeTokens::next()
{
    while (m_at < m_code.size() && separates(m_code[m_at]))
        ++m_at;
    const std::size_t start = m_at;
    while (m_at < m_code.size() && isNameLetter(m_code[m_at]))
        ++m_at;
    if (m_at == start && m_at < m_code.size())
        ++m_at;
    return m_code.substr(start, m_at - start);
}

void forEachSource(
    const ZipArchive& zip,
    const std::function<void(const std::string& name, const std::string& code)>& look)
{
    std::uint64_t left = kMaxCodeBytes;
    for (const ZipEntry& entry : zip.entries()) {
        if (!isSource(entry.name))
            continue;
        if (entry.bytes > left)
            throw Error(ErrorCode::BadFormat,
                        "The file claims to hold more code than any model has. It was not loaded.",
                        "Get the model from its authors again.");
        const std::vector<std::uint8_t> bytes = zip.read(entry, left);
        left -= entry.bytes;
        look(entry.name, {bytes.begin(), bytes.end()});
    }
}

} // namespace bitfront
