// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli report: a run as tables, Markdown, HTML or JSON.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/report_files.h"
#include "core/run/file_io.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct ReportOptions
{
    std::string folder, out;
    std::string format = "text";
};

void report(const ReportOptions& options)
{
    const RunContents run = readRun(options.folder);
    for (const std::string& warning : run.warnings)
        std::cerr << "warning: " << warning << '\n';
    const std::string text = reportText(run, options.folder, options.format, options.out);
    if (options.out.empty()) {
        std::cout << text;
        return;
    }
    replaceFile(options.out, text);
    std::cout << "Written: " << options.out << '\n';
}

} // namespace

void addReportCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<ReportOptions>();
    CLI::App* command = app.add_subcommand("report", "Print what a run has found");
    command->add_option("DIR", options->folder, "Run folder")->required();
    command->add_option("--format", options->format, "Form of the report")
        ->check(CLI::IsMember({"text", "md", "html", "json"}))
        ->type_name("text|md|html|json")
        ->capture_default_str();
    command->add_option("--out", options->out, "File to write (default: print)")->type_name("FILE");
    command->callback([options, &exitCode] {
        report(*options);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
