// SPDX-License-Identifier: GPL-3.0-or-later
// The long report as one HTML file that refers to nothing outside itself.
#include "core/run/report.h"
#include "core/run/report_document.h"

#include <string_view>

namespace bitfront {
namespace {

std::string escaped(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string base64(std::string_view bytes)
{
    constexpr const char* kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve(bytes.size() * 4 / 3 + 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t chunk = 0;
        for (std::size_t k = 0; k < 3; ++k)
            chunk = chunk << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= count ? kDigits[chunk >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

/// The plot's marker of a group, in words for those who do not see it.
std::string markSvg(const GroupMark& mark)
{
    const char* shape = "";
    const char* colour = "";
    switch (mark.group) {
    case GroupId::PerChannel:
        shape = "<circle cx='6' cy='6' r='4.2'/>";
        colour = "g1";
        break;
    case GroupId::PerBlock:
        shape = "<rect x='2' y='2' width='8' height='8'/>";
        colour = "g2";
        break;
    case GroupId::Palette:
        shape = "<path d='M6 1.2 11 10.2H1z'/>";
        colour = "g3";
        break;
    case GroupId::Mixed:
        shape = "<path d='M6 0.8 11.2 6 6 11.2 0.8 6z'/>";
        colour = "g4";
        break;
    }
    return std::string("<svg class='mark ") + colour + (mark.hollow ? " hollow" : "")
        + "' viewBox='0 0 12 12' role='img' aria-label='" + std::string(groupTitle(mark.group))
        + (mark.hollow ? ", refinement" : "") + "'>" + shape + "</svg>";
}

std::string cellHtml(const ReportCell& cell)
{
    std::string text = escaped(cell.text);
    if (cell.code && !text.empty())
        text = "<code>" + text + "</code>";
    if (cell.mark)
        text = markSvg(*cell.mark) + text;
    if (cell.bar) {
        const double share = std::min(std::max(*cell.bar, 0.0), 1.0);
        text = "<span class='bar'><i style='width:" + fixedText(100 * share, 1) + "%'></i></span>"
            + text;
    }
    return text;
}

std::string blockHtml(const ReportTable& table)
{
    std::string html = "<div class='scroll'><table><thead><tr>";
    for (const ReportColumn& column : table.columns)
        html += std::string(column.numeric ? "<th class='n' scope='col'>" : "<th scope='col'>")
            + escaped(column.title) + "</th>";
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            html +=
                std::string(i < table.columns.size() && table.columns[i].numeric ? "<td class='n'>"
                                                                                 : "<td>")
                + cellHtml(row[i]) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string blockHtml(const ReportParagraph& paragraph)
{
    switch (paragraph.tone) {
    case Tone::Warning:
        return "<p class='warning'><b>Warning</b> " + escaped(paragraph.text) + "</p>\n";
    case Tone::Note:
        return "<p class='note'>" + escaped(paragraph.text) + "</p>\n";
    case Tone::Plain:
        break;
    }
    return "<p>" + escaped(paragraph.text) + "</p>\n";
}

std::string blockHtml(const ReportFacts& facts)
{
    std::string html = "<dl>\n";
    for (const ReportFact& fact : facts)
        html += "<dt>" + escaped(fact.name) + "</dt><dd>" + cellHtml(fact.value) + "</dd>\n";
    return html + "</dl>\n";
}

std::string blockHtml(const ReportBullets& bullets)
{
    std::string html = "<ul>\n";
    for (const std::string& bullet : bullets)
        html += "<li>" + escaped(bullet) + "</li>\n";
    return html + "</ul>\n";
}

std::string pictureHtml(const RunView& view, const std::string& plotPng)
{
    if (plotPng.empty())
        return "<figure>" + plotSvg(view) + "</figure>\n";
    return "<figure><img alt='Quality against compression ratio' src='data:image/png;base64,"
        + base64(plotPng) + "'></figure>\n";
}

std::string sectionHtml(const ReportSection& section, const RunView& view,
                        const std::string& plotPng)
{
    const std::string tag = "h" + std::to_string(section.level);
    std::string html = "<section>\n<" + tag + ">" + escaped(section.title) + "</" + tag + ">\n";
    for (const ReportBlock& block : section.blocks)
        html += std::visit(
            [&](const auto& one) {
                if constexpr (std::is_same_v<std::decay_t<decltype(one)>, ReportPicture>)
                    return pictureHtml(view, plotPng);
                else
                    return blockHtml(one);
            },
            block);
    return html + "</section>\n";
}

} // namespace

std::string htmlReport(const RunContents& run, const std::string& plotPng)
{
    const RunView view = viewOf(run);
    const ReportDocument document = reportDocument(view);
    std::string html = "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
                       "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
                       "<meta name='color-scheme' content='light dark'>\n<title>"
        + escaped(document.title) + "</title>\n<style>\n" + kReportStyle
        + "</style>\n</head>\n<body>\n<main>\n<header>\n<h1>" + escaped(document.title)
        + "</h1>\n<p class='lead'>" + escaped(document.subtitle) + "</p>\n</header>\n";
    for (const ReportSection& section : document.sections)
        html += sectionHtml(section, view, plotPng);
    return html + "<footer>Made by Bitfront " + escaped(run.header.bitfrontVersion)
        + ".</footer>\n</main>\n</body>\n</html>\n";
}

} // namespace bitfront
