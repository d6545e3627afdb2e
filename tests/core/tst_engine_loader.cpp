// SPDX-License-Identifier: GPL-3.0-or-later
// What the loader says about a library that is missing or wrong, and that it can be asked again.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;
using namespace bitfront::test;

class TestEngineLoader : public QObject
{
    Q_OBJECT

private slots:
    void wrongLibrary_data();
    void wrongLibrary();
    void userSettingsStay();
};

void TestEngineLoader::wrongLibrary_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    QTest::newRow("missing") << "none.so"
                             << "could not be loaded|there is no file|none.so";
    QTest::newRow("no library") << "text.so"
                                << "could not be loaded|text.so";
    QTest::newRow("another library") << "/lib/x86_64-linux-gnu/libz.so.1"
                                     << "not Bitfront's engine";
}

void TestEngineLoader::wrongLibrary()
{
    QFETCH(QString, file);
    QFETCH(QString, says);
    const QTemporaryDir folder;
    QFile text(folder.filePath("text.so"));
    QVERIFY(text.open(QIODevice::WriteOnly) && text.write("no library") > 0);
    text.close();
    const QString path = file.startsWith('/') ? file : folder.filePath(file);
    if (file.startsWith('/') && !QFile::exists(path))
        QSKIP("zlib lies elsewhere on this machine");
    qputenv("BITFRONT_ENGINE", path.toUtf8());
    const auto failure = failureOf([] { loadEngine(); });
    qunsetenv("BITFRONT_ENGINE");
    QVERIFY2(test::says(failure, "internal|" + says.toStdString()), textOf(failure).c_str());
    QVERIFY(!failure->hint.empty());
}

void TestEngineLoader::userSettingsStay()
{
    qputenv("OMP_WAIT_POLICY", "active");
    qunsetenv("GOMP_SPINCOUNT");
    QVERIFY(loadEngine());
    QCOMPARE(qgetenv("OMP_WAIT_POLICY"), QByteArray("active"));
    QCOMPARE(qgetenv("GOMP_SPINCOUNT"), QByteArray("0"));
}

QTEST_GUILESS_MAIN(TestEngineLoader)
#include "tst_engine_loader.moc"
