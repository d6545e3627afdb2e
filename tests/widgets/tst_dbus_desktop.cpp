// SPDX-License-Identifier: GPL-3.0-or-later
// Notices and staying awake over a real bus of its own, with services as desktops have them. To be
// run by `dbus-run-session` with BITFRONT_PRIVATE_BUS set, as ctest does: never on somebody's own.
#include "app/gui/dbus_desktop.h"
#include "tests/widgets/window_fixture.h"

#include <QAction>
#include <QDBusConnection>
#include <QDBusContext>
#include <QDBusUnixFileDescriptor>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// A notification service as the desktop specification describes it.
class Notifications : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    struct Notice
    {
        uint id, replaces;
        QString title, text;
        QStringList actions;
    };
    QList<Notice> notices;

public slots:
    uint Notify(const QString& application, uint replaces, const QString& icon,
                const QString& title, const QString& text, const QStringList& actions,
                const QVariantMap&, int)
    {
        m_rightSender = application == QLatin1String("Bitfront") && !icon.isEmpty();
        notices << Notice {replaces ? replaces : ++m_last, replaces, title, text, actions};
        return notices.back().id;
    }

signals:
    void ActionInvoked(uint id, const QString& action);

public:
    bool rightSender() const { return m_rightSender; }

private:
    uint m_last = 40;
    bool m_rightSender = false;
};

/// The part of logind that hands out locks: held for as long as its client keeps the descriptor.
class Login : public QObject, protected QDBusContext
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

public:
    ~Login() override { forget(); }
    QStringList asked;
    bool refuses = false;
    bool isHeld() const
    {
        pollfd end {m_end, POLLIN, 0};
        return m_end >= 0 && poll(&end, 1, 0) == 0; // hung up once the other end is closed
    }

public slots:
    QDBusUnixFileDescriptor Inhibit(const QString& what, const QString& who, const QString& why,
                                    const QString& mode)
    {
        asked << QStringList {what, who, why, mode}.join(QLatin1Char('|'));
        if (refuses) {
            sendErrorReply(QDBusError::AccessDenied, QStringLiteral("not today"));
            return {};
        }
        forget();
        int ends[2] = {-1, -1};
        if (pipe2(ends, O_CLOEXEC) != 0)
            return {};
        m_end = ends[0];
        const QDBusUnixFileDescriptor lock(ends[1]); // a copy
        close(ends[1]);
        return lock;
    }

private:
    void forget()
    {
        if (m_end >= 0)
            close(m_end);
        m_end = -1;
    }
    int m_end = -1;
};

/// The part of the portal that tells whether the user wants dark colours.
class Portal : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    uint scheme = 0; ///< 0: no preference, 1: dark, 2: light
    void change(uint to)
    {
        scheme = to;
        emit SettingChanged(QStringLiteral("org.freedesktop.appearance"),
                            QStringLiteral("color-scheme"), QDBusVariant(scheme));
    }

public slots:
    QDBusVariant Read(const QString& space, const QString& key)
    {
        const bool asked = space == QLatin1String("org.freedesktop.appearance")
            && key == QLatin1String("color-scheme");
        return QDBusVariant(QVariant::fromValue(QDBusVariant(asked ? scheme : 99U)));
    }

signals:
    void SettingChanged(const QString& space, const QString& key, const QDBusVariant& value);
};

} // namespace

class TestDBusDesktop : public QObject
{
    Q_OBJECT

public:
    static void initMain()
    {
        // One private bus is both.
        qputenv("DBUS_SYSTEM_BUS_ADDRESS", qgetenv("DBUS_SESSION_BUS_ADDRESS"));
    }

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void noticeAndItsButton();
    void laterNoticeReplacesTheFirst();
    void lockLastsAsLongAsAsked();
    void lockThatCameTooLate();
    void refusalIsSurvived();
    void nobodyAnswers();
    void wholeSweep();
    void colorsFollowTheDesktop();

private:
    QDBusConnection m_services {QStringLiteral("services")};
    std::unique_ptr<Notifications> m_notifications;
    std::unique_ptr<Login> m_login;
    std::unique_ptr<Portal> m_portal;
};

void TestDBusDesktop::initTestCase()
{
    if (!qEnvironmentVariableIsSet("BITFRONT_PRIVATE_BUS"))
        QSKIP("not on a bus of its own");
    QApplication::setApplicationName(QStringLiteral("Bitfront"));
    m_services = QDBusConnection::connectToBus(
        QString::fromLocal8Bit(qgetenv("DBUS_SESSION_BUS_ADDRESS")), QStringLiteral("services"));
    QVERIFY(m_services.isConnected());
}

void TestDBusDesktop::init()
{
    m_notifications = std::make_unique<Notifications>();
    m_login = std::make_unique<Login>();
    m_portal = std::make_unique<Portal>();
    QVERIFY(m_services.registerObject(
        QStringLiteral("/org/freedesktop/Notifications"), m_notifications.get(),
        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(m_services.registerObject(QStringLiteral("/org/freedesktop/login1"), m_login.get(),
                                      QDBusConnection::ExportAllSlots));
    QVERIFY(m_services.registerObject(
        QStringLiteral("/org/freedesktop/portal/desktop"), m_portal.get(),
        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(m_services.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));
    QVERIFY(m_services.registerService(QStringLiteral("org.freedesktop.Notifications")));
    QVERIFY(m_services.registerService(QStringLiteral("org.freedesktop.login1")));
}

void TestDBusDesktop::cleanup()
{
    m_services.unregisterService(QStringLiteral("org.freedesktop.Notifications"));
    m_services.unregisterService(QStringLiteral("org.freedesktop.login1"));
    m_services.unregisterService(QStringLiteral("org.freedesktop.portal.Desktop"));
    m_services.unregisterObject(QStringLiteral("/org/freedesktop/portal/desktop"));
    m_services.unregisterObject(QStringLiteral("/org/freedesktop/Notifications"));
    m_services.unregisterObject(QStringLiteral("/org/freedesktop/login1"));
}

void TestDBusDesktop::noticeAndItsButton()
{
    DBusDesktop desktop;
    int shown = 0;
    desktop.notify(QStringLiteral("title"), QStringLiteral("text"), [&] { ++shown; });
    QTRY_COMPARE(m_notifications->notices.size(), 1);
    QVERIFY(m_notifications->rightSender());
    const Notifications::Notice notice = m_notifications->notices.front();
    QCOMPARE(notice.title, QStringLiteral("title"));
    QCOMPARE(notice.text, QStringLiteral("text"));
    QCOMPARE(notice.actions, (QStringList {"default", "Show", "show", "Show"}));
    QTest::qWait(50); // until the answer with its number is there
    emit m_notifications->ActionInvoked(notice.id + 1, QStringLiteral("default"));
    QTest::qWait(100);
    QCOMPARE(shown, 0); // of another program
    emit m_notifications->ActionInvoked(notice.id, QStringLiteral("default"));
    QTRY_COMPARE(shown, 1);
}

void TestDBusDesktop::laterNoticeReplacesTheFirst()
{
    DBusDesktop desktop;
    int first = 0, second = 0;
    desktop.notify(QStringLiteral("one"), {}, [&] { ++first; });
    QTRY_COMPARE(m_notifications->notices.size(), 1);
    QTest::qWait(50);
    desktop.notify(QStringLiteral("two"), {}, [&] { ++second; });
    QTRY_COMPARE(m_notifications->notices.size(), 2);
    QCOMPARE(m_notifications->notices.back().replaces, m_notifications->notices.front().id);
    QTest::qWait(50);
    emit m_notifications->ActionInvoked(m_notifications->notices.back().id, QStringLiteral("show"));
    QTRY_COMPARE(second, 1);
    QCOMPARE(first, 0);
}

void TestDBusDesktop::lockLastsAsLongAsAsked()
{
    {
        DBusDesktop desktop;
        desktop.keepAwake(true);
        QTRY_VERIFY(m_login->isHeld());
        QCOMPARE(m_login->asked,
                 QStringList {QStringLiteral("sleep:idle|Bitfront|A sweep is running|block")});
        desktop.keepAwake(true);
        QTest::qWait(50);
        QCOMPARE(m_login->asked.size(), 1); // once is enough
        desktop.keepAwake(false);
        QTRY_VERIFY(!m_login->isHeld());
        desktop.keepAwake(true);
        QTRY_VERIFY(m_login->isHeld());
    }
    QTRY_VERIFY(!m_login->isHeld()); // nor longer than the desktop's object
}

void TestDBusDesktop::lockThatCameTooLate()
{
    DBusDesktop desktop;
    desktop.keepAwake(true);
    desktop.keepAwake(false); // before the answer
    QTRY_COMPARE(m_login->asked.size(), 1);
    QTRY_VERIFY(!m_login->isHeld());
    desktop.keepAwake(true); // twice under way at once
    desktop.keepAwake(false);
    desktop.keepAwake(true);
    QTRY_VERIFY(m_login->asked.size() == 3 && m_login->isHeld());
    desktop.keepAwake(false);
    QTRY_VERIFY(!m_login->isHeld());
}

void TestDBusDesktop::refusalIsSurvived()
{
    m_login->refuses = true;
    DBusDesktop desktop;
    QTest::ignoreMessage(QtInfoMsg, "The computer may fall asleep: not today");
    desktop.keepAwake(true);
    QTRY_COMPARE(m_login->asked.size(), 1);
    QTest::qWait(100);
    desktop.keepAwake(false);
}

void TestDBusDesktop::nobodyAnswers()
{
    cleanup();
    DBusDesktop desktop;
    QTest::ignoreMessage(QtInfoMsg,
                         QRegularExpression(QStringLiteral("^No notice of the desktop")));
    QTest::ignoreMessage(QtInfoMsg,
                         QRegularExpression(QStringLiteral("^The computer may fall asleep")));
    desktop.notify(QStringLiteral("title"), {}, [] {});
    desktop.keepAwake(true);
    QTest::qWait(200);
}

/// In the window: awake from the start of a sweep to its end, a notice for whoever looks elsewhere,
/// and a click on it brings the window back.
void TestDBusDesktop::wholeSweep()
{
    FakeOptions options;
    options.delayMs = 10;
    WindowFixture f(options);
    f.window->setDesktop(std::make_unique<DBusDesktop>());
    QVERIFY(f.openEstimate());
    QVERIFY(!m_login->isHeld());
    f.click("startSweep");
    QTRY_VERIFY(m_login->isHeld());
    QVERIFY(f.waitForRecords(3));
    f.window->run().setPaused(true);
    QTRY_VERIFY(!m_login->isHeld());
    f.window->run().setPaused(false);
    QTRY_VERIFY(m_login->isHeld());
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(!m_login->isHeld());
    QVERIFY(m_notifications->notices.isEmpty()); // it took a moment only

    QWidget other;
    other.show();
    other.activateWindow();
    QTRY_VERIFY(!f.window->isActiveWindow());
    SweepEnd end;
    end.done = f.records();
    end.wallMs = 61000;
    emit f.window->run().sweepFinished(end);
    QTRY_COMPARE(m_notifications->notices.size(), 1);
    QCOMPARE(m_notifications->notices.front().title, QStringLiteral("Bitfront: sweep finished"));
    QTest::qWait(50);
    emit m_notifications->ActionInvoked(m_notifications->notices.front().id,
                                        QStringLiteral("default"));
    QTRY_VERIFY(f.window->isActiveWindow());
}

/// Dark when the desktop is, at the start and when it changes; only where the user chose so.
void TestDBusDesktop::colorsFollowTheDesktop()
{
    m_portal->scheme = 1;
    WindowFixture f;
    f.find<QAction>("theme0")->trigger(); // like the system
    const auto corner = [&f] { return f.window->grab().toImage().pixelColor(5, 5); };
    f.window->setDesktop(std::make_unique<DBusDesktop>());
    QTRY_COMPARE(corner(), Theme::darkTheme().window);
    m_portal->change(2);
    QTRY_COMPARE(corner(), Theme::light().window);
    m_portal->change(1);
    QTRY_COMPARE(corner(), Theme::darkTheme().window);
    emit m_portal->SettingChanged(QStringLiteral("org.freedesktop.appearance"),
                                  QStringLiteral("accent-color"), QDBusVariant(2U));
    QTest::qWait(100);
    QCOMPARE(corner(), Theme::darkTheme().window);
    f.find<QAction>("theme1")->trigger(); // light, whatever the desktop says
    QCOMPARE(corner(), Theme::light().window);
    m_portal->change(2);
    m_portal->change(1);
    QTest::qWait(100);
    QCOMPARE(corner(), Theme::light().window);
    f.find<QAction>("theme0")->trigger();
    QCOMPARE(corner(), Theme::darkTheme().window);
}

QTEST_MAIN(TestDBusDesktop)
#include "tst_dbus_desktop.moc"
