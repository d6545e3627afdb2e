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
constexpr QLatin1String kPortal("org.freedesktop.portal.Desktop");
constexpr QLatin1String kPortalPath("/org/freedesktop/portal/desktop");
constexpr QLatin1String kSettings("org.freedesktop.portal.Settings");
constexpr QLatin1String kAppearance("org.freedesktop.appearance");
constexpr QLatin1String kColorScheme("color-scheme");
constexpr uint kPreferDark = 1; ///< 0: no preference, 2: light

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

void DBusDesktop::followColors(std::function<void(bool dark)> changed)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    m_colorsChanged = std::move(changed);
    bus.connect(kPortal, kPortalPath, kSettings, QStringLiteral("SettingChanged"), this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage call =
        QDBusMessage::createMethodCall(kPortal, kPortalPath, kSettings, QStringLiteral("Read"));
    call << kAppearance << kColorScheme;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError()) // no portal is nothing to be told about
            settingChanged(kAppearance, kColorScheme, reply.value());
        watcher->deleteLater();
    });
}

void DBusDesktop::settingChanged(const QString& space, const QString& key,
                                 const QDBusVariant& value)
{
    if (space != kAppearance || key != kColorScheme || !m_colorsChanged)
        return;
    QVariant scheme = value.variant();
    if (scheme.canConvert<QDBusVariant>()) // Read() wraps what it answers twice
        scheme = scheme.value<QDBusVariant>().variant();
    bool known = false;
    const uint number = scheme.toUInt(&known);
    if (known)
        m_colorsChanged(number == kPreferDark);
}

} // namespace bitfront
