// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop over D-Bus: notices by org.freedesktop.Notifications, staying awake by a lock of
// logind, light or dark by the settings portal (Qt asks for it only from 6.5 on). Nothing here
// waits for an answer.
#pragma once

#include "widgets/workbench/desktop.h"

#include <QDBusUnixFileDescriptor>
#include <QDBusVariant>
#include <QObject>

namespace bitfront {

class DBusDesktop : public QObject, public Desktop
{
    Q_OBJECT

public:
    void notify(const QString& title, const QString& text, std::function<void()> show) override;
    void keepAwake(bool awake) override;
    void followColors(std::function<void(bool dark)> changed) override;

private slots:
    void actionInvoked(uint id, const QString& action);
    void settingChanged(const QString& space, const QString& key, const QDBusVariant& value);

private:
    std::function<void()> m_show;
    std::function<void(bool)> m_colorsChanged;
    uint m_notice = 0; ///< the last one shown; 0: none
    bool m_wanted = false; ///< what the last call of keepAwake() asked for
    QDBusUnixFileDescriptor m_lock; ///< held open: logind's lock lasts as long
};

} // namespace bitfront
