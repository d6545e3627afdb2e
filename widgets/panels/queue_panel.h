// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of a running sweep: what is measured now, what waits, what failed; skip, first, again.
#pragma once

#include "widgets/results/queue_model.h"

#include <QWidget>

#include <functional>

class QPushButton;
class QTreeView;

namespace bitfront {

class Label;
class RunController;

class QueuePanel : public QWidget
{
    Q_OBJECT

public:
    explicit QueuePanel(RunController& run, QWidget* parent = nullptr);
    QueueModel& model() const { return *m_model; }
    /// The line above the list: "2 running, 23 waiting".
    QString summary() const;

signals:
    void skipped(const QString& title); ///< for a message; the configuration gets no result
    void retryRequested(const std::vector<std::string>& names); ///< of a run that has ended

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    QWidget* buildHead();
    void buildList();
    void refresh();
    void updateButtons();
    bool act(int key, Qt::KeyboardModifiers modifiers);
    void skipChosen();
    void moveChosenToFront();
    void retryChosen();
    /// Names of the chosen configurations for which `fits` holds.
    std::vector<std::string> chosen(const std::function<bool(const QueueEntry&)>& fits) const;
    std::vector<std::string> chosenToRetry() const;

    RunController& m_run;
    QueueModel* m_model;
    QTreeView* m_list;
    Label* m_summary;
    QPushButton* m_first;
    QPushButton* m_skip;
    QPushButton* m_retry;
};

} // namespace bitfront
