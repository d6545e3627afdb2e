// SPDX-License-Identifier: GPL-3.0-or-later
// A message next to its cause: soft fill, icon, one sentence, at most three buttons. Never a
// dialog.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace bitfront {

class MessageBanner : public QFrame
{
    Q_OBJECT

public:
    enum class Kind
    {
        Info,
        Ok,
        Warning,
        Error
    };
    explicit MessageBanner(QWidget* parent = nullptr);

    /// Shows `text` with the icon of `kind` (or `icon`) and without buttons; add them after it.
    void showMessage(Kind kind, const QString& text, const QString& icon = {});
    /// Appends a button, at most three. `role` as in the style sheet: "primary", "", "quiet",
    /// "link".
    QPushButton* addButton(const QString& text, const QString& role = {});
    QString message() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void recolour();

    Kind m_kind = Kind::Info;
    QString m_iconName;
    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QHBoxLayout* m_buttons = nullptr;
};

} // namespace bitfront
