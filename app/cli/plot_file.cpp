// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plot_file.h"

#include "widgets/result_snapshot.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"

#include <QApplication>

#include <memory>

namespace bitfront::cli {

namespace {

/// Fonts and painting need an application object; it never connects to a display.
void ensureApplication()
{
    static int argc = 1;
    static char name[] = "bitfront-cli";
    static char* argv[] = {name, nullptr};
    static std::unique_ptr<QApplication> application;
    if (application)
        return;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    application = std::make_unique<QApplication>(argc, argv);
}

} // namespace

bool canDrawPlots()
{
    return true;
}

void drawPlot(const RunContents& run, const std::filesystem::path& file, bool dark)
{
    ensureApplication();
    const SnapshotPtr snapshot = makeSnapshot(
        run.records, run.header.metrics, run.header.fp16Quality, 0, run.header.model.fp16Bytes());
    const QString problem = exportPlot(*snapshot, QString::fromStdString(file.string()),
                                       dark ? Theme::darkTheme() : Theme::light());
    if (!problem.isEmpty())
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot write " + file.string() + ": " + problem.toStdString() + '.',
                    "Choose another file.", file.string());
}

} // namespace bitfront::cli
