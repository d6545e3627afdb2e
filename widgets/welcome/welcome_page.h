// SPDX-License-Identifier: GPL-3.0-or-later
// The first page: open a model, try the demo, go back to a recent run, or drop files.
#pragma once

#include "widgets/workbench/settings.h"

#include <QWidget>

class QVBoxLayout;

namespace bitfront {

struct ErrorText;
class Label;
class MessageBanner;

class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget* parent = nullptr);

    void setRecentRuns(const QList<RecentRun>& runs);
    /// A run that ended before its time, offered above everything; an empty folder takes the offer
    /// away. `results` are on the disk; `written`: another process is at it now.
    void offerUnfinished(const RecentRun& run, int results, bool written);
    void setDemoAvailable(bool available);
    /// Shown above everything: a run that could not be opened, an engine that is missing.
    void showError(const ErrorText& error);
    QString errorMessage() const;

signals:
    void openModelRequested();
    void demoRequested();
    void runRequested(const QString& folder);
    void resumeRequested(const QString& folder);
    void forgetRequested(const QString& folder); ///< off the list; its files stay

private:
    QWidget* buildTop();
    QWidget* buildBottom();
    QWidget* buildDropZone();

    MessageBanner* m_unfinished;
    QWidget* m_error;
    Label* m_errorText;
    QWidget* m_demo = nullptr;
    QVBoxLayout* m_recent = nullptr;
};

} // namespace bitfront
