// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/report_writer.h"

#include "core/run/file_io.h"
#include "core/run/report.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

namespace bitfront {

namespace {

bool makeFolder(const QString& file)
{
    return QDir().mkpath(QFileInfo(file).absolutePath());
}

/// Named after the report: two reports in one folder keep their own pictures. A picture of that
/// name that no report of that name shows is somebody's photograph: it stays.
QString pictureBeside(const QString& markdown)
{
    const QFileInfo info(markdown);
    QByteArray earlier;
    if (QFile file(markdown); file.open(QIODevice::ReadOnly))
        earlier = file.readAll();
    const bool isReport = earlier.startsWith("# Compression exploration of ");
    for (int number = 1;; ++number) {
        const QString name = info.completeBaseName()
            + (number == 1 ? QString() : QStringLiteral("-%1").arg(number))
            + QStringLiteral(".png");
        const QString path = info.absoluteDir().absoluteFilePath(name);
        if (!QFileInfo::exists(path) || (isReport && earlier.contains(name.toUtf8())))
            return path;
    }
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

bool ReportWriter::drawPlot(const ResultSnapshot& snapshot, const QString& file)
{
    makeFolder(file);
    // On paper and in reports the plot is always light.
    const QString problem = exportPlot(snapshot, file, Theme::light());
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

void ReportWriter::writeAll(const QString& runFolder)
{
    const QDir folder(runFolder);
    writeReport(runFolder,
                {folder.absoluteFilePath(defaultFileName(ExportKind::Png)),
                 folder.absoluteFilePath(defaultFileName(ExportKind::Markdown)),
                 folder.absoluteFilePath(defaultFileName(ExportKind::Html)),
                 {}});
}

void ReportWriter::write(ExportKind kind, const QString& file, const QString& runFolder,
                         const SnapshotPtr& snapshot)
{
    if (kind == ExportKind::Markdown) {
        writeReport(runFolder, {{}, file, {}, {}});
    } else if (kind == ExportKind::Html) {
        // A page carries its picture inside.
        auto folder = std::make_shared<QTemporaryDir>();
        writeReport(runFolder,
                    {folder->filePath(defaultFileName(ExportKind::Png)), {}, file, folder});
    } else if (drawPlot(*snapshot, file)) {
        emit exported({file});
    }
}

// The plot of a report ranks by the same output as its tables, whatever the window shows.
void ReportWriter::writeReport(const QString& runFolder, const ReportFiles& files)
{
    ++m_busy;
    m_queue.run(
        this,
        [this, runFolder, asked = files](const std::stop_token&) -> BackgroundQueue::Completion {
            ReportFiles places = asked;
            if (places.png.isEmpty())
                places.png = pictureBeside(places.markdown);
            auto run = std::make_shared<const RunContents>(readRun(toPath(runFolder)));
            const SnapshotPtr snapshot =
                makeSnapshot(run->records, run->header.metrics, run->header.fp16Quality, 0,
                             run->header.model.fp16Bytes());
            return [=, this] { // drawn here: fonts and painting are the GUI thread's
                if (drawPlot(*snapshot, places.png))
                    writeTexts(run, places);
                else
                    --m_busy;
            };
        },
        [this](const Failure& failure) {
            --m_busy;
            fail(failure);
        });
}

void ReportWriter::writeTexts(const std::shared_ptr<const RunContents>& run,
                              const ReportFiles& files)
{
    m_queue.run(
        this,
        [=, this](const std::stop_token&) -> BackgroundQueue::Completion {
            QStringList written;
            if (!files.markdown.isEmpty()) {
                const std::string picture = QFileInfo(files.png).fileName().toStdString();
                replaceFile(toPath(files.markdown), markdownReport(*run, picture));
                written << files.markdown;
            }
            if (!files.html.isEmpty()) {
                replaceFile(toPath(files.html), htmlReport(*run, readFile(toPath(files.png))));
                written << files.html;
            }
            if (!files.scratch)
                written << files.png;
            return [this, written] {
                --m_busy;
                emit exported(written);
            };
        },
        [this](const Failure& failure) {
            --m_busy;
            fail(failure);
        });
}

} // namespace bitfront
