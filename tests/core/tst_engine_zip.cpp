// SPDX-License-Identifier: GPL-3.0-or-later
// Zip archives that are odd but fine, or that ask for more than they hold.
#include "core/engine/files/zip_archive.h"
#include "tests/support/engine_data.h"
#include "tests/support/run_files.h"

#include <QtTest>

#include <algorithm>

using namespace bitfront;

namespace {

std::vector<std::uint8_t> bytesOf(const std::string& file)
{
    const std::string text = test::slurp(test::modelPath(file));
    return {text.begin(), text.end()};
}

std::optional<Failure> failureOfRead(const ZipArchive& zip, const ZipEntry& entry,
                                     std::uint64_t limit)
{
    try {
        (void)zip.read(entry, limit);
    } catch (const Error& error) {
        return error.failure();
    }
    return std::nullopt;
}

} // namespace

class TestEngineZip : public QObject
{
    Q_OBJECT

private slots:
    void noChecksums();
    void impossibleSize();
};

/// torch.save leaves all checksums at 0 when it is told to write none.
void TestEngineZip::noChecksums()
{
    std::vector<std::uint8_t> bytes = bytesOf("cnn.inputs.npz");
    const std::string_view mark = "PK\x01\x02";
    const auto directory = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end());
    QVERIFY(directory != bytes.end());
    constexpr std::ptrdiff_t kChecksum = 16;
    std::fill_n(directory + kChecksum, 4, std::uint8_t {0});
    const ZipArchive zip(bytes);
    QCOMPARE(zip.entries().front().method, 0);
    QCOMPARE(zip.entries().front().crc, 0u);
    const auto failure = failureOfRead(zip, zip.entries().front(), 1 << 20);
    QVERIFY2(!failure, test::textOf(failure).c_str());
}

/// A size that deflate cannot reach is refused before that much memory is asked for.
void TestEngineZip::impossibleSize()
{
    const std::vector<std::uint8_t> bytes = bytesOf("in_deflated.npz");
    const ZipArchive zip(bytes);
    ZipEntry entry = *zip.find("x.npy");
    QCOMPARE(entry.method, 8);
    entry.bytes = std::uint64_t {1} << 45;
    const auto failure = failureOfRead(zip, entry, std::uint64_t {1} << 46);
    QVERIFY2(test::says(failure, "bad_format|claims to hold"), test::textOf(failure).c_str());
}

QTEST_GUILESS_MAIN(TestEngineZip)
#include "tst_engine_zip.moc"
