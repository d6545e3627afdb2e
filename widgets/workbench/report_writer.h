// SPDX-License-Identifier: GPL-3.0-or-later
// Writes reports and plots of a run to files: text off the GUI thread, pictures on it.
#pragma once

#include "widgets/result_snapshot.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"

#include <QObject>
#include <QString>
#include <QStringList>

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
    void writeAll(const QString& runFolder, const SnapshotPtr& snapshot);
    void write(ExportKind kind, const QString& file, const QString& runFolder,
               const SnapshotPtr& snapshot);

signals:
    void exported(const QStringList& files);
    void exportFailed(const bitfront::ErrorText& error);

private:
    bool drawPlot(const SnapshotPtr& snapshot, const QString& file);
    void fail(const Failure& failure);

    BackgroundQueue m_queue;
};

} // namespace bitfront
