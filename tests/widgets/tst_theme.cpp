// SPDX-License-Identifier: GPL-3.0-or-later
// Both themes are readable by the numbers of WCAG 2.1, and every icon is there and takes its
// colour.
#include "widgets/parts/bars.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QDir>
#include <QPainter>
#include <QPushButton>
#include <QtTest>

using namespace bitfront;

Q_DECLARE_METATYPE(QColor)

class ThemeTest : public QObject
{
    Q_OBJECT

private slots:
    void contrast_data();
    void contrast();
    void knownContrasts();
    void mixing();
    void iconsAreThere();
    void iconsFollowTheTheme();
    void switchReachesWidgets();
    void fonts();
};

void ThemeTest::contrast_data()
{
    QTest::addColumn<QColor>("front");
    QTest::addColumn<QColor>("ground");
    QTest::addColumn<double>("least");
    for (const Theme& t : {Theme::light(), Theme::darkTheme()}) {
        const char* name = t.dark ? "dark" : "light";
        const std::pair<const char*, QColor> grounds[] = {
            {"window", t.window}, {"panel", t.panel}, {"surface", t.surface}, {"field", t.field}};
        for (const auto& [where, ground] : grounds) {
            const std::pair<const char*, QColor> texts[] = {
                {"text", t.text}, {"text2", t.text2}, {"text3", t.text3}, {"accent", t.accent},
                {"ok", t.ok},     {"warn", t.warn},   {"err", t.err}};
            for (const auto& [what, color] : texts)
                QTest::addRow("%s: %s on %s", name, what, where) << color << ground << 4.5;
            QTest::addRow("%s: unchecked box on %s", name, where) << t.text3 << ground << 3.0;
        }
        QTest::addRow("%s: text on selection", name) << t.text << t.accentSoft << 4.5;
        QTest::addRow("%s: text2 on selection", name) << t.text2 << t.accentSoft << 4.5;
        QTest::addRow("%s: accent on its soft fill", name) << t.accent << t.accentSoft << 4.5;
        QTest::addRow("%s: text on hover", name) << t.text << t.hover << 4.5;
        QTest::addRow("%s: text2 on a disabled primary button", name) << t.text2 << t.line << 4.5;
        QTest::addRow("%s: primary button", name) << t.onAccent << t.accentFill << 4.5;
        QTest::addRow("%s: primary button, hover", name) << t.onAccent << t.accentFillHover << 4.5;
        QTest::addRow("%s: text on ok banner", name) << t.text << t.okSoft << 4.5;
        QTest::addRow("%s: text on warning banner", name) << t.text << t.warnSoft << 4.5;
        QTest::addRow("%s: text on error banner", name) << t.text << t.errSoft << 4.5;
        QTest::addRow("%s: warn icon on its banner", name) << t.warn << t.warnSoft << 3.0;
        QTest::addRow("%s: err icon on its banner", name) << t.err << t.errSoft << 3.0;
        QTest::addRow("%s: tool tip", name) << t.surface << t.text << 4.5;
        for (const GroupId group : kGroups)
            QTest::addRow("%s: marker %s", name, groupKey(group).data())
                << t.group(group) << t.surface << 3.0;
        QTest::addRow("%s: star", name) << t.fp16 << t.surface << 3.0;
        QTest::addRow("%s: failed", name) << t.failed << t.surface << 3.0;
        QTest::addRow("%s: count of a stack", name) << t.text2 << t.track << 4.5;
        QTest::addRow("%s: letter of a pin", name) << t.surface << t.text << 4.5;
        QTest::addRow("%s: target line", name) << t.accent << t.surface << 3.0;
        QTest::addRow("%s: compressed weights", name) << t.accentFill << t.surface << 3.0;
        QTest::addRow("%s: uncompressed weights", name) << uncompressedColor(t) << t.surface << 3.0;
        QTest::addRow("%s: front line", name) << t.text << t.surface << 3.0;
        QTest::addRow("%s: floor line", name) << t.text3 << t.surface << 3.0;
    }
}

void ThemeTest::contrast()
{
    QFETCH(QColor, front);
    QFETCH(QColor, ground);
    QFETCH(double, least);
    const double ratio = contrastRatio(front, ground);
    QVERIFY2(ratio >= least, qPrintable(QStringLiteral("%1 : 1").arg(ratio)));
}

void ThemeTest::knownContrasts()
{
    QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white) * 100), 2100);
    QCOMPARE(qRound(contrastRatio(Theme::light().group(GroupId::PerChannel), Qt::white) * 100),
             519);
    QCOMPARE(qRound(contrastRatio(Theme::light().group(GroupId::Palette), Qt::white) * 100), 342);
    QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
}

void ThemeTest::mixing()
{
    QCOMPARE(mixed(Qt::white, Qt::black, 1.0).name(), QStringLiteral("#ffffff"));
    QCOMPARE(mixed(Qt::white, Qt::black, 0.0).name(), QStringLiteral("#000000"));
    QCOMPARE(mixed(QColor(200, 100, 0), QColor(0, 0, 0), 0.5).name(), QStringLiteral("#643200"));
}

void ThemeTest::iconsAreThere()
{
    const QStringList files =
        QDir(QStringLiteral(BITFRONT_RESOURCES "/icons")).entryList({QStringLiteral("*.svg")});
    QVERIFY(files.size() >= 31);
    for (const QString& file : files) {
        const QString name = file.chopped(4);
        const QPixmap pixmap = tintedPixmap(name, Qt::red, 16, 2);
        QCOMPARE(pixmap.size(), QSize(32, 32));
        const QImage image = pixmap.toImage();
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                painted += qAlpha(image.pixel(x, y)) > 100;
        }
        QVERIFY2(painted > 15, qPrintable(name)); // "dots" has the least
    }
    QCOMPARE(applicationIcon().availableSizes().size(), 7);
}

void ThemeTest::iconsFollowTheTheme()
{
    auto& app = *qobject_cast<QApplication*>(qApp);
    const QIcon icon = themedIcon(QStringLiteral("stop"));
    const auto strongest = [&icon](QIcon::Mode mode) {
        const QImage image = icon.pixmap(QSize(64, 64), mode).toImage();
        QColor best;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)) == 255)
                    best = image.pixelColor(x, y);
            }
        }
        return best.name();
    };
    applyTheme(app, ThemeMode::Light);
    QCOMPARE(strongest(QIcon::Normal), Theme::light().text2.name());
    QCOMPARE(strongest(QIcon::Disabled), Theme::light().lineStrong.name());
    applyTheme(app, ThemeMode::Dark);
    QCOMPARE(strongest(QIcon::Normal), Theme::darkTheme().text2.name());
}

void ThemeTest::switchReachesWidgets()
{
    struct Listener : QWidget
    {
        int changes = 0;
        void changeEvent(QEvent* event) override
        {
            changes += event->type() == QEvent::PaletteChange;
            QWidget::changeEvent(event);
        }
    };
    auto& app = *qobject_cast<QApplication*>(qApp);
    applyTheme(app, ThemeMode::Light);
    Listener widget;
    QPushButton button(QStringLiteral("Open"), &widget);
    button.setProperty("role", QStringLiteral("primary"));
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
    const int before = widget.changes;
    applyTheme(app, ThemeMode::Dark);
    QVERIFY(widget.changes > before);
    QVERIFY(Theme::current().dark);
    QCOMPARE(app.palette().color(QPalette::Window), Theme::darkTheme().window);
    button.resize(120, 32);
    const QImage image = button.grab().toImage();
    QCOMPARE(image.pixelColor(image.width() / 2, 4).name(), Theme::darkTheme().accentFill.name());
    applyTheme(app, ThemeMode::Light);
}

void ThemeTest::fonts()
{
    QCOMPARE(uiFont(13, 600).weight(), QFont::DemiBold);
    QCOMPARE(uiFont(20).pixelSize(), uiPx(20));
    QVERIFY(uiScale() >= 0.75 && uiScale() <= 3);
    QVERIFY(uiFont(13).families().contains(QStringLiteral("DejaVu Sans")));
}

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
