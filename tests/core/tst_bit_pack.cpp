// SPDX-License-Identifier: GPL-3.0-or-later
// Packing of codes: the layout of the stream, the way back, and what must not be packed.
#include "core/kernels/bit_pack.h"

#include <QTest>

#include <random>

using namespace bitfront;

class TestBitPack : public QObject
{
    Q_OBJECT

private slots:
    void layout_data();
    void layout();
    void roundTrip_data();
    void roundTrip();
    void wrongArgumentsThrow();
};

void TestBitPack::layout_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<QList<int>>("codes");
    QTest::addColumn<QList<int>>("bytes");
    QTest::newRow("nothing") << 3 << QList<int> {} << QList<int> {};
    QTest::newRow("one bit") << 1 << QList<int> {1, 0, 0, 1} << QList<int> {0b1001};
    QTest::newRow("nine bits") << 1 << QList<int> {0, 0, 0, 0, 0, 0, 0, 0, 1} << QList<int> {0, 1};
    QTest::newRow("nibbles") << 4 << QList<int> {1, 2, 15} << QList<int> {0x21, 0x0f};
    QTest::newRow("signed nibbles") << 4 << QList<int> {-1, 7, -8} << QList<int> {0x7f, 0x08};
    QTest::newRow("across bytes") << 3 << QList<int> {1, 2, 7} << QList<int> {0b11010001, 0b1};
    QTest::newRow("six") << 6 << QList<int> {63, 1, 0, 32} << QList<int> {0x7f, 0x00, 0x80};
    QTest::newRow("bytes") << 8 << QList<int> {255, -128} << QList<int> {255, 128};
}

void TestBitPack::layout()
{
    QFETCH(int, width);
    QFETCH(QList<int>, codes);
    QFETCH(QList<int>, bytes);
    const std::vector<std::int16_t> values(codes.begin(), codes.end());
    const std::vector<std::uint8_t> packed = packBits(values, width);
    QCOMPARE(QList<int>(packed.begin(), packed.end()), bytes);
    QCOMPARE(packedSize(values.size(), width), packed.size());
}

void TestBitPack::roundTrip_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("isSigned");
    for (int width = 1; width <= 8; ++width)
        for (const bool isSigned : {false, true})
            QTest::addRow("%d bits %s", width, isSigned ? "signed" : "unsigned")
                << width << isSigned;
}

void TestBitPack::roundTrip()
{
    QFETCH(int, width);
    QFETCH(bool, isSigned);
    std::mt19937 random(static_cast<unsigned>(width));
    const int limit = 1 << width;
    std::uniform_int_distribution<int> pick(isSigned ? -limit / 2 : 0,
                                            (isSigned ? limit / 2 : limit) - 1);
    for (std::size_t count = 0; count < 70; ++count) {
        std::vector<std::int16_t> codes(count);
        for (std::int16_t& code : codes)
            code = static_cast<std::int16_t>(pick(random));
        const std::vector<std::uint8_t> bytes = packBits(codes, width);
        QCOMPARE(bytes.size(), (count * static_cast<std::size_t>(width) + 7) / 8);
        QCOMPARE(unpackBits(bytes, count, width, isSigned), codes);
        if (!isSigned) {
            const std::vector<std::uint8_t> small(codes.begin(), codes.end());
            QCOMPARE(packBits(small, width), bytes);
        }
    }
}

void TestBitPack::wrongArgumentsThrow()
{
    const std::vector<std::int16_t> codes = {1, 2, 3};
    QVERIFY_EXCEPTION_THROWN(packBits(codes, 0), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(packBits(codes, 9), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(packBits(codes, 1), std::out_of_range);
    const std::vector<std::int16_t> negative = {-9};
    QVERIFY_EXCEPTION_THROWN(packBits(negative, 4), std::out_of_range);
    const std::vector<std::uint8_t> bytes = {1, 2};
    QVERIFY_EXCEPTION_THROWN(unpackBits(bytes, 5, 4, false), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(unpackBits(bytes, 2, 4, false), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(unpackBits(bytes, SIZE_MAX / 4, 4, false), std::invalid_argument);
}

QTEST_GUILESS_MAIN(TestBitPack)
#include "tst_bit_pack.moc"
