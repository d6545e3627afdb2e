// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/step_card.h"

#include "widgets/parts/buttons.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitfront {

StepCard::StepCard(const QString& icon, const QString& title, QWidget* parent)
    : Ground(Kind::Card, parent)
    , m_stateIcon(new IconLabel(QString(), Tone::Text2, 14))
    , m_stateWord(new Label({}, 11, 500))
    , m_action(makeButton({}, ButtonRole::Link))
    , m_body(new QVBoxLayout)
    , m_foot(new QVBoxLayout)
    , m_error(new QWidget)
    , m_errorTitle(new Label({}, 13, 600, Tone::Err))
    , m_errorBody(new Label({}, 13, 400, Tone::Text2))
    , m_errorHelp(makeButton(tr("Show how to export"), ButtonRole::Link))
{
    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(new IconLabel(icon));
    head->addWidget(new Label(title, 15, 600));
    head->addStretch();
    auto* state = new QHBoxLayout;
    state->setSpacing(6);
    state->addWidget(m_stateIcon);
    state->addWidget(m_stateWord);
    head->addLayout(state);
    head->addSpacing(8);
    head->addWidget(m_action);
    connect(m_action, &QPushButton::clicked, this, &StepCard::actionTriggered);
    m_action->setAccessibleDescription(title);

    auto* error = new QHBoxLayout(m_error);
    error->setContentsMargins(0, 0, 0, 0);
    error->setSpacing(10);
    error->addWidget(new IconLabel(QStringLiteral("warning"), Tone::Err), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    m_errorTitle->setWrapped(true);
    m_errorBody->setWrapped(true);
    m_errorBody->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(m_errorTitle);
    words->addWidget(m_errorBody);
    words->addWidget(m_errorHelp, 0, Qt::AlignLeft);
    error->addLayout(words, 1);
    m_error->hide();
    connect(m_errorHelp, &QPushButton::clicked, this, &StepCard::exportHelpRequested);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 18);
    column->setSpacing(16);
    column->addLayout(head);
    m_body->setSpacing(12);
    m_body->setContentsMargins(0, 0, 0, 0);
    column->addLayout(m_body);
    column->addWidget(m_error);
    m_foot->setContentsMargins(0, 0, 0, 0);
    column->addLayout(m_foot);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void StepCard::setState(State state, const QString& word)
{
    m_state = state;
    m_stateWord->setText(word);
    switch (state) {
    case State::Missing:
        m_stateIcon->setIcon(QStringLiteral("ring"), Tone::Text3);
        m_stateWord->setTone(Tone::Text3);
        break;
    case State::Busy:
        m_stateIcon->setIcon(QStringLiteral("clock"), Tone::Text2);
        m_stateWord->setTone(Tone::Text2);
        break;
    case State::Ready:
        m_stateIcon->setIcon(QStringLiteral("check-circle"), Tone::Ok);
        m_stateWord->setTone(Tone::Ok);
        break;
    case State::Attention:
        m_stateIcon->setIcon(QStringLiteral("info"), Tone::Warn);
        m_stateWord->setTone(Tone::Warn);
        break;
    case State::Failed:
        m_stateIcon->setIcon(QStringLiteral("warning"), Tone::Err);
        m_stateWord->setTone(Tone::Err);
        break;
    }
}

void StepCard::setAction(const QString& text)
{
    m_action->setText(text);
    m_action->setVisible(!text.isEmpty());
}

void StepCard::setError(const ErrorText& error)
{
    m_errorTitle->setText(error.title);
    m_errorBody->setText(error.body);
    m_errorHelp->setVisible(error.showExport);
    m_error->setVisible(!error.title.isEmpty());
    m_error->setAccessibleName(error.whole());
}

QString StepCard::errorMessage() const
{
    return m_error->isHidden() ? QString()
                               : m_errorTitle->text() + QLatin1Char(' ') + m_errorBody->text();
}

} // namespace bitfront
