// SPDX-License-Identifier: GPL-3.0-or-later
// The first page: open a model, try the demo, go back to a recent run, or drop files.
#pragma once

#include "widgets/workbench/settings.h"

#include <QWidget>

class QVBoxLayout;

namespace bitfront {

struct ErrorText;
class Label;

class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget* parent = nullptr);

    void setRecentRuns(const QList<RecentRun>& runs);
    void setDemoAvailable(bool available);
    /// Shown above everything: a run that could not be opened, an engine that is missing.
    void showError(const ErrorText& error);
    QString errorMessage() const;

signals:
    void openModelRequested();
    void demoRequested();
    void runRequested(const QString& folder);

private:
    QWidget* buildTop();
    QWidget* buildBottom();
    QWidget* buildDropZone();

    QWidget* m_error;
    Label* m_errorText;
    QWidget* m_demo = nullptr;
    QVBoxLayout* m_recent = nullptr;
};

} // namespace bitfront
