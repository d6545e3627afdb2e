// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/report_writer.h"

#include "core/run/file_io.h"
#include "core/run/report.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QDir>
#include <QFileInfo>

namespace bitfront {

namespace {

bool makeFolder(const QString& file)
{
    return QDir().mkpath(QFileInfo(file).absolutePath());
}

} // namespace

ReportWriter::ReportWriter(QObject* parent)
    : QObject(parent)
{
}

QString ReportWriter::defaultFileName(ExportKind kind)
{
    switch (kind) {
    case ExportKind::Markdown:
        return QStringLiteral("report.md");
    case ExportKind::Html:
        return QStringLiteral("report.html");
    case ExportKind::Png:
        return QStringLiteral("compression_exploration.png");
    case ExportKind::Svg:
        return QStringLiteral("compression_exploration.svg");
    case ExportKind::Pdf:
        return QStringLiteral("compression_exploration.pdf");
    }
    return {};
}

bool ReportWriter::drawPlot(const SnapshotPtr& snapshot, const QString& file)
{
    makeFolder(file);
    // On paper and in reports the plot is always light.
    const QString problem = exportPlot(*snapshot, file, Theme::light());
    if (problem.isEmpty())
        return true;
    fail({ErrorCode::FileNotWritable, problem.toStdString(), "Choose another folder.",
          file.toStdString()});
    return false;
}

void ReportWriter::fail(const Failure& failure)
{
    emit exportFailed(errorText(Task::Export, failure));
}

void ReportWriter::writeAll(const QString& runFolder, const SnapshotPtr& snapshot)
{
    const QDir folder(runFolder);
    const QString png = folder.absoluteFilePath(defaultFileName(ExportKind::Png));
    const QString markdown = folder.absoluteFilePath(defaultFileName(ExportKind::Markdown));
    const QString html = folder.absoluteFilePath(defaultFileName(ExportKind::Html));
    if (!drawPlot(snapshot, png))
        return;
    m_queue.run(
        this,
        [=, this](const std::stop_token&) -> BackgroundQueue::Completion {
            const RunContents run = readRun(toPath(runFolder));
            replaceFile(toPath(markdown),
                        markdownReport(run, defaultFileName(ExportKind::Png).toStdString()));
            replaceFile(toPath(html), htmlReport(run, readFile(toPath(png))));
            return [this, files = QStringList {markdown, html, png}] { emit exported(files); };
        },
        [this](const Failure& failure) { fail(failure); });
}

void ReportWriter::write(ExportKind kind, const QString& file, const QString& runFolder,
                         const SnapshotPtr& snapshot)
{
    if (kind != ExportKind::Markdown && kind != ExportKind::Html) {
        if (drawPlot(snapshot, file))
            emit exported({file});
        return;
    }
    const QString png =
        QFileInfo(file).absoluteDir().absoluteFilePath(defaultFileName(ExportKind::Png));
    if (!drawPlot(snapshot, png))
        return;
    m_queue.run(
        this,
        [=, this](const std::stop_token&) -> BackgroundQueue::Completion {
            const RunContents run = readRun(toPath(runFolder));
            replaceFile(toPath(file),
                        kind == ExportKind::Markdown
                            ? markdownReport(run, defaultFileName(ExportKind::Png).toStdString())
                            : htmlReport(run, readFile(toPath(png))));
            return [this, files = QStringList {file, png}] { emit exported(files); };
        },
        [this](const Failure& failure) { fail(failure); });
}

} // namespace bitfront
