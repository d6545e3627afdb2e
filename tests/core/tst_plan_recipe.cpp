// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration files for coreai-opt: the whole text of typical ones. That the package itself loads
// them was checked by hand with coreai-opt 0.3.0; these texts are what it loaded.
#include "core/plan/recipe.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

using namespace bitfront;
using namespace bitfront::test;

class TestPlanRecipe : public QObject
{
    Q_OBJECT

private slots:
    void quantization();
    void palettization();
    void attention();
    void tiedOwners();
    void hostileNames();
};

void TestPlanRecipe::quantization()
{
    const ModelInfo model = makeModel({makeLayer("stem", LayerKind::Conv, {16, 3, 3, 3}),
                                       makeLayer("layer1.0.conv", LayerKind::Conv, {16, 16, 3, 3}),
                                       makeLayer("head", LayerKind::Linear, {10, 16})});
    CompressionConfig config = baseConfig("perblock_bs16_int4_asymmetric");
    config.seed = config.name;
    config.name += "_skip-last";
    config.skippedLayers = {"head"};
    const char* expected = R"(# Bitfront configuration perblock_bs16_int4_asymmetric_skip-last
# int4 block 16, asymmetric · keeps last
# group: 1b
# layers that do not divide: nearest
# refines: perblock_bs16_int4_asymmetric
# coreai_opt: QuantizerConfig.from_yaml(this file)
quantization_config:
  execution_mode: eager
  global_config:
    op_input_spec: null
    op_output_spec: null
    op_state_spec:
      weight: {dtype: int4, qscheme: asymmetric, granularity: {type: per_block, block_size: 16}}
  module_name_configs:
    # 3 input channels do not divide by 16: per-channel instead
    'stem':
      op_input_spec: null
      op_output_spec: null
      op_state_spec:
        weight: {dtype: int4, qscheme: asymmetric, granularity: {type: per_channel}}
    # kept at fp16 by this configuration
    'head': null
)";
    QCOMPARE(QString::fromStdString(recipeYaml(model, config)), QString(expected));
}

void TestPlanRecipe::palettization()
{
    const ModelInfo model = makeModel({makeLayer("emb", LayerKind::Embedding, {9, 16}),
                                       makeLayer("layer1.0.conv", LayerKind::Conv, {10, 16, 3, 3}),
                                       makeLayer("head", LayerKind::Linear, {16, 16})});
    const char* expected = R"(# Bitfront configuration palette_grouped_gs8_4bit_pcs1
# 4-bit palette, group 8, channel scales
# group: 2
# layers that do not divide: nearest
# coreai_opt: KMeansPalettizerConfig.from_yaml(this file)
kmeans_palettization_config:
  global_config:
    enable_fast_kmeans_mode: true
    rounding_precision: 4
    op_state_spec:
      weight: {n_bits: 4, granularity: {type: per_grouped_channel, axis: 0, group_size: 8}, cluster_dim: 1, enable_per_channel_scale: true}
      in_proj_weight: {n_bits: 4, granularity: {type: per_grouped_channel, axis: 0, group_size: 8}, cluster_dim: 1, enable_per_channel_scale: true}
  module_name_configs:
    # 10 output channels do not divide by 8: group 5 instead
    'layer1\.0\.conv':
      enable_fast_kmeans_mode: true
      rounding_precision: 4
      op_state_spec:
        weight: {n_bits: 4, granularity: {type: per_grouped_channel, axis: 0, group_size: 5}, cluster_dim: 1, enable_per_channel_scale: true}
        in_proj_weight: {n_bits: 4, granularity: {type: per_grouped_channel, axis: 0, group_size: 5}, cluster_dim: 1, enable_per_channel_scale: true}
)";
    QCOMPARE(QString::fromStdString(recipeYaml(model, baseConfig("palette_grouped_gs8_4bit_pcs1"))),
             QString(expected));
}

void TestPlanRecipe::attention()
{
    const ModelInfo model =
        makeModel({makeLayer("attn", LayerKind::AttentionInput, {192, 64}),
                   makeLayer("attn.out_proj", LayerKind::Linear, {64, 64},
                             "torch.nn.modules.linear.NonDynamicallyQuantizableLinear"),
                   makeLayer("fc", LayerKind::Linear, {64, 64})});
    CompressionConfig config = baseConfig("palette_pertensor_6bit_pcs0");
    config.skippedLayers = {"attn.in_proj_weight"};
    // The package knows both projections under the attention module's name.
    const QString yaml = QString::fromStdString(recipeYaml(model, config));
    const QString spec = "{n_bits: 6, granularity: {type: per_tensor}, cluster_dim: 1, "
                         "enable_per_channel_scale: false}\n";
    QVERIFY(yaml.contains("        weight: " + spec + "        in_proj_weight: null\n"));
    QVERIFY(yaml.contains("    'attn':\n"));
    QVERIFY(!yaml.contains("out_proj'") && !yaml.contains("'fc'"));
    config.skippedLayers = {"attn.out_proj"};
    const QString output = QString::fromStdString(recipeYaml(model, config));
    QVERIFY(output.contains("        weight: null\n        in_proj_weight: " + spec));
    config.skippedLayers = {"attn.in_proj_weight", "attn.out_proj"};
    QVERIFY(QString::fromStdString(recipeYaml(model, config)).contains("\n    'attn': null\n"));
    // Quantization leaves the packed projection alone by itself, and needs graph mode for the
    // other.
    const QString quant =
        QString::fromStdString(recipeYaml(model, baseConfig("perchannel_int8_symmetric")));
    QVERIFY(quant.contains("execution_mode: graph"));
    QVERIFY(!quant.contains("module_name_configs"));
    CompressionConfig kept = baseConfig("perchannel_int8_symmetric");
    kept.skippedLayers = {"attn.out_proj"};
    QVERIFY(QString::fromStdString(recipeYaml(model, kept)).contains("\n    'attn': null\n"));
}

void TestPlanRecipe::tiedOwners()
{
    CompressionConfig config = baseConfig("perchannel_int8_symmetric");
    config.skippedLayers = {"embed"};
    const QString yaml = QString::fromStdString(recipeYaml(tiedModel(), config));
    QVERIFY(yaml.contains("'head': null"));
    QVERIFY(yaml.contains("'embed': null"));
}

void TestPlanRecipe::hostileNames()
{
    CompressionConfig config = baseConfig("perchannel_int8_symmetric");
    config.skippedLayers = {"a'b.c\nd+"};
    const ModelInfo model = makeModel({makeLayer("a'b.c\nd+", LayerKind::Linear, {4, 4})});
    QVERIFY(QString::fromStdString(recipeYaml(model, config))
                .contains("\n    'a''b\\.c d\\+': null\n"));
}

QTEST_GUILESS_MAIN(TestPlanRecipe)
#include "tst_plan_recipe.moc"
