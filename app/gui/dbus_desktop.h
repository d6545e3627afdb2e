// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop over D-Bus: notices by org.freedesktop.Notifications, staying awake by a lock of
// logind. Nothing here waits for an answer.
#pragma once

#include "widgets/workbench/desktop.h"

#include <QDBusUnixFileDescriptor>
#include <QObject>

namespace bitfront {

class DBusDesktop : public QObject, public Desktop
{
    Q_OBJECT

public:
    void notify(const QString& title, const QString& text, std::function<void()> show) override;
    void keepAwake(bool awake) override;

private slots:
    void actionInvoked(uint id, const QString& action);

private:
    std::function<void()> m_show;
    uint m_notice = 0; ///< the last one shown; 0: none
    bool m_wanted = false; ///< what the last call of keepAwake() asked for
    QDBusUnixFileDescriptor m_lock; ///< held open: logind's lock lasts as long
};

} // namespace bitfront
