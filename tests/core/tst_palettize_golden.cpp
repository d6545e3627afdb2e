// SPDX-License-Identifier: GPL-3.0-or-later
// Palettization against golden vectors of the reference: values, tables, indices, scales.
#include "core/kernels/palettize_options.h"
#include "core/kernels/palettize_vector.h"
#include "tests/support/golden.h"
#include "tests/support/palette_helpers.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

WeightType weightType(const json& goldenCase)
{
    return *weightTypeFromName(goldenCase.at("weight_dtype").get<std::string>());
}

PaletteSpec specOf(const json& goldenCase)
{
    const json& config = goldenCase.at("config");
    // What the reference used, where it compressed; else what it was asked for.
    const json axis = goldenCase.value("axis", config.at("axis"));
    const json& groupSize = config.at("group_size");
    PaletteSpec spec;
    spec.bits = config.at("n_bits").get<int>();
    spec.axis = axis.is_null() ? 0 : axis.get<int>();
    spec.groupSize = groupSize.is_null() ? 0 : groupSize.get<std::int64_t>();
    spec.channelScale = config.at("per_channel_scale").get<bool>();
    spec.fastMode = config.at("fast").get<bool>();
    return spec;
}

CodeType lutType(const std::string& text)
{
    return text == "float8_e4m3" ? CodeType::Float8E4M3 : *codeTypeFromName(text);
}

/// The reference clusters every weight, equal ones too, when neither rounding nor fp16 makes it
/// count them. With fewer distinct weights than entries its rounding noise then decides which of
/// several entries of equal value a weight gets; values are the same, tables and indices are not.
bool splitsEqualWeights(std::vector<float> weights, WeightType type, const PaletteSpec& spec)
{
    std::sort(weights.begin(), weights.end());
    weights.erase(std::unique(weights.begin(), weights.end()), weights.end());
    return !spec.fastMode && type != WeightType::Float16 && weights.size() > 1
        && weights.size() < std::size_t {1} << spec.bits;
}

} // namespace

class TestPalettizeGolden : public QObject
{
    Q_OBJECT

private slots:
    void scalars_data();
    void scalars();
    void vectors_data();
    void vectors();

private:
    void addRows(const std::vector<std::string>& families, bool vectors);
    std::vector<float> sensitivities(const json& row);
    void checkTableCodes(const json& row, const QuantizedWeight& codes);

    Golden m_golden;
};

void TestPalettizeGolden::addRows(const std::vector<std::string>& families, bool vectors)
{
    QTest::addColumn<QString>("text");
    for (const std::string& family : families) {
        for (const json& row : m_golden.cases(family)) {
            const json& config = row.at("config");
            if (config.at("kind") != "palett" || (config.value("cluster_dim", 1) > 1) != vectors
                || row.at("layer_type") == "embedding") // left alone by type, not by number
                continue;
            QTest::newRow((family + "/" + row.at("id").get<std::string>()).c_str())
                << QString::fromStdString(row.dump());
        }
    }
}

std::vector<float> TestPalettizeGolden::sensitivities(const json& row)
{
    return row.at("tensors").contains("sensitivities")
        ? m_golden.tensor(row, "sensitivities").floats()
        : std::vector<float> {};
}

void TestPalettizeGolden::checkTableCodes(const json& row, const QuantizedWeight& codes)
{
    const std::vector<float> scales = m_golden.tensor(row, "lut_scale").floats();
    QCOMPARE(firstDifference(codes.parameters.scales, scales), -1);
    if (!row.at("tensors").contains("lut_zero_point"))
        return;
    const std::vector<std::int64_t> zeros = m_golden.tensor(row, "lut_zero_point").integers();
    const std::vector<std::int32_t>& found = codes.parameters.zeroPoints;
    QVERIFY2(std::equal(zeros.begin(), zeros.end(), found.begin(), found.end()), "zero points");
    const std::vector<float> wanted = m_golden.tensor(row, "lut_codes").floats();
    QVERIFY2(std::equal(wanted.begin(), wanted.end(), codes.codes.begin(), codes.codes.end()),
             "table codes differ");
}

void TestPalettizeGolden::scalars_data()
{
    addRows({"palett_group3", "palett_extra", "palett_lutq", "palett_sensitivity", "half_weights"},
            false);
}

void TestPalettizeGolden::scalars()
{
    QFETCH(QString, text);
    const json row = json::parse(text.toStdString());
    const GoldenTensor weight = m_golden.weight(row);
    const std::vector<float> weights = weight.floats();
    const WeightType type = weightType(row);
    const PaletteSpec spec = specOf(row);
    if (!row.at("compressed").get<bool>()) {
        QVERIFY_EXCEPTION_THROWN(findPalette(weights, weight.shape, type, spec),
                                 std::invalid_argument);
        return;
    }
    const std::vector<float> importance = sensitivities(row);
    PaletteEncoder encoder(weights, weight.shape, type, spec, importance);
    PaletteTables tables = encoder.solve({&spec, 1}).front();
    const json& config = row.at("config");
    if (!config.at("lut_dtype").is_null()) {
        const auto scheme = quantSchemeFromName(config.at("lut_scheme").get<std::string>());
        checkTableCodes(row,
                        quantizeTables(tables, type, lutType(config.at("lut_dtype")), *scheme));
    }
    std::vector<float> restored(weights.size());
    std::vector<std::uint8_t> indices(weights.size());
    applyPalette(weights, weight.shape, type, spec, tables, restored, indices);
    // Compared as numbers: −0 and +0 are one value.
    QVERIFY2(restored == m_golden.tensor(row, "dequant").floats(), "values differ");
    if (splitsEqualWeights(weights, type, spec))
        return;
    QVERIFY2(tables.lut == m_golden.tensor(row, "lut").floats(), "tables differ");
    const std::vector<std::int64_t> wanted = m_golden.tensor(row, "indices").integers();
    QVERIFY2(std::equal(wanted.begin(), wanted.end(), indices.begin(), indices.end()),
             "indices differ");
}

void TestPalettizeGolden::vectors_data()
{
    addRows({"palett_vector", "palett_sensitivity"}, true);
}

/// Heuristics on both sides: only the error is compared, and must not be above the reference's.
void TestPalettizeGolden::vectors()
{
    QFETCH(QString, text);
    const json row = json::parse(text.toStdString());
    const GoldenTensor weight = m_golden.weight(row);
    const std::vector<float> weights = weight.floats();
    const WeightType type = weightType(row);
    VectorPaletteSpec spec;
    spec.base = specOf(row);
    spec.clusterDim = row.at("config").at("cluster_dim").get<int>();
    const std::vector<float> importance = sensitivities(row);
    const VectorPalette palette = findVectorPalette(weights, weight.shape, type, spec, importance);
    std::vector<float> restored(weights.size());
    applyVectorPalette(palette, weight.shape, type, spec, restored);
    QVERIFY(std::isfinite(scaledError(weights, restored, palette.channelScales, {})));
    if (!row.at("compressed").get<bool>())
        return; // here the reference stops with an error of its own
    QCOMPARE(palette.lut.size(), m_golden.tensor(row, "lut").count());
    QCOMPARE(palette.indices.size(), m_golden.tensor(row, "indices").count());

    // A vector has one weight, the sum over its elements; so has each of its components here.
    std::vector<float> vectorWeights = importance;
    const std::size_t slice = weights.size() / static_cast<std::size_t>(weight.shape[0]);
    const auto dim = static_cast<std::size_t>(spec.clusterDim);
    for (std::size_t i = 0; i < vectorWeights.size(); ++i) {
        const std::size_t first = i / slice / dim * dim * slice + i % slice;
        vectorWeights[i] = 0;
        for (std::size_t d = 0; d < dim; ++d)
            vectorWeights[i] += importance[first + d * slice];
    }
    const std::vector<float> wanted = m_golden.tensor(row, "dequant").floats();
    const double reference = scaledError(weights, wanted, palette.channelScales, vectorWeights);
    const double error = scaledError(weights, restored, palette.channelScales, vectorWeights);
    const auto message = QString("%1 against the reference's %2").arg(error).arg(reference);
    QVERIFY2(error <= reference * (1 + 1e-6), qPrintable(message));
}

QTEST_APPLESS_MAIN(TestPalettizeGolden)
#include "tst_palettize_golden.moc"
