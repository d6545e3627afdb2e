// SPDX-License-Identifier: GPL-3.0-or-later
// Reports as the window exports them: complete files, and words where they cannot be written.
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"
#include "widgets/workbench/report_writer.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;

namespace {

SnapshotPtr snapshotOf(const QString& runFolder)
{
    const RunContents run = readRun(runFolder.toStdString());
    return makeSnapshot(run.records, run.header.metrics, run.header.fp16Quality, 0,
                        run.header.model.fp16Bytes());
}

} // namespace

class TestReportWriter : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void pagesHoldThePicture_data();
    void pagesHoldThePicture();
    void markdownHasItsOwnPicture();
    void unwritablePlaceIsNamed();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_run;
};

void TestReportWriter::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
    m_run = m_dir->filePath(QStringLiteral("run"));
    test::writeFakeRun(m_run.toStdString());
}

void TestReportWriter::pagesHoldThePicture_data()
{
    QTest::addColumn<bool>("all");
    QTest::newRow("whole report") << true;
    QTest::newRow("page alone") << false;
}

void TestReportWriter::pagesHoldThePicture()
{
    QFETCH(bool, all);
    ReportWriter writer;
    const QSignalSpy exported(&writer, &ReportWriter::exported);
    const QString page = m_run + QStringLiteral("/report.html");
    if (all)
        writer.writeAll(m_run);
    else
        writer.write(ExportKind::Html, page, m_run, snapshotOf(m_run));
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 20000);
    // What every PNG file begins with, in base64.
    QVERIFY(test::contains(test::slurp(page.toStdString()), "data:image/png;base64,iVBORw0KGgo"));
}

// Two reports in one folder keep their own pictures; a picture that was there stays.
void TestReportWriter::markdownHasItsOwnPicture()
{
    ReportWriter writer;
    const QSignalSpy exported(&writer, &ReportWriter::exported);
    const QString other = m_dir->filePath(QStringLiteral("compression_exploration.png"));
    test::spit(other.toStdString(), "another run's");
    writer.write(ExportKind::Markdown, m_dir->filePath(QStringLiteral("a.md")), m_run,
                 snapshotOf(m_run));
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 20000);
    const QString picture = m_dir->filePath(QStringLiteral("a.png"));
    QCOMPARE(exported.first().first().toStringList(),
             QStringList({m_dir->filePath(QStringLiteral("a.md")), picture}));
    QVERIFY(QFile::exists(picture));
    QVERIFY(test::contains(test::slurp(m_dir->filePath(QStringLiteral("a.md")).toStdString()),
                           "a.png"));
    QCOMPARE(test::slurp(other.toStdString()), std::string("another run's"));
    // Once more: the picture is the report's own. A photograph of that name is not.
    writer.write(ExportKind::Markdown, m_dir->filePath(QStringLiteral("a.md")), m_run,
                 snapshotOf(m_run));
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 2, 20000);
    QCOMPARE(exported[1].first().toStringList().last(), picture);
    const QString photo = m_dir->filePath(QStringLiteral("photo.png"));
    test::spit(photo.toStdString(), "a photograph");
    writer.write(ExportKind::Markdown, m_dir->filePath(QStringLiteral("photo.md")), m_run,
                 snapshotOf(m_run));
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 3, 20000);
    QCOMPARE(test::slurp(photo.toStdString()), std::string("a photograph"));
    QCOMPARE(exported[2].first().toStringList().last(),
             m_dir->filePath(QStringLiteral("photo-2.png")));
}

void TestReportWriter::unwritablePlaceIsNamed()
{
    ReportWriter writer;
    const QSignalSpy failed(&writer, &ReportWriter::exportFailed);
    writer.write(ExportKind::Markdown, QStringLiteral("/proc/bitfront/report.md"), m_run,
                 snapshotOf(m_run));
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 20000);
}

QTEST_MAIN(TestReportWriter)
#include "tst_report_writer.moc"
