// SPDX-License-Identifier: GPL-3.0-or-later
// Writes reports and plots of a run to files: text off the GUI thread, pictures on it.
#pragma once

#include "core/run/run_folder.h"
#include "widgets/result_snapshot.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

class QTemporaryDir;

namespace bitfront {

enum class ExportKind
{
    Markdown,
    Html,
    Png,
    Svg,
    Pdf
};

class ReportWriter : public QObject
{
    Q_OBJECT

public:
    explicit ReportWriter(QObject* parent = nullptr);

    /// "report.md", "compression_exploration.png", …
    static QString defaultFileName(ExportKind kind);

    /// Report as Markdown and HTML with the plot as PNG, all into the run folder, where
    /// bitfront-cli puts them too.
    void writeAll(const QString& runFolder);
    /// A report ranks by the run's first output; a picture alone shows `snapshot`.
    void write(ExportKind kind, const QString& file, const QString& runFolder,
               const SnapshotPtr& snapshot);

    /// Whether files are still being written; exported or exportFailed follows.
    bool isBusy() const { return m_busy > 0; }

signals:
    void exported(const QStringList& files);
    void exportFailed(const bitfront::ErrorText& error);

private:
    struct ReportFiles
    {
        QString png; ///< empty: beside the Markdown, under its name
        QString markdown, html; ///< may be empty
        std::shared_ptr<QTemporaryDir> scratch; ///< of a picture that only the page needs
    };
    void writeReport(const QString& runFolder, const ReportFiles& files);
    void writeTexts(const std::shared_ptr<const RunContents>& run, const ReportFiles& files);
    bool drawPlot(const ResultSnapshot& snapshot, const QString& file);
    void fail(const Failure& failure);

    int m_busy = 0;
    BackgroundQueue m_queue;
};

} // namespace bitfront
