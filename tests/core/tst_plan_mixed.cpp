// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed configurations as data: storage, sizes, files, JSON; units, options, locks, targets.
#include "core/plan/json.h"
#include "core/plan/layer_storage.h"
#include "core/plan/recipe.h"
#include "core/plan/recipe_target.h"
#include "core/plan/scan_advice.h"
#include "core/plan/scan_space.h"
#include "core/plan/sensitivity.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitfront;
using namespace bitfront::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ModelInfo attentionModel()
{
    ModelInfo model = makeModel({makeLayer("embed", LayerKind::Embedding, {100, 32}),
                                 makeLayer("block.attn.q", LayerKind::Linear, {32, 32}),
                                 makeLayer("block.attn.k", LayerKind::Linear, {32, 32}),
                                 makeLayer("block.attn.v", LayerKind::Linear, {32, 32}),
                                 makeLayer("head", LayerKind::Linear, {10, 32})});
    addPlain(model, "head.bias", 10);
    return model;
}

ScanSettings quickSettings()
{
    ScanSettings settings;
    settings.formats = scanFormats(ScanPreset::Quick);
    return settings;
}

std::size_t optionOf(const ScanSpace& space, std::size_t unit, const std::string& key)
{
    for (std::size_t o = 0; o < space.options[unit].size(); ++o)
        if (space.options[unit][o].key == key)
            return o;
    return 0;
}

/// Error code of what `work` throws.
template<typename Work>
std::string errorOf(Work work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.failure().message;
    }
    return {};
}

} // namespace

class TestPlanMixed : public QObject
{
    Q_OBJECT

private slots:
    void storageAndSize();
    void jsonRoundTrip();
    void twoFiles();
    void oneFile();
    void presets();
    void optionsOfAUnit();
    void embeddingsWhereAllowed();
    void ties();
    void attentionTiesFound();
    void locks();
    void energies();
    void prediction();
    void targets();
    void warnings();
    void patterns();
    void advice();
    void noAdviceWithoutData();
};

void TestPlanMixed::storageAndSize()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    ScanChoice choice = space.uncompressed();
    choice[1] = optionOf(space, 1, "perchannel_int4_symmetric");
    choice[4] = optionOf(space, 4, "palette_pertensor_2bit_pcs0");
    QVERIFY(choice[1] != 0 && choice[4] != 0);
    const CompressionConfig config = space.config(choice, model, "mixed_test");
    const auto storage = planStorage(model, config);
    QCOMPARE(storage[0].kind, StorageKind::Untouched);
    QCOMPARE(storage[1].kind, StorageKind::Quantized);
    QCOMPARE(storage[4].kind, StorageKind::Palettized);
    QCOMPARE(storage[1].bits.total(), std::int64_t {32 * 32 * 4 + 32 * 16});
    QCOMPARE(storage[4].bits.total(), std::int64_t {320 * 2 + 4 * 16});
    QCOMPARE(accountSize(model, storage).totalBits(), space.bits(choice));
    QCOMPARE(accountSize(model, storage).averageBits(), space.averageBits(choice));
    QCOMPARE(space.bits(space.uncompressed()), 16 * model.parameterCount());
}

void TestPlanMixed::jsonRoundTrip()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    ScanChoice choice = space.uncompressed();
    choice[1] = 3;
    ResultRecord record;
    record.config = space.config(choice, model, "mixed_4.5_bits");
    record.recipe = RecipeFacts {"at most 4.5 bits", {41.5, kInfinity}, 2, 77, {"head=8+"}, false};
    Measurement measured;
    OutputQuality output {"out_0", Metric::Psnr, 40, 41};
    output.split = SplitQuality {41.5, 39};
    measured.outputs = {output};
    measured.layers = planStorage(model, record.config);
    measured.size = accountSize(model, measured.layers);
    record.outcome = measured;
    const ResultRecord back = recordFromLine(recordLine(record, &model));
    QVERIFY(back.config == record.config);
    QVERIFY(back.recipe == record.recipe);
    QVERIFY(back.measurement()->outputs.front().split == output.split);
    QCOMPARE(recordLine(back, &model), recordLine(record, &model));
    QCOMPARE(title(record.config), std::string("mixed precision, 4.5 bits"));
    QCOMPARE(shortCode(record.config), std::string("mix 4.5 bits"));
}

void TestPlanMixed::twoFiles()
{
    const ModelInfo model = makeModel({makeLayer("a", LayerKind::Linear, {32, 32}),
                                       makeLayer("b", LayerKind::Linear, {32, 32}),
                                       makeLayer("c", LayerKind::Linear, {32, 32})});
    const ScanSpace space = makeScanSpace(model, quickSettings());
    const ScanChoice choice {optionOf(space, 0, "perblock_bs32_int4_symmetric"),
                             optionOf(space, 1, "palette_pertensor_3bit_pcs0"), 0};
    const CompressionConfig config = space.config(choice, model, "mixed_x");
    const auto files = recipeFiles(model, config, planStorage(model, config));
    QCOMPARE(files.size(), std::size_t {2});
    QCOMPARE(
        files[0].text,
        std::string(
            R"(# One of two files: the package reads one kind of compression from each. Palettes
# first, with prepare() and finalize(), then the quantizer on what that returns.
# Bitfront configuration mixed_x
# mixed precision, x
# group: mixed
# layers that do not divide: nearest
# coreai_opt: QuantizerConfig.from_yaml(this file)
quantization_config:
  execution_mode: eager
  global_config: null
  module_name_configs:
    'a':
      op_input_spec: null
      op_output_spec: null
      op_state_spec:
        weight: {dtype: int4, qscheme: symmetric, granularity: {type: per_block, block_size: 32}}
)"));
    QCOMPARE(files[1].suffix, std::string(".palettes"));
    QVERIFY(files[1].text.find("    'b':\n") != std::string::npos);
    QVERIFY(files[1].text.find("    'a'") == std::string::npos);
    QVERIFY(files[1].text.find("n_bits: 3") != std::string::npos);
}

void TestPlanMixed::oneFile()
{
    const ModelInfo model = makeModel({makeLayer("a", LayerKind::Linear, {32, 32})});
    const ScanSpace space = makeScanSpace(model, quickSettings());
    const CompressionConfig config =
        space.config({optionOf(space, 0, "palette_pertensor_3bit_pcs0")}, model, "mixed_x");
    const auto files = recipeFiles(model, config, planStorage(model, config));
    QCOMPARE(files.size(), std::size_t {1});
    QVERIFY(files[0].text.find("kmeans_palettization_config:\n  global_config: null\n")
            != std::string::npos);
}

void TestPlanMixed::presets()
{
    QCOMPARE(scanFormats(ScanPreset::Quick).size(), std::size_t {16});
    QCOMPARE(scanFormats(ScanPreset::Thorough).size(), std::size_t {49});
    for (const ScanPreset preset : {ScanPreset::Quick, ScanPreset::Thorough}) {
        std::vector<std::string> keys;
        for (const CompressionSpec& spec : scanFormats(preset))
            keys.push_back(formatKey(spec));
        QVERIFY(formatsFromKeys(keys) == scanFormats(preset));
        QVERIFY(scanPresetFromName(name(preset)) == preset);
    }
    QVERIFY(errorOf([] { formatsFromKeys({"perchannel_int5_symmetric"}); }) != "");
}

/// What comes out the same is there once; what is no smaller than fp16 is not there.
void TestPlanMixed::optionsOfAUnit()
{
    const ModelInfo model = makeModel({makeLayer("wide", LayerKind::Linear, {64, 128}),
                                       makeLayer("tiny", LayerKind::Linear, {3, 5})});
    const ScanSpace space = makeScanSpace(model, quickSettings());
    QCOMPARE(space.options[0].size(), std::size_t {17});
    for (const auto& options : space.options)
        for (std::size_t i = 0; i < options.size(); ++i) {
            QVERIFY(i == 0 || options[i].bits < options[0].bits);
            for (std::size_t k = 0; k < i; ++k)
                QVERIFY(options[i].layerSpecs != options[k].layerSpecs);
        }
    QVERIFY(space.options[1].size() < 12);
    QCOMPARE(space.cellCount(), 16 + space.options[1].size() - 1);
}

void TestPlanMixed::embeddingsWhereAllowed()
{
    ScanSettings settings = quickSettings();
    const auto palettes = [&] {
        const ScanSpace space = makeScanSpace(attentionModel(), settings);
        return std::count_if(
            space.options[0].begin(), space.options[0].end(), [](const ScanOption& option) {
                return option.spec && std::holds_alternative<PaletteConfig>(*option.spec);
            });
    };
    QCOMPARE(palettes(), 0);
    settings.palette.embeddings = true;
    QCOMPARE(palettes(), 13);
}

void TestPlanMixed::ties()
{
    const ModelInfo model = attentionModel();
    ScanSettings settings = quickSettings();
    settings.ties = {{"block.attn.*"}};
    const ScanSpace space = makeScanSpace(model, settings);
    QCOMPARE(space.units.size(), std::size_t {3});
    QCOMPARE(space.units[1].name, std::string("block.attn.q + block.attn.k + block.attn.v"));
    ScanChoice choice = space.uncompressed();
    choice[1] = 4;
    const auto storage = planStorage(model, space.config(choice, model, "x"));
    for (const std::size_t layer : {1, 2, 3})
        QVERIFY(storage[layer].spec == storage[1].spec
                && storage[layer].kind != StorageKind::Untouched);
    settings.ties = {{"block.attn.q", "head"}, {"block.*"}};
    QVERIFY(errorOf([&] { makeScanSpace(model, settings); }).find("twice") != std::string::npos);
    settings.ties = {{"nothing"}};
    QVERIFY(errorOf([&] { makeScanSpace(model, settings); }).find("nothing") != std::string::npos);
}

void TestPlanMixed::attentionTiesFound()
{
    const auto ties = attentionTies(attentionModel());
    QCOMPARE(ties.size(), std::size_t {1});
    QCOMPARE(ties[0], (std::vector<std::string> {"block.attn.q", "block.attn.k", "block.attn.v"}));
}

void TestPlanMixed::locks()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    const std::vector<FormatLock> locks {parseLock("head=8"), parseLock("block.*=6+"),
                                         parseLock("embed=fp16")};
    const AllowedOptions allowed = applyLocks(space, model, locks);
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (std::size_t o = 0; o < space.options[u].size(); ++o) {
            const int bits = space.options[u][o].codeBits;
            const bool expected = u == 0 ? o == 0 : u == 4 ? bits == 8 : bits >= 6;
            QCOMPARE(bool(allowed[u][o]), expected);
        }
    QVERIFY(errorOf([] { parseLock("head"); }) != "");
    const std::vector<FormatLock> unknown {{"tail", "8"}};
    QVERIFY(errorOf([&] { applyLocks(space, model, unknown); }) != "");
    const std::vector<FormatLock> empty {{"head", "5"}};
    QVERIFY(errorOf([&] { applyLocks(space, model, empty); }) != "");
}

void TestPlanMixed::energies()
{
    QCOMPARE(errorEnergy(Metric::Psnr, 30), 1e-3);
    QCOMPARE(errorEnergy(Metric::Iou, 0.75), 0.25);
    QCOMPARE(errorEnergy(Metric::Snr, kInfinity), 0.0);
    QCOMPARE(errorEnergy(Metric::Psnr, std::nan("")), kInfinity);
    QCOMPARE(errorEnergy(Metric::Psnr, -kInfinity), kInfinity);
    QCOMPARE(qualityOfEnergy(Metric::Psnr, 1e-3), 30.0);
    QCOMPARE(qualityOfEnergy(Metric::Psnr, 0), kInfinity);
    OutputQuality output {"o", Metric::Psnr, 30, 30};
    output.split = SplitQuality {20, 50};
    QCOMPARE(energiesOf({output}).front(), 1e-2);
}

void TestPlanMixed::prediction()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    Sensitivity sensitivity = emptySensitivity(space, {Metric::Psnr, Metric::Psnr});
    QCOMPARE(sensitivity.missing(), space.cellCount());
    sensitivity.cells[1][2] = {1e-3, 1e-5};
    sensitivity.cells[4][1] = {9e-3, 0};
    ScanChoice choice = space.uncompressed();
    QCOMPARE(sensitivity.predict(choice), (std::vector<double> {kInfinity, kInfinity}));
    choice[1] = 2;
    choice[4] = 1;
    QCOMPARE(sensitivity.predict(choice).at(0), 20.0);
    QCOMPARE(sensitivity.predict(choice).at(1), 50.0);
    // Each output counts by what the scan does to it, in the unit of the first.
    QCOMPARE(sensitivity.total({1e-3, 3e-3}), 2e-3);
    sensitivity.weights = balancedWeights(sensitivity);
    QCOMPARE(sensitivity.weights.size(), std::size_t {2});
    QVERIFY(std::abs(sensitivity.weights[1] - std::sqrt(1e-3 * 9e-3) / 1e-5) < 1e-6);
    QVERIFY(std::abs(sensitivity.cost(1, 2) - (1e-3 + 3e-3) / 2) < 1e-9);
    sensitivity.weights.clear();
    choice[0] = 1; // not measured: nothing can be said
    QCOMPARE(sensitivity.predict(choice).at(0), -kInfinity);
    // No mask overlaps less than not at all, however many errors are added up.
    sensitivity.metrics = {Metric::Iou, Metric::Iou};
    sensitivity.cells[0][1] = {0.6, 0.1};
    sensitivity.cells[1][2] = {0.6, 0.1};
    QCOMPARE(sensitivity.predict(choice).at(0), 0.0);
    QCOMPARE(sensitivity.predict(choice).at(1), 0.8);
}

void TestPlanMixed::targets()
{
    using Kind = RecipeTarget::Kind;
    QCOMPARE((RecipeTarget {Kind::Bits, 4.5}.bitLimit(1000)), 4500.0);
    QCOMPARE((RecipeTarget {Kind::Ratio, 4}.bitLimit(1000)), 4000.0);
    QCOMPARE((RecipeTarget {Kind::Megabytes, 0.5}.bitLimit(1000)), 0.5 * 8388608);
    QCOMPARE((RecipeTarget {Kind::Bits, 4.5}.configName()), std::string("mixed_4.5_bits"));
    QCOMPARE((RecipeTarget {Kind::Quality, 40}.text()), std::string("quality of at least 40"));
    for (const double bad : {0.0, -1.0, double(kInfinity), std::nan("")})
        QVERIFY(errorOf([&] { validate({Kind::Bits, bad}); }) != "");
    QVERIFY(errorOf([] { validate({Kind::Quality, -3}); }).empty());
}

void TestPlanMixed::warnings()
{
    ResultRecord record;
    record.config.group = GroupId::Mixed;
    Measurement measured;
    OutputQuality output {"out", Metric::Psnr, 40, 40};
    output.split = SplitQuality {40, 38};
    measured.outputs = {output};
    record.outcome = measured;
    record.recipe = RecipeFacts {"", {41}, 0, 1};
    QVERIFY(recipeWarnings(record).empty());
    for (const auto& [predicted, word] : {std::pair(41.6, "below"), std::pair(38.4, "above")}) {
        record.recipe->predicted = {predicted};
        QCOMPARE(recipeWarnings(record).size(), std::size_t {1});
        QVERIFY(recipeWarnings(record).front().find(word) != std::string::npos);
    }
    record.recipe->predicted = {41.6};
    measured.outputs.front().split->heldOut = 33.9;
    record.outcome = measured;
    QCOMPARE(recipeWarnings(record).size(), std::size_t {2});
    for (const double lost : {std::nan(""), -double(kInfinity)}) {
        measured.outputs.front().split = SplitQuality {41, lost};
        record.outcome = measured;
        QCOMPARE(recipeWarnings(record).size(), std::size_t {1});
        QVERIFY(recipeWarnings(record).front().find("not finite") != std::string::npos);
    }
    record.recipe->exact = false;
    QCOMPARE(recipeWarnings(record).size(), std::size_t {2});
    record.config.group = GroupId::Palette;
    QVERIFY(recipeWarnings(record).empty());
}

void TestPlanMixed::patterns()
{
    QVERIFY(fitsPattern("*", ""));
    QVERIFY(fitsPattern("a*c", "abbc"));
    QVERIFY(fitsPattern("*.q", "block.attn.q"));
    QVERIFY(!fitsPattern("*.q", "block.attn.qk"));
    QVERIFY(!fitsPattern("a", "ab"));
    QVERIFY(fitsPattern("a*b*c", "a..b.b..c"));
}

/// Sentences follow the data: here the last layer costs most, the attention next to nothing.
void TestPlanMixed::advice()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    Sensitivity sensitivity = emptySensitivity(space, {Metric::Psnr});
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o) {
            const double weight = u == 4 ? 100 : u == 0 ? 5 : 0.01;
            sensitivity.cells[u][o] = {weight * std::pow(4.0, -space.options[u][o].codeBits)
                                       * (1 + 0.01 * double(o))};
        }
    QCOMPARE(scanWidths(space, sensitivity), (std::vector<int> {8, 6, 4, 3, 2}));
    const auto costs = unitCosts(space, sensitivity);
    QCOMPARE(costs.size(), space.units.size());
    double share = 0;
    for (const UnitCosts& one : costs) {
        share += one.weightShare;
        for (const WidthCost& width : one.widths)
            QVERIFY(width.option == 0
                    || space.options[one.unit][width.option].codeBits == width.bits);
    }
    QVERIFY(std::abs(share - 1) < 1e-12);
    sensitivity.cells[0][optionOf(space, 0, "perchannel_int4_symmetric")] = {5.0 / 256};
    std::string text;
    for (const std::string& sentence : scanAdvice(space, model, sensitivity))
        text += sentence + '\n';
    const auto says = [&](const char* part) { return text.find(part) != std::string::npos; };
    QVERIFY2(says("At 4 bits 95 % of the error comes from one layer with 4.9 % of the weights: "
                  "head"),
             text.c_str());
    QVERIFY(says("The last layer (head)"));
    QVERIFY(says("it deserves more bits than the rest."));
    QVERIFY(says("Attention layers: under 0.1 % of the error"));
    QVERIFY(says("they need no special care here."));
    QVERIFY(says("Embeddings (embed)"));
    QVERIFY(!says("Depthwise"));
    QVERIFY(!says("left out here"));
    // Embeddings have no palettes here: the advice about 3 bits is about all others.
    QVERIFY(says("At 3 bits "));
    // A layer that ruins the outputs in every format does not silence what is said of the others.
    for (ErrorEnergies& cell : sensitivity.cells[1])
        cell = {kInfinity};
    text.clear();
    for (const std::string& sentence : scanAdvice(space, model, sensitivity))
        text += sentence + '\n';
    QVERIFY2(says("left out here: "), text.c_str());
    QVERIFY(says((space.units[1].name + " (").c_str()));
}

void TestPlanMixed::noAdviceWithoutData()
{
    const ModelInfo model = attentionModel();
    const ScanSpace space = makeScanSpace(model, quickSettings());
    QVERIFY(scanAdvice(space, model, emptySensitivity(space, {Metric::Psnr})).empty());
}

QTEST_APPLESS_MAIN(TestPlanMixed)
#include "tst_plan_mixed.moc"
