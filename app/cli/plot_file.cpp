// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plot_file.h"

#include "widgets/result_snapshot.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"

#include <QApplication>

#include <iostream>
#include <optional>

namespace bitfront::cli {

namespace {

/// Qt's remarks about the machine are not this program's business; real failures are reported by
/// exportPlot().
void dropMessage(QtMsgType type, const QMessageLogContext&, const QString& text)
{
    if (type == QtCriticalMsg || type == QtFatalMsg)
        std::cerr << text.toStdString() << std::endl;
}

/// Fonts and painting need an application object; this one never connects to a display.
class OffscreenApplication
{
public:
    OffscreenApplication()
    {
        qInstallMessageHandler(dropMessage);
        qputenv("QT_QPA_PLATFORM", "offscreen");
        m_application.emplace(m_argc, m_argv);
    }

private:
    // Qt keeps references to both for as long as the application lives.
    int m_argc = 1;
    char m_name[13] = "bitfront-cli";
    char* m_argv[2] = {m_name, nullptr};
    std::optional<QApplication> m_application;
};

} // namespace

bool canDrawPlots()
{
    return true;
}

void drawPlot(const RunContents& run, const std::filesystem::path& file, bool dark)
{
    const OffscreenApplication application;
    const SnapshotPtr snapshot = makeSnapshot(
        run.records, run.header.metrics, run.header.fp16Quality, 0, run.header.model.fp16Bytes());
    const QString problem = exportPlot(*snapshot, QString::fromStdString(file.string()),
                                       dark ? Theme::darkTheme() : Theme::light());
    if (!problem.isEmpty())
        throw Error(ErrorCode::FileNotWritable, problem.toStdString(), "Choose another file.",
                    file.string());
}

} // namespace bitfront::cli
