// SPDX-License-Identifier: GPL-3.0-or-later
// What every command shares of talking to a person: exit codes, errors, numbers, tables, one
// question.
#pragma once

#include "core/base/error.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace bitfront::cli {

/// What the program returns (docs/formats.md).
enum ExitCode
{
    kOk = 0,
    kBadInput = 2,
    kPartial = 3, ///< the run ended, but some configurations failed
    kStopped = 130 ///< Ctrl-C, or the question was answered with no
};

/// "error: what happened. what to do." on stderr.
void printError(const Failure& failure);

/// "160,698"
std::string grouped(std::int64_t value);
/// "3.4 KB", "0.307 MB", "2.1 GB", in powers of 1024.
std::string bytesText(std::uint64_t bytes);
/// "38.6 dB", "0.912", "identical", "not finite".
std::string qualityText(double value, bool decibels);
/// "1 output", "3 outputs"
std::string counted(std::int64_t count, std::string_view singular);
/// Code points of UTF-8 text: columns on a terminal, as long as nothing is wider than one.
std::size_t columns(std::string_view text);

/// Rows printed in aligned columns, two spaces apart, indented by two.
class TextTable
{
public:
    enum class Align
    {
        Left,
        Right
    };

    void column(std::string title, Align align = Align::Left);
    void row(std::vector<std::string> cells);
    void print(std::ostream& out) const;

private:
    struct Column
    {
        std::string title;
        Align align;
    };
    void printRow(std::ostream& out, const std::vector<std::string>& cells,
                  const std::vector<std::size_t>& widths) const;

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

/// Asks on the terminal; an empty answer means yes, the end of input no.
bool confirm(const std::string& question);
bool stdinIsTerminal();
bool stderrIsTerminal();
/// Columns of the terminal behind stderr, 80 when unknown.
std::size_t terminalColumns();

} // namespace bitfront::cli
