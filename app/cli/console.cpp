// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include "app/cli/input_arguments.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bitfront::cli {

void printError(const Failure& failure)
{
    std::cout.flush();
    std::cerr << "error: " << failure.message;
    if (!failure.hint.empty())
        std::cerr << ' ' << failure.hint;
    const std::string remedy = remedyText(failure);
    if (!remedy.empty())
        std::cerr << ' ' << remedy;
    std::cerr << std::endl;
}

std::string grouped(std::int64_t value)
{
    std::string text = std::to_string(value);
    const std::ptrdiff_t first = value < 0 ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > first; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

std::string bytesText(std::uint64_t bytes)
{
    constexpr double mebibyte = 1024.0 * 1024.0;
    const double megabytes = static_cast<double>(bytes) / mebibyte;
    if (megabytes >= 1024)
        return fixedText(megabytes / 1024, 1) + " GB";
    if (megabytes < 0.1)
        return fixedText(static_cast<double>(bytes) / 1024, 1) + " KB";
    return fixedText(megabytes, megabytes < 100 ? 3 : 0) + " MB";
}

std::string qualityText(double value, bool decibels)
{
    if (std::isnan(value) || value == -INFINITY)
        return "not finite";
    if (value == INFINITY)
        return "identical";
    return decibels ? fixedText(value, 1) + " dB" : fixedText(value, 3);
}

std::string counted(std::int64_t count, std::string_view singular)
{
    return grouped(count) + ' ' + std::string(singular) + (count == 1 ? "" : "s");
}

std::size_t columns(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

void TextTable::column(std::string title, Align align)
{
    m_columns.push_back({std::move(title), align});
}

void TextTable::row(std::vector<std::string> cells)
{
    m_rows.push_back(std::move(cells));
}

void TextTable::print(std::ostream& out) const
{
    std::vector<std::size_t> widths;
    std::vector<std::string> titles;
    for (const Column& column : m_columns) {
        widths.push_back(columns(column.title));
        titles.push_back(column.title);
    }
    for (const auto& cells : m_rows)
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], columns(cells[i]));
    printRow(out, titles, widths);
    for (const auto& cells : m_rows)
        printRow(out, cells, widths);
}

void TextTable::printRow(std::ostream& out, const std::vector<std::string>& cells,
                         const std::vector<std::size_t>& widths) const
{
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths[i] - columns(cells[i]), ' ');
        line += "  ";
        line += m_columns[i].align == Align::Right ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
}

bool confirm(const std::string& question)
{
    std::cout << question << " [Y/n] " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) {
        std::cout << '\n';
        return false;
    }
    return answer.empty() || answer.front() == 'y' || answer.front() == 'Y';
}

bool stdinIsTerminal()
{
    return isatty(STDIN_FILENO) != 0;
}

bool stderrIsTerminal()
{
    return isatty(STDERR_FILENO) != 0;
}

std::size_t terminalColumns()
{
    winsize size {};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

} // namespace bitfront::cli
