// SPDX-License-Identifier: GPL-3.0-or-later
// Takes pictures of a window in both themes.
#pragma once

#include "app/gui/main_window.h"
#include "widgets/theme.h"

#include <QAction>
#include <QDialog>
#include <QDir>
#include <QElapsedTimer>
#include <QPushButton>
#include <QTest>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bitfront {

inline constexpr int kPatienceMs = 600000;

/// Waits until `condition` holds; ends the program where it never does.
template<class Condition>
void waitFor(Condition condition, const char* what)
{
    if (!QTest::qWaitFor(condition, kPatienceMs)) {
        std::fprintf(stderr, "Gave up waiting for %s.\n", what);
        std::exit(1);
    }
}

class Photographer
{
public:
    Photographer(MainWindow& window, QDir folder)
        : m_window(window)
        , m_folder(std::move(folder))
    {
    }

    /// One picture per theme; leaves the light one on.
    void take(const QString& state, QWidget* instead = nullptr)
    {
        for (const auto& [mode, name] :
             {std::pair(ThemeMode::Dark, "dark"), std::pair(ThemeMode::Light, "light")}) {
            m_window.setThemeMode(mode);
            QTest::qWait(150);
            const QString file = m_folder.absoluteFilePath(
                QStringLiteral("%1-%2.png").arg(state, QLatin1String(name)));
            if (!(instead ? instead : &m_window)->grab().save(file))
                std::exit(1);
            std::printf("%s\n", qPrintable(file));
        }
    }

    /// The dialog that an action opens.
    void takeDialog(const char* action, const QString& state)
    {
        m_window.findChild<QAction*>(QLatin1String(action))->trigger();
        QTest::qWait(200);
        for (QDialog* dialog : m_window.findChildren<QDialog*>()) {
            if (!dialog->isVisible())
                continue;
            take(state, dialog);
            dialog->close();
            return;
        }
    }

    void click(const char* button)
    {
        auto* found = m_window.findChild<QPushButton*>(QLatin1String(button));
        if (!found)
            std::exit(1);
        QTest::mouseClick(found, Qt::LeftButton);
    }

private:
    MainWindow& m_window;
    QDir m_folder;
};

} // namespace bitfront
