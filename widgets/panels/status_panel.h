// SPDX-License-Identifier: GPL-3.0-or-later
// The bottom line of the window while a run is shown: progress per group, time left, warnings,
// workers.
#pragma once

#include <QWidget>

namespace bitfront {

class RunController;

class StatusPanel : public QWidget
{
    Q_OBJECT

public:
    explicit StatusPanel(RunController& run, QWidget* parent = nullptr);
    /// "1a 6 of 6 +10 done; …", for screen readers and tests.
    QString summary() const;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Part
    {
        int group = 0;
        QString text;
        double fraction = 0;
        bool done = false;
    };
    QList<Part> parts() const;
    QString endText() const;
    QString workersText() const;
    int warningCount() const;

    RunController& m_run;
};

} // namespace bitfront
