// SPDX-License-Identifier: GPL-3.0-or-later
// One of the three things to confirm in the setup page: a card with icon, title, state and an
// action in its head, and one body at a time: invitation, busy line, facts or what went wrong.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/workbench/error_text.h"

class QPushButton;
class QVBoxLayout;

namespace bitfront {

class StepCard : public Ground
{
    Q_OBJECT

public:
    StepCard(const QString& icon, const QString& title, QWidget* parent = nullptr);

    enum class State
    {
        Missing,
        Busy,
        Ready,
        Attention,
        Failed
    };
    void setState(State state, const QString& word);
    State state() const { return m_state; }
    void setAction(const QString& text);
    /// Shows what went wrong below the body; an empty title hides it.
    void setError(const ErrorText& error);
    QString errorMessage() const;

signals:
    void actionTriggered();
    void exportHelpRequested();

protected:
    QVBoxLayout* body() const { return m_body; }
    QVBoxLayout* foot() const { return m_foot; } ///< below what went wrong

private:
    State m_state = State::Missing;
    IconLabel* m_stateIcon;
    Label* m_stateWord;
    QPushButton* m_action;
    QVBoxLayout* m_body;
    QVBoxLayout* m_foot;
    QWidget* m_error;
    Label* m_errorTitle;
    Label* m_errorBody;
    QPushButton* m_errorHelp;
};

} // namespace bitfront
