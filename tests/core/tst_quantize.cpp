// SPDX-License-Identifier: GPL-3.0-or-later
// Quantization against golden vectors of the reference, and properties that hold for any weight.
#include "core/kernels/half.h"
#include "core/kernels/quant_range.h"
#include "core/kernels/quantize.h"
#include "tests/support/golden.h"
#include "tests/support/golden_quant.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace bitfront;
using namespace bitfront::test;

namespace {

std::vector<float> widened(const std::vector<std::int64_t>& values)
{
    return {values.begin(), values.end()};
}

std::vector<float> widened(const std::vector<std::int32_t>& values)
{
    std::vector<float> result;
    for (const std::int32_t value : values)
        result.push_back(static_cast<float>(value));
    return result;
}

std::vector<float> widened(const std::vector<std::int16_t>& values)
{
    return {values.begin(), values.end()};
}

std::vector<float> normalValues(std::size_t count, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

} // namespace

class TestQuantize : public QObject
{
    Q_OBJECT

private slots:
    void golden_data();
    void golden();
    void everySplitOfAxesAgrees_data();
    void everySplitOfAxesAgrees();
    void errorIsHalfAStepInsideTheRange_data();
    void errorIsHalfAStepInsideTheRange();
    void codesRoundTrip_data();
    void codesRoundTrip();
    void outputMayAliasInput();
    void undefinedCombinationsThrow_data();
    void undefinedCombinationsThrow();
    void emptyAndScalarWeights();

private:
    Golden m_golden;
};

void TestQuantize::golden_data()
{
    QTest::addColumn<int>("position");
    const auto& cases = m_golden.index().at("cases");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (cases[i].at("config").at("kind") != "quant")
            continue;
        const std::string id =
            cases[i].at("family").get<std::string>() + " " + cases[i].at("id").get<std::string>();
        QTest::newRow(id.c_str()) << static_cast<int>(i);
    }
}

void TestQuantize::golden()
{
    QFETCH(int, position);
    const nlohmann::json& entry =
        m_golden.index().at("cases").at(static_cast<std::size_t>(position));
    const GoldenTensor weight = m_golden.weight(entry);
    const auto spec = goldenQuantSpec(entry.at("config"), entry.at("layer_type"), weight.shape);
    QCOMPARE(spec.has_value(), entry.at("compressed").get<bool>());
    if (!spec)
        return;
    const std::vector<float> values = weight.floats();
    const WeightType type = weightTypeFromName(entry.at("weight_dtype").get<std::string>()).value();

    std::vector<float> changed(values.size());
    const QuantParameters parameters = fakeQuantize(values, weight.shape, type, *spec, changed);
    QCOMPARE(firstDifference(changed, m_golden.tensor(entry, "dequant").floats()), -1);
    QCOMPARE(firstDifference(parameters.scales, m_golden.tensor(entry, "scale").floats()), -1);
    const QuantizedWeight quantized = quantize(values, weight.shape, type, *spec);
    QCOMPARE(firstDifference(quantized.parameters.scales, parameters.scales), -1);
    if (isInteger(spec->dtype)) {
        QCOMPARE(widened(parameters.zeroPoints),
                 widened(m_golden.tensor(entry, "zero_point").integers()));
        QCOMPARE(widened(quantized.codes), widened(m_golden.tensor(entry, "codes").integers()));
    }
    if (entry.at("tensors").contains("minval"))
        QCOMPARE(firstDifference(parameters.minValues, m_golden.tensor(entry, "minval").floats()),
                 -1);
    if (entry.at("family") == "nonfinite")
        return; // NaN has no code to come back from
    std::vector<float> restored(values.size());
    dequantize(quantized, weight.shape, type, *spec, restored);
    QCOMPARE(firstDifference(restored, changed), -1);
}

void TestQuantize::everySplitOfAxesAgrees_data()
{
    QTest::addColumn<QList<int>>("shape");
    QTest::addColumn<QList<int>>("block");
    QTest::newRow("one block") << QList<int> {6, 10} << QList<int> {6, 10};
    QTest::newRow("rows") << QList<int> {6, 20} << QList<int> {1, 20};
    QTest::newRow("columns") << QList<int> {6, 20} << QList<int> {6, 1};
    QTest::newRow("short runs") << QList<int> {4, 15} << QList<int> {1, 3};
    QTest::newRow("tiles") << QList<int> {8, 12} << QList<int> {4, 3};
    QTest::newRow("transposed convolution") << QList<int> {4, 6, 3, 3} << QList<int> {4, 1, 3, 3};
    QTest::newRow("pixels") << QList<int> {4, 6, 3, 3} << QList<int> {2, 3, 1, 1};
    QTest::newRow("cut twice") << QList<int> {4, 6, 4, 6} << QList<int> {2, 6, 2, 3};
    QTest::newRow("alternating") << QList<int> {4, 5, 6, 2} << QList<int> {2, 1, 3, 1};
}

/// The fast walk over runs and rows against one that looks every element's block up by its
/// coordinates.
void TestQuantize::everySplitOfAxesAgrees()
{
    QFETCH(QList<int>, shape);
    QFETCH(QList<int>, block);
    const std::vector<std::int64_t> extents(shape.begin(), shape.end());
    QuantSpec spec;
    spec.dtype = CodeType::Int4;
    spec.scheme = QuantScheme::Asymmetric;
    spec.blockShape.assign(block.begin(), block.end());
    std::size_t count = 1;
    for (const int extent : shape)
        count *= static_cast<std::size_t>(extent);
    std::mt19937 random(7);
    const std::vector<float> values = normalValues(count, random);

    std::vector<std::size_t> blockOf(count);
    std::size_t blocks = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t rest = i;
        std::size_t stride = 1;
        for (std::size_t axis = extents.size(); axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(extents[axis]);
            const auto length = static_cast<std::size_t>(spec.blockShape[axis]);
            blockOf[i] += rest % extent / length * stride;
            stride *= extent / length;
            rest /= extent;
        }
        blocks = stride;
    }
    std::vector<float> lows(blocks, 0);
    std::vector<float> highs(blocks, 0);
    for (std::size_t i = 0; i < count; ++i) {
        lows[blockOf[i]] = std::min(lows[blockOf[i]], values[i]);
        highs[blockOf[i]] = std::max(highs[blockOf[i]], values[i]);
    }
    std::vector<float> expected(count);
    for (std::size_t i = 0; i < count; ++i) {
        const BlockParameters p =
            parametersForRange(lows[blockOf[i]], highs[blockOf[i]], WeightType::Float32, spec);
        const auto zero = static_cast<float>(p.zeroPoint);
        const float code = std::clamp(std::nearbyint(values[i] / p.scale) + zero, -8.0F, 7.0F);
        expected[i] = (code - zero) * p.scale;
    }
    std::vector<float> changed(count);
    const QuantParameters parameters =
        fakeQuantize(values, extents, WeightType::Float32, spec, changed);
    QCOMPARE(parameters.scales.size(), blocks);
    QCOMPARE(firstDifference(changed, expected), -1);
    const QuantizedWeight quantized = quantize(values, extents, WeightType::Float32, spec);
    std::vector<float> restored(count);
    dequantize(quantized, extents, WeightType::Float32, spec, restored);
    QCOMPARE(firstDifference(restored, expected), -1);
}

void TestQuantize::errorIsHalfAStepInsideTheRange_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 0; seed < 40; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void TestQuantize::errorIsHalfAStepInsideTheRange()
{
    QFETCH(int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto pick = [&random](int low, int high) {
        return static_cast<std::int64_t>(std::uniform_int_distribution<int>(low, high)(random));
    };
    constexpr CodeType types[] = {CodeType::Int2,  CodeType::Int4,  CodeType::Int8,
                                  CodeType::UInt2, CodeType::UInt4, CodeType::UInt8};
    QuantSpec spec;
    spec.dtype = types[pick(0, 5)];
    spec.scheme = pick(0, 1) == 0 ? QuantScheme::Asymmetric : QuantScheme::Symmetric;
    spec.formulation = pick(0, 1) == 0 ? QuantFormulation::ZeroPoint : QuantFormulation::MinValue;
    spec.blockShape = {pick(1, 4), pick(1, 20)};
    const std::vector<std::int64_t> shape = {spec.blockShape[0] * pick(1, 5),
                                             spec.blockShape[1] * pick(1, 5)};
    const std::vector<float> values =
        normalValues(static_cast<std::size_t>(shape[0] * shape[1]), random);
    std::vector<float> changed(values.size());
    const QuantParameters p = fakeQuantize(values, shape, WeightType::Float32, spec, changed);
    const CodeRange codes = codeRange(spec.dtype, spec.scheme);
    const std::int64_t gridColumns = shape[1] / spec.blockShape[1];
    for (std::int64_t row = 0; row < shape[0]; ++row)
        for (std::int64_t column = 0; column < shape[1]; ++column) {
            const auto block = static_cast<std::size_t>(row / spec.blockShape[0] * gridColumns
                                                        + column / spec.blockShape[1]);
            const auto i = static_cast<std::size_t>(row * shape[1] + column);
            const float scale = p.scales[block];
            const bool minValue = spec.formulation == QuantFormulation::MinValue;
            const float low = minValue
                ? p.minValues[block]
                : (codes.min - static_cast<float>(p.zeroPoints[block])) * scale;
            const float high = low + (codes.max - codes.min) * scale;
            const float inside = std::clamp(values[i], low, high);
            const float bound = 0.5F * scale + std::fabs(values[i] - inside);
            QVERIFY2(std::fabs(changed[i] - values[i]) <= bound * 1.0001F + 1e-6F,
                     "more than half a step");
        }
}

void TestQuantize::codesRoundTrip_data()
{
    QTest::addColumn<int>("type");
    for (int type = 0; type <= static_cast<int>(CodeType::Float4E2M1); ++type)
        for (const WeightType weights :
             {WeightType::Float32, WeightType::Float16, WeightType::BFloat16})
            QTest::addRow("%s from %s", std::string(name(static_cast<CodeType>(type))).c_str(),
                          std::string(name(weights)).c_str())
                << type + 100 * static_cast<int>(weights);
}

void TestQuantize::codesRoundTrip()
{
    QFETCH(int, type);
    const auto weights = static_cast<WeightType>(type / 100);
    std::mt19937 random(3);
    std::vector<float> values = normalValues(24 * 32, random);
    roundTo(weights, values, values);
    QuantSpec spec;
    spec.dtype = static_cast<CodeType>(type % 100);
    spec.blockShape = {1, 16};
    const std::vector<std::int64_t> shape = {24, 32};
    std::vector<float> changed(values.size());
    std::vector<float> restored(values.size());
    fakeQuantize(values, shape, weights, spec, changed);
    const QuantizedWeight quantized = quantize(values, shape, weights, spec);
    dequantize(quantized, shape, weights, spec, restored);
    QCOMPARE(firstDifference(restored, changed), -1);
    const int limit = 1 << codeBits(spec.dtype);
    for (const std::int16_t code : quantized.codes)
        QVERIFY(code >= -limit / 2 && code < limit);
}

void TestQuantize::outputMayAliasInput()
{
    std::mt19937 random(5);
    const std::vector<float> values = normalValues(12 * 40, random);
    const std::vector<std::int64_t> shape = {12, 40};
    for (const std::vector<std::int64_t>& block :
         {std::vector<std::int64_t> {1, 40}, {12, 1}, {3, 4}}) {
        QuantSpec spec;
        spec.blockShape = block;
        std::vector<float> changed(values.size());
        fakeQuantize(values, shape, WeightType::Float32, spec, changed);
        std::vector<float> inPlace = values;
        fakeQuantize(inPlace, shape, WeightType::Float32, spec, inPlace);
        QCOMPARE(firstDifference(inPlace, changed), -1);
    }
}

void TestQuantize::undefinedCombinationsThrow_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("scheme");
    QTest::addColumn<bool>("minValue");
    QTest::addColumn<bool>("e8m0");
    QTest::addColumn<int>("block");
    const int symmetric = static_cast<int>(QuantScheme::Symmetric);
    QTest::newRow("asymmetric fp8")
        << static_cast<int>(CodeType::Float8E4M3) << static_cast<int>(QuantScheme::Asymmetric)
        << false << false << 4;
    QTest::newRow("clipped fp8") << static_cast<int>(CodeType::Float8E5M2)
                                 << static_cast<int>(QuantScheme::SymmetricWithClipping) << false
                                 << false << 4;
    QTest::newRow("fp4 by smallest value")
        << static_cast<int>(CodeType::Float4E2M1) << symmetric << true << false << 4;
    QTest::newRow("integers with e8m0")
        << static_cast<int>(CodeType::Int4) << symmetric << false << true << 4;
    QTest::newRow("blocks that do not divide")
        << static_cast<int>(CodeType::Int4) << symmetric << false << false << 3;
    QTest::newRow("empty blocks") << static_cast<int>(CodeType::Int4) << symmetric << false << false
                                  << 0;
}

void TestQuantize::undefinedCombinationsThrow()
{
    QFETCH(int, type);
    QFETCH(int, scheme);
    QFETCH(bool, minValue);
    QFETCH(bool, e8m0);
    QFETCH(int, block);
    QuantSpec spec;
    spec.dtype = static_cast<CodeType>(type);
    spec.scheme = static_cast<QuantScheme>(scheme);
    spec.formulation = minValue ? QuantFormulation::MinValue : QuantFormulation::ZeroPoint;
    spec.scaleType = e8m0 ? ScaleType::E8M0 : ScaleType::Weight;
    spec.blockShape = {1, block};
    const std::vector<float> values(8, 1.0F);
    const std::vector<std::int64_t> shape = {2, 4};
    std::vector<float> out(8);
    QVERIFY_EXCEPTION_THROWN(fakeQuantize(values, shape, WeightType::Float32, spec, out),
                             std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(quantize(values, shape, WeightType::Float32, spec),
                             std::invalid_argument);
}

void TestQuantize::emptyAndScalarWeights()
{
    QuantSpec spec;
    spec.blockShape = {1, 4};
    std::vector<float> none;
    const std::vector<std::int64_t> noRows = {0, 4};
    QCOMPARE(fakeQuantize(none, noRows, WeightType::Float32, spec, none).scales.size(),
             std::size_t {0});
    spec.blockShape = {4, 1};
    QCOMPARE(quantize(none, noRows, WeightType::Float32, spec).codes.size(), std::size_t {0});
    spec.blockShape.clear();
    std::vector<float> one = {3.0F};
    const QuantParameters p = fakeQuantize(one, {}, WeightType::Float32, spec, one);
    QCOMPARE(p.scales.size(), std::size_t {1});
    QCOMPARE(one[0], 127.0F * (3.0F / 127.5F));
}

QTEST_GUILESS_MAIN(TestQuantize)
#include "tst_quantize.moc"
