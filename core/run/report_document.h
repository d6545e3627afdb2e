// SPDX-License-Identifier: GPL-3.0-or-later
// The long report as neutral blocks, so that Markdown and HTML say the same and only look
// different.
#pragma once

#include "core/run/report_facts.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bitfront {

/// Marker of a group, as in the plot; hollow for refinements.
struct GroupMark
{
    GroupId group = GroupId::PerChannel;
    bool hollow = false;
};

struct ReportCell
{
    std::string text;
    bool code = false; ///< a name to be set in a fixed-width face
    std::optional<GroupMark> mark; ///< before the text
    std::optional<double> bar; ///< 0 … 1, drawn beside the text where the form can
};

struct ReportColumn
{
    std::string title;
    bool numeric = false; ///< right-aligned
};

struct ReportTable
{
    std::vector<ReportColumn> columns;
    std::vector<std::vector<ReportCell>> rows;
};

enum class Tone
{
    Plain,
    Note,
    Warning
};

struct ReportParagraph
{
    std::string text;
    Tone tone = Tone::Plain;
};

/// Names with what they stand for; `code` values are set in a fixed-width face.
struct ReportFact
{
    std::string name;
    ReportCell value;
};
using ReportFacts = std::vector<ReportFact>;
using ReportBullets = std::vector<std::string>;
struct ReportPicture
{
};

using ReportBlock =
    std::variant<ReportParagraph, ReportFacts, ReportTable, ReportBullets, ReportPicture>;

struct ReportSection
{
    std::string title;
    int level = 2; ///< of its heading
    std::vector<ReportBlock> blocks;
};

struct ReportDocument
{
    std::string title; ///< "Compression exploration of digits_cnn.pt"
    std::string subtitle; ///< how the run went, one sentence
    std::vector<ReportSection> sections;
};

ReportDocument reportDocument(const RunView& view);

/// Of a run with a scan or with mixed recipes: what each layer costs, what follows from it, and the
/// recipes with their predictions and checks. Else none.
std::vector<ReportSection> scanSections(const RunView& view);
/// The same facts as plain text; empty or with a line end.
std::string scanText(const RunView& view);

/// The scatter plot as one inline <svg>, coloured by the style sheet's variables.
std::string plotSvg(const RunView& view);
/// The style sheet of the HTML report.
extern const char* const kReportStyle;

} // namespace bitfront
