// SPDX-License-Identifier: GPL-3.0-or-later
// Configurations: the canonical names of the sweep, titles, short codes, plans by group and by
// name.
#include "core/plan/own_config.h"
#include "core/plan/sweep_plan.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

// numerics, section 8; the order of the golden index.
const char* const kNames[] = {"perchannel_int8_symmetric",
                              "perchannel_int8_asymmetric",
                              "perchannel_int8_symmetric_with_clipping",
                              "perchannel_int4_symmetric",
                              "perchannel_int4_asymmetric",
                              "perchannel_int4_symmetric_with_clipping",
                              "perblock_bs16_int4_symmetric",
                              "perblock_bs16_int4_asymmetric",
                              "perblock_bs16_int4_symmetric_with_clipping",
                              "perblock_bs32_int4_symmetric",
                              "perblock_bs32_int4_asymmetric",
                              "perblock_bs32_int4_symmetric_with_clipping",
                              "perblock_bs128_int4_symmetric",
                              "perblock_bs128_int4_asymmetric",
                              "perblock_bs128_int4_symmetric_with_clipping",
                              "palette_pertensor_8bit_pcs0",
                              "palette_pertensor_8bit_pcs1",
                              "palette_pertensor_6bit_pcs0",
                              "palette_pertensor_6bit_pcs1",
                              "palette_grouped_gs4_6bit_pcs0",
                              "palette_grouped_gs4_6bit_pcs1",
                              "palette_grouped_gs8_6bit_pcs0",
                              "palette_grouped_gs8_6bit_pcs1",
                              "palette_grouped_gs16_6bit_pcs0",
                              "palette_grouped_gs16_6bit_pcs1",
                              "palette_grouped_gs4_4bit_pcs0",
                              "palette_grouped_gs4_4bit_pcs1",
                              "palette_grouped_gs8_4bit_pcs0",
                              "palette_grouped_gs8_4bit_pcs1",
                              "palette_grouped_gs16_4bit_pcs0",
                              "palette_grouped_gs16_4bit_pcs1"};

} // namespace

class TestPlanConfig : public QObject
{
    Q_OBJECT

private slots:
    void baseNames();
    void words_data();
    void words();
    void mixedWords_data();
    void mixedWords();
    void keptWithoutKnownSuffix();
    void groupKeys();
    void ownNames_data();
    void ownNames();
    void ownProblems();
    void plansWithOwn();
    void plans();
    void planRejects_data();
    void planRejects();
};

void TestPlanConfig::baseNames()
{
    const auto configs = baseConfigurations(IndivisiblePolicy::Skip);
    QCOMPARE(configs.size(), std::size(kNames));
    int counts[3] = {};
    for (std::size_t i = 0; i < configs.size(); ++i) {
        QCOMPARE(configs[i].name, std::string(kNames[i]));
        QCOMPARE(configs[i].indivisible, IndivisiblePolicy::Skip);
        QVERIFY(!configs[i].isRefinement());
        QCOMPARE(canonicalName(configs[i].spec), configs[i].name);
        ++counts[static_cast<int>(configs[i].group)];
    }
    QCOMPARE(counts[0], 6);
    QCOMPARE(counts[1], 9);
    QCOMPARE(counts[2], 16);
}

void TestPlanConfig::words_data()
{
    QTest::addColumn<QString>("base");
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<QString>("expectedTitle");
    QTest::addColumn<QString>("expectedCode");
    const auto row = [](const char* base, const char* suffix, const char* words, const char* code) {
        QTest::newRow(qPrintable(QString(base) + suffix)) << base << suffix << words << code;
    };
    row("perchannel_int8_symmetric", "", "int8 per-channel", "c8");
    row("perchannel_int4_symmetric_with_clipping", "", "int4 per-channel, clipped", "c4 clip");
    row("perblock_bs16_int4_asymmetric", "_skip-last", "int4 block 16, asymmetric · keeps last",
        "b16 4 asym −last");
    row("perblock_bs16_int4_asymmetric", "_skip-first-last-Linear",
        "int4 block 16, asymmetric · keeps first, last, linear", "b16 4 asym −ends, lin");
    row("perchannel_int8_asymmetric", "_skip-Conv2d", "int8 per-channel, asymmetric · keeps conv2d",
        "c8 asym −conv");
    row("palette_pertensor_6bit_pcs0", "_skip-first", "6-bit palette, per-tensor · keeps first",
        "p6 −first");
    row("palette_grouped_gs16_6bit_pcs1", "", "6-bit palette, group 16, channel scales",
        "p6 g16 pcs");
    row("palette_grouped_gs8_6bit_pcs1", "_skip-first-last",
        "6-bit palette, group 8, channel scales · keeps first, last", "p6 g8 pcs −ends");
}

void TestPlanConfig::words()
{
    QFETCH(QString, base);
    QFETCH(QString, suffix);
    QFETCH(QString, expectedTitle);
    QFETCH(QString, expectedCode);
    CompressionConfig config = baseConfig(base.toStdString());
    if (!suffix.isEmpty()) {
        config.seed = config.name;
        config.name += suffix.toStdString();
        config.skippedLayers = {"a"};
    }
    QCOMPARE(QString::fromStdString(title(config)), expectedTitle);
    QCOMPARE(QString::fromStdString(shortCode(config)), expectedCode);
}

/// A second record of a name is told apart by a number that is none of its target.
void TestPlanConfig::mixedWords_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* words) {
        QTest::newRow(name) << name << words;
    };
    row("mixed_8_bits", "8 bits");
    row("mixed_8_bits_2", "8 bits (2)");
    row("mixed_4.5_bits_13", "4.5 bits (13)");
    row("mixed_0.5_MB_3", "0.5 MB (3)");
    row("mixed_ratio_4", "ratio 4");
    row("mixed_ratio_4.57_2", "ratio 4.57 (2)");
    row("mixed_quality_40", "quality 40");
    row("mixed_quality_40_2", "quality 40 (2)");
    row("mixed_quality_40_mask_2", "quality 40 mask 2"); // an output may be called that
    row("mixed_p4_g8,_fc_1_at_8_bits_2", "p4 g8, fc 1 at 8 bits (2)");
    row("mixed_c4,_fc_at_fp16_2", "c4, fc at fp16 (2)");
    row("mixed_c4,_fc_1", "c4, fc 1");
    row("mixed_8_bits_", "8 bits ");
}

void TestPlanConfig::mixedWords()
{
    QFETCH(const QString, name);
    QFETCH(const QString, expected);
    CompressionConfig config;
    config.name = name.toStdString();
    config.group = GroupId::Mixed;
    QCOMPARE(QString::fromStdString(title(config)), "mixed precision, " + expected);
    QCOMPARE(QString::fromStdString(shortCode(config)), "mix " + expected);
}

void TestPlanConfig::keptWithoutKnownSuffix()
{
    CompressionConfig config = baseConfig("perchannel_int8_symmetric");
    config.skippedLayers = {"a", "b"};
    QCOMPARE(title(config), std::string("int8 per-channel · keeps 2 layers"));
}

void TestPlanConfig::ownNames_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("known");
    for (const CompressionConfig& config : baseConfigurations())
        QTest::newRow(config.name.c_str()) << QString::fromStdString(config.name) << true;
    for (const char* name :
         {"pertensor_uint8_asymmetric", "perchannel_float8_e4m3fn_symmetric",
          "perblock_bs64_int2_symmetric_with_clipping", "palette_grouped_gs2_3bit_pcs1"})
        QTest::newRow(name) << QString(name) << true;
    for (const char* name :
         {"", "palette", "perblock_int4_symmetric", "perblock_bs0_int4_symmetric",
          "perblock_bs016_int4_symmetric", "perblock_bs-4_int4_symmetric",
          "perchannel_int5_symmetric", "perchannel_int4", "perchannel_int4_",
          "perchannel_int4_symmetric_skip-first", "palette_grouped_gs4_4bit_pcs2",
          "palette_pertensor_bit_pcs0", "perblock_bs99999999999999999999_int4_symmetric"})
        QTest::addRow("no: %s", name) << QString(name) << false;
}

void TestPlanConfig::ownNames()
{
    QFETCH(QString, text);
    QFETCH(bool, known);
    const auto spec = specFromName(text.toStdString());
    QCOMPARE(spec.has_value(), known);
    if (known)
        QCOMPARE(canonicalName(*spec), text.toStdString());
}

void TestPlanConfig::ownProblems()
{
    QVERIFY(!specProblem(*specFromName("palette_grouped_gs4_5bit_pcs0")).empty());
    QVERIFY(!specProblem(*specFromName("perchannel_float8_e4m3fn_asymmetric")).empty());
    QVERIFY(!specProblem(*specFromName("perblock_bs70000_int4_symmetric")).empty());
    for (const CompressionConfig& config : baseConfigurations()) {
        QCOMPARE(specProblem(config.spec), std::string());
        QVERIFY(makeConfiguration(config.spec) == config);
    }
    QVERIFY_EXCEPTION_THROWN(makeConfiguration(PaletteConfig {5, 0, false}), Error);
}

void TestPlanConfig::plansWithOwn()
{
    const SweepPlan plan =
        makePlan({},
                 {"perblock_bs64_int4_symmetric", "perchannel_int8_symmetric",
                  "perblock_bs64_int4_symmetric", "palette_grouped_gs2_3bit_pcs1"},
                 false, IndivisiblePolicy::Skip);
    QCOMPARE(plan.configs.size(), std::size_t(3));
    QCOMPARE(plan.configs[0].name, std::string("perchannel_int8_symmetric"));
    QCOMPARE(plan.configs[1].name, std::string("perblock_bs64_int4_symmetric"));
    QCOMPARE(plan.configs[1].group, GroupId::PerBlock);
    QCOMPARE(plan.configs[1].indivisible, IndivisiblePolicy::Skip);
    QCOMPARE(plan.configs[2].group, GroupId::Palette);
    QVERIFY_EXCEPTION_THROWN(
        makePlan({}, {"palette_grouped_gs2_5bit_pcs1"}, false, IndivisiblePolicy::Nearest), Error);
    const SweepPlan grouped = makePlan(
        {GroupId::Palette}, {"perblock_bs64_int4_symmetric", "palette_grouped_gs2_3bit_pcs1"},
        false, IndivisiblePolicy::Nearest);
    QCOMPARE(grouped.configs.size(), std::size_t(1));
}

void TestPlanConfig::groupKeys()
{
    for (const GroupId group : kGroups)
        QVERIFY(groupFromKey(groupKey(group)) == group);
    QVERIFY(!groupFromKey("3"));
    QCOMPARE(std::string(groupTitle(GroupId::Palette)), std::string("Palettization"));
    for (const auto policy :
         {IndivisiblePolicy::Nearest, IndivisiblePolicy::PerChannel, IndivisiblePolicy::Skip})
        QVERIFY(indivisiblePolicyFromName(name(policy)) == policy);
    QVERIFY(!indivisiblePolicyFromName("Nearest"));
}

void TestPlanConfig::plans()
{
    const SweepPlan all = makePlan({}, {}, true, IndivisiblePolicy::Nearest);
    QCOMPARE(all.configs.size(), std::size_t {31});
    QCOMPARE(all.maxRefinements(), 30);
    const SweepPlan some =
        makePlan({}, {"palette_pertensor_6bit_pcs0", "perchannel_int8_symmetric"}, true,
                 IndivisiblePolicy::PerChannel);
    QCOMPARE(some.configs.size(), std::size_t {2});
    QCOMPARE(some.configs[0].name, std::string("perchannel_int8_symmetric")); // canonical order
    QCOMPARE(some.configs[1].indivisible, IndivisiblePolicy::PerChannel);
    QCOMPARE(some.maxRefinements(), 10); // one seed in each of two groups
    QCOMPARE(
        makePlan({GroupId::PerBlock}, {}, false, IndivisiblePolicy::Skip).count(GroupId::PerBlock),
        9);
    QCOMPARE(makePlan({GroupId::PerBlock}, {}, false, IndivisiblePolicy::Skip).maxRefinements(), 0);
}

void TestPlanConfig::planRejects_data()
{
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("hint");
    QTest::newRow("typing slip") << "perchanel_int8_symetric"
                                 << "perchannel_int8_symmetric";
    QTest::newRow("size that is not in the sweep") << "palette_grouped_gs4_4bit_pcs2"
                                                   << "palette_grouped_gs4_4bit_pcs0";
    QTest::newRow("empty") << ""
                           << "";
    QTest::newRow("other group") << "perblock_bs16_int4_symmetric"
                                 << "";
}

void TestPlanConfig::planRejects()
{
    QFETCH(QString, wanted);
    QFETCH(QString, hint);
    try {
        makePlan({GroupId::PerChannel}, {wanted.toStdString()}, true, IndivisiblePolicy::Nearest);
        QFAIL("no exception");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::BadArgument);
        QVERIFY2(QString::fromStdString(error.failure().hint).contains(hint), error.what());
        QVERIFY(!error.failure().hint.empty());
    }
}

QTEST_GUILESS_MAIN(TestPlanConfig)
#include "tst_plan_config.moc"
