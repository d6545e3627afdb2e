// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/dbus_desktop.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

namespace bitfront {

namespace {

constexpr QLatin1String kNotices("org.freedesktop.Notifications");
constexpr QLatin1String kNoticesPath("/org/freedesktop/Notifications");
constexpr QLatin1String kLogin("org.freedesktop.login1");

} // namespace

void DBusDesktop::notify(const QString& title, const QString& text, std::function<void()> show)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        qInfo("No notice of the desktop: there is no session bus.");
        return;
    }
    m_show = std::move(show);
    bus.connect(kNotices, kNoticesPath, kNotices, QStringLiteral("ActionInvoked"), this,
                SLOT(actionInvoked(uint, QString)));
    QDBusMessage call =
        QDBusMessage::createMethodCall(kNotices, kNoticesPath, kNotices, QStringLiteral("Notify"));
    const QStringList actions {QStringLiteral("default"), tr("Show"), QStringLiteral("show"),
                               tr("Show")};
    call << QCoreApplication::applicationName() << m_notice << QStringLiteral("bitfront") << title
         << text << actions << QVariantMap() << -1;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError())
            qInfo("No notice of the desktop: %s", qUtf8Printable(reply.error().message()));
        else
            m_notice = reply.value();
        watcher->deleteLater();
    });
}

void DBusDesktop::actionInvoked(uint id, const QString&)
{
    if (id == m_notice && m_show)
        m_show();
}

void DBusDesktop::keepAwake(bool awake)
{
    if (m_wanted == awake)
        return;
    m_wanted = awake;
    if (!awake) {
        m_lock = {};
        return;
    }
    QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.isConnected()) {
        qInfo("The computer may fall asleep: there is no system bus.");
        return;
    }
    QDBusMessage call = QDBusMessage::createMethodCall(
        kLogin, QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    call << QStringLiteral("sleep:idle") << QCoreApplication::applicationName()
         << tr("A sweep is running") << QStringLiteral("block");
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *watcher;
        if (reply.isError())
            qInfo("The computer may fall asleep: %s", qUtf8Printable(reply.error().message()));
        else if (m_wanted) // not over in the meantime
            m_lock = reply.value();
        watcher->deleteLater();
    });
}

} // namespace bitfront
