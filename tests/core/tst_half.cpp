// SPDX-License-Identifier: GPL-3.0-or-later
// Small floating-point formats: every bit pattern there and back, and rounding by its definition.
#include "core/kernels/half.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace bitfront;

namespace {

std::vector<float> normalValues(std::size_t count, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

} // namespace

class TestHalf : public QObject
{
    Q_OBJECT

private slots:
    void smallFloatsKeepEveryPattern_data();
    void smallFloatsKeepEveryPattern();
    void smallFloatRounding_data();
    void smallFloatRounding();
    void halfRoundingIsNearestEven();
};

void TestHalf::smallFloatsKeepEveryPattern_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("patterns");
    QTest::newRow("e4m3fn") << static_cast<int>(CodeType::Float8E4M3) << 256;
    QTest::newRow("e5m2") << static_cast<int>(CodeType::Float8E5M2) << 256;
    QTest::newRow("e2m1") << static_cast<int>(CodeType::Float4E2M1) << 16;
}

void TestHalf::smallFloatsKeepEveryPattern()
{
    QFETCH(int, type);
    QFETCH(int, patterns);
    const auto code = static_cast<CodeType>(type);
    for (int bits = 0; bits < patterns; ++bits) {
        const float value = smallFloatFromBits(code, static_cast<std::uint8_t>(bits));
        if (std::isnan(value))
            QVERIFY(std::isnan(roundTo(code, value)));
        else
            QCOMPARE(int {smallFloatBits(code, value)}, bits);
    }
    for (int bits = 0; bits < 65536; ++bits) {
        const float half = float16FromBits(static_cast<std::uint16_t>(bits));
        const float brain = bfloat16FromBits(static_cast<std::uint16_t>(bits));
        if (!std::isnan(half))
            QCOMPARE(int {float16Bits(half)}, bits);
        if (!std::isnan(brain))
            QCOMPARE(int {bfloat16Bits(brain)}, bits);
    }
    for (int bits = 0; bits < 255; ++bits)
        QCOMPARE(int {e8m0Bits(e8m0FromBits(static_cast<std::uint8_t>(bits)))}, bits);
    QCOMPARE(int {e8m0Bits(std::numeric_limits<float>::quiet_NaN())}, 255);
}

void TestHalf::smallFloatRounding_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<float>("value");
    QTest::addColumn<float>("expected");
    const int e4m3 = static_cast<int>(CodeType::Float8E4M3);
    const int e5m2 = static_cast<int>(CodeType::Float8E5M2);
    const int e2m1 = static_cast<int>(CodeType::Float4E2M1);
    QTest::newRow("e4m3 tie to even, down") << e4m3 << 17.0F << 16.0F;
    QTest::newRow("e4m3 tie to even, up") << e4m3 << 19.0F << 20.0F;
    QTest::newRow("e4m3 smallest") << e4m3 << 0x1p-9F << 0x1p-9F;
    QTest::newRow("e4m3 half the smallest") << e4m3 << 0x1p-10F << 0.0F;
    QTest::newRow("e4m3 subnormal tie") << e4m3 << 0x1.8p-9F << 0x1p-8F;
    QTest::newRow("e4m3 last value that fits") << e4m3 << 464.0F << 448.0F;
    QTest::newRow("e5m2 tie") << e5m2 << 9.0F << 8.0F;
    QTest::newRow("e5m2 largest") << e5m2 << -57344.0F << -57344.0F;
    QTest::newRow("e2m1 tie 0.25") << e2m1 << 0.25F << 0.0F;
    QTest::newRow("e2m1 tie 0.75") << e2m1 << 0.75F << 1.0F;
    QTest::newRow("e2m1 tie 2.5") << e2m1 << 2.5F << 2.0F;
    QTest::newRow("e2m1 tie 5") << e2m1 << 5.0F << 4.0F;
    QTest::newRow("e2m1 beyond") << e2m1 << -9.0F << -6.0F;
}

void TestHalf::smallFloatRounding()
{
    QFETCH(int, type);
    QFETCH(float, value);
    QFETCH(float, expected);
    QCOMPARE(roundTo(static_cast<CodeType>(type), value), expected);
    QCOMPARE(roundTo(static_cast<CodeType>(type), -value), -expected);
    QVERIFY(std::isnan(roundTo(CodeType::Float8E4M3, 500.0F)));
    QVERIFY(std::isinf(roundTo(CodeType::Float8E5M2, 70000.0F)));
}

/// Against the definition: of the two neighbours, the nearer; of two equally near, the even one.
void TestHalf::halfRoundingIsNearestEven()
{
    QVERIFY(std::isinf(roundToFloat16(65520.0F)));
    QCOMPARE(roundToFloat16(65519.0F), 65504.0F);
    QCOMPARE(roundToBFloat16(0x1.01p0F), 1.0F);
    QCOMPARE(roundToBFloat16(0x1.03p0F), 0x1.04p0F);
    QVERIFY(std::isnan(roundToFloat16(std::numeric_limits<float>::quiet_NaN())));
    for (int bits = 0; bits < 0x7bff; ++bits) {
        const float low = float16FromBits(static_cast<std::uint16_t>(bits));
        const float high = float16FromBits(static_cast<std::uint16_t>(bits + 1));
        const float middle = 0.5F * (low + high);
        QCOMPARE(roundToFloat16(middle), (bits & 1) == 0 ? low : high);
        QCOMPARE(roundToFloat16(std::nextafter(middle, low)), low);
        QCOMPARE(roundToFloat16(-std::nextafter(middle, high)), -high);
    }
    std::mt19937 random(11);
    std::vector<float> values = normalValues(1000, random);
    std::vector<float> rounded(values.size());
    roundTo(WeightType::Float16, values, rounded);
    for (std::size_t i = 0; i < values.size(); ++i)
        QCOMPARE(rounded[i], roundToFloat16(values[i]));
}

QTEST_GUILESS_MAIN(TestHalf)
#include "tst_half.moc"
