// SPDX-License-Identifier: GPL-3.0-or-later
// The long report as Markdown (GitHub's tables).
#include "core/run/report.h"
#include "core/run/report_document.h"

#include <cctype>
#include <string_view>
#include <type_traits>

namespace bitfront {
namespace {

bool isWordCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Text that Markdown shows as it is, on one line. Underscores within words mean nothing to it.
std::string escaped(const std::string& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool inWord = i > 0 && i + 1 < text.size() && isWordCharacter(text[i - 1])
            && isWordCharacter(text[i + 1]);
        if ((c == '_' && !inWord)
            || std::string_view("\\`*[]<>|").find(c) != std::string_view::npos)
            result += '\\';
        result += c == '\n' || c == '\r' ? ' ' : c;
    }
    return result;
}

/// Inline code; a longer fence when the text itself holds backticks. "|" would end a table cell.
std::string codeText(const std::string& text)
{
    if (text.empty())
        return {};
    std::string safe;
    for (const char c : text)
        safe += c == '|' ? "\\|" : std::string(1, c == '\n' || c == '\r' ? ' ' : c);
    if (safe.find('`') == std::string::npos)
        return "`" + safe + "`";
    return "`` " + safe + " ``";
}

std::string cellText(const ReportCell& cell)
{
    return cell.code ? codeText(cell.text) : escaped(cell.text);
}

std::string blockText(const ReportTable& table)
{
    std::string text = "|";
    std::string rule = "|";
    for (const ReportColumn& column : table.columns) {
        text += " " + escaped(column.title) + " |";
        rule += column.numeric ? " ---: |" : " --- |";
    }
    text += "\n" + rule + "\n";
    for (const auto& row : table.rows) {
        text += "|";
        for (const ReportCell& cell : row)
            text += " " + cellText(cell) + " |";
        text += "\n";
    }
    return text;
}

std::string blockText(const ReportParagraph& paragraph)
{
    const std::string text = escaped(paragraph.text) + "\n";
    switch (paragraph.tone) {
    case Tone::Warning:
        return "> **Warning:** " + text;
    case Tone::Note:
        return "> " + text;
    case Tone::Plain:
        break;
    }
    return text;
}

std::string blockText(const ReportFacts& facts)
{
    std::string text;
    for (const ReportFact& fact : facts)
        text += "- **" + escaped(fact.name) + ":** " + cellText(fact.value) + "\n";
    return text;
}

std::string blockText(const ReportBullets& bullets)
{
    std::string text;
    for (const std::string& bullet : bullets)
        text += "- " + escaped(bullet) + "\n";
    return text;
}

/// A link target with the characters that would end it percent-encoded.
std::string linkTarget(const std::string& file)
{
    constexpr const char* kHex = "0123456789ABCDEF";
    std::string target;
    for (const char c : file) {
        if (std::string_view(" ()<>\"%").find(c) != std::string_view::npos)
            target += std::string("%") + kHex[static_cast<unsigned char>(c) >> 4]
                + kHex[static_cast<unsigned char>(c) & 15];
        else
            target += c;
    }
    return target;
}

std::string sectionText(const ReportSection& section, const std::string& plotFile)
{
    std::string text = std::string(static_cast<std::size_t>(section.level), '#') + " "
        + escaped(section.title) + "\n\n";
    for (const ReportBlock& block : section.blocks) {
        if (std::holds_alternative<ReportPicture>(block))
            text += "![Quality against compression ratio](" + linkTarget(plotFile) + ")\n";
        else
            text += std::visit(
                [](const auto& one) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(one)>, ReportPicture>)
                        return std::string {};
                    else
                        return blockText(one);
                },
                block);
        text += "\n";
    }
    return text;
}

/// A section that would hold nothing but the picture that is not there.
bool isEmptyPicture(const ReportSection& section, const std::string& plotFile)
{
    return plotFile.empty() && section.blocks.size() == 1
        && std::holds_alternative<ReportPicture>(section.blocks.front());
}

} // namespace

std::string markdownReport(const RunContents& run, const std::string& plotFile)
{
    const ReportDocument document = reportDocument(viewOf(run));
    std::string text =
        "# " + escaped(document.title) + "\n\n" + escaped(document.subtitle) + "\n\n";
    for (const ReportSection& section : document.sections)
        if (!isEmptyPicture(section, plotFile))
            text += sectionText(section, plotFile);
    text.erase(text.find_last_not_of('\n') + 1);
    return text + "\n";
}

} // namespace bitfront
