// SPDX-License-Identifier: GPL-3.0-or-later
// Packed models: the payload is the account to the byte, codes are the kernels' codes, files
// survive being read and written.
#include "core/base/error.h"
#include "core/engine/weight_compressor.h"
#include "core/kernels/bit_pack.h"
#include "core/pack/packed_model.h"
#include "core/plan/json.h"
#include "tests/core/pack_samples.h"
#include "tests/support/raw_floats.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <random>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

Q_DECLARE_METATYPE(bitfront::CompressionConfig)
Q_DECLARE_METATYPE(bitfront::WeightType)

namespace {

std::vector<CompressionConfig> allConfigs()
{
    std::vector<CompressionConfig> configs = baseConfigurations();
    const auto quant = [&](CodeType dtype, QuantScheme scheme, QuantGranularity granularity,
                           std::int64_t block = 0) {
        configs.push_back(configOf(QuantConfig {dtype, scheme, granularity, block}));
        configs.back().name += "_" + std::to_string(configs.size());
    };
    using enum QuantScheme;
    quant(CodeType::Int2, Asymmetric, QuantGranularity::PerTensor);
    quant(CodeType::UInt2, Symmetric, QuantGranularity::PerBlock, 4);
    quant(CodeType::UInt4, Asymmetric, QuantGranularity::PerBlock, 4);
    quant(CodeType::UInt8, Symmetric, QuantGranularity::PerChannel);
    quant(CodeType::Float8E4M3, Symmetric, QuantGranularity::PerTensor);
    quant(CodeType::Float8E5M2, Symmetric, QuantGranularity::PerBlock, 2);
    quant(CodeType::Float4E2M1, Symmetric, QuantGranularity::PerBlock, 4);
    for (const int bits : {1, 2, 3})
        configs.push_back(configOf(PaletteConfig {bits, bits == 3 ? 2 : 0, bits != 2}));
    return configs;
}

std::int64_t wholeBytes(std::int64_t bits)
{
    return (bits + 7) / 8;
}

/// The payload as the documentation states it: every part of every parameter, rounded up alone.
std::int64_t expectedPayload(const ModelInfo& info, const std::vector<LayerStorage>& layers)
{
    std::int64_t bytes = 0;
    for (const LayerStorage& layer : layers)
        for (const std::int64_t part : {layer.bits.codes, layer.bits.scales, layer.bits.zeroPoints,
                                        layer.bits.tables, layer.bits.channelScales})
            bytes += wholeBytes(part);
    for (const PlainParameter& plain : info.plainParameters)
        bytes += plain.elements * 2;
    return bytes;
}

/// The codes or indices that the kernels compute.
std::vector<std::int16_t> kernelCodes(const LayerInfo& layer, const LayerStorage& storage,
                                      const std::vector<float>& weights)
{
    if (const auto* config = std::get_if<QuantConfig>(&storage.spec))
        return quantize(weights, layer.shape, layer.weightType, quantSpec(layer, *config)).codes;
    const PaletteSpec spec = paletteSpec(std::get<PaletteConfig>(storage.spec));
    const PaletteTables tables = findPalette(weights, layer.shape, layer.weightType, spec);
    std::vector<float> out(weights.size());
    std::vector<std::uint8_t> indices(weights.size());
    applyPalette(weights, layer.shape, layer.weightType, spec, tables, out, indices);
    return {indices.begin(), indices.end()};
}

bool isSignedCode(const LayerStorage& storage)
{
    const auto* config = std::get_if<QuantConfig>(&storage.spec);
    return config && isInteger(config->dtype) && name(config->dtype).front() != 'u';
}

/// How far a weight may be from the one evaluated: each factor that has 16 bits in the file (scale,
/// table entry, channel scale, or the value itself) is rounded once, the product once more. What
/// has more precision than its type or is a code, a zero point or a power of two costs nothing.
class Allowance
{
public:
    explicit Allowance(const PackedParameter& parameter)
    {
        double factor = 1;
        for (const RawTensor& part : parameter.parts) {
            if (part.dtype != DType::Float16 && part.dtype != DType::BFloat16)
                continue;
            const bool half = part.dtype == DType::Float16;
            double error = half ? 0x1p-11 : 0x1p-8; // half of the last of 11 or 8 bits
            // Below 2^-14 fp16 has steps of 2^-24: half of one, relative to a scale, absolute for
            // the other values.
            if (half && parameter.kind == StorageKind::Quantized)
                error = std::max(error, 0x1p-25 / double {smallest(part)});
            else if (half)
                m_absolute += 0x1p-25;
            factor *= 1 + error;
        }
        m_relative = factor - 1 + 0x1p-22; // products in float32 on both sides
    }

    bool holds(float unpacked, float evaluated) const
    {
        const double wanted = evaluated;
        return std::abs(double {unpacked} - wanted) <= std::abs(wanted) * m_relative + m_absolute;
    }

private:
    static float smallest(const RawTensor& part)
    {
        const std::vector<float> values = floatsOf(part);
        return *std::min_element(values.begin(), values.end());
    }

    double m_relative = 0, m_absolute = 0;
};

} // namespace

class TestPack : public QObject
{
    Q_OBJECT

private slots:
    void sizeAndRoundTrip_data();
    void sizeAndRoundTrip();
    void smallScalesKeepTheirPrecision();
    void hugeAndSpecialValues();
    void nonFiniteLayerAndExactPalette();
    void otherModelIsRefused();
    void impossibleRecords_data();
    void impossibleRecords();
};

void TestPack::sizeAndRoundTrip_data()
{
    QTest::addColumn<CompressionConfig>("config");
    QTest::addColumn<WeightType>("type");
    for (const WeightType type : {WeightType::Float32, WeightType::Float16, WeightType::BFloat16})
        for (const CompressionConfig& config : allConfigs())
            QTest::addRow("%s %s", std::string(name(type)).c_str(), config.name.c_str())
                << config << type;
}

void TestPack::sizeAndRoundTrip()
{
    QFETCH(CompressionConfig, config);
    QFETCH(WeightType, type);
    const ValuesModel model(type);
    const ModelInfo& info = model.info();
    std::vector<LayerStorage> layers = planStorage(info, config);
    const PackedModel packed = packModel(model, config.name, layers);
    QCOMPARE(packed.exactBits(), accountSize(info, layers).totalBits());
    QCOMPARE(static_cast<std::int64_t>(packed.payloadBytes()), expectedPayload(info, layers));

    const std::vector<std::uint8_t> bytes = writePacked(packed);
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof(header));
    QCOMPARE(bytes.size(), sizeof(header) + header + packed.payloadBytes());
    const PackedModel back = readPacked(bytes);
    QVERIFY2(writePacked(back) == bytes, "reading and writing changed the file");
    QCOMPARE(back.config, config.name);

    PaletteCache cache;
    const std::vector<RawTensor> weights = unpackWeights(back);
    QCOMPARE(weights.size(), info.layers.size() + info.plainParameters.size());
    int compressed = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::vector<float> original = model.layerValues(i).values;
        const std::vector<float> unpacked = floatsOf(weights[i]);
        QCOMPARE(weights[i].shape, info.layers[i].shape);
        QCOMPARE(name(weights[i].dtype), name(type));
        std::vector<float> evaluated = original;
        if (layers[i].kind != StorageKind::Untouched) {
            ++compressed;
            const auto codes = unpackBits(back.parameters[i].parts.front().data, original.size(),
                                          layers[i].bitsPerCode, isSignedCode(layers[i]));
            QVERIFY(codes == kernelCodes(info.layers[i], layers[i], original));
            compressWeights(i, info.layers[i], layers[i], PaletteRounding::Reference, original,
                            evaluated, cache, {});
        }
        if (packed.parameters[i].exact) {
            QVERIFY2(unpacked == evaluated, info.layers[i].name.c_str());
            continue;
        }
        QVERIFY(type == WeightType::Float32);
        const Allowance allowance(back.parameters[i]);
        for (std::size_t k = 0; k < unpacked.size(); ++k)
            QVERIFY2(allowance.holds(unpacked[k], evaluated[k]), info.layers[i].name.c_str());
    }
    QVERIFY(compressed > 0);
}

void TestPack::smallScalesKeepTheirPrecision()
{
    // int8 scales of about 4e-7: fp16 would have 3 bits left for them.
    const ValuesModel model(WeightType::Float32, 5e-5F);
    const CompressionConfig config = configOf(QuantConfig {});
    std::vector<LayerStorage> layers = planStorage(model.info(), config);
    const PackedModel packed = packModel(model, config.name, layers);
    QVERIFY(packed.parameters[0].parts[1].dtype == DType::BFloat16);
    const std::vector<float> weights = floatsOf(unpackWeights(packed)[0]);
    std::vector<float> evaluated = model.layerValues(0).values;
    PaletteCache cache;
    compressWeights(0, model.info().layers[0], layers[0], PaletteRounding::Automatic,
                    model.layerValues(0).values, evaluated, cache, {});
    const Allowance allowance(packed.parameters[0]); // bf16: 2^-8, nothing absolute
    for (std::size_t k = 0; k < weights.size(); ++k)
        QVERIFY(allowance.holds(weights[k], evaluated[k]));
}

void TestPack::hugeAndSpecialValues()
{
    ValuesModel model(WeightType::Float32);
    model.plain(0) = {1e6F, -2e9F, 0.5F, INFINITY, -INFINITY, NAN, -0.0F, 1};
    model.plain(1) = {70000.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F};
    const CompressionConfig config = configOf(QuantConfig {});
    const PackedModel packed = packModel(model, config.name, planStorage(model.info(), config));
    const std::size_t first = model.info().layers.size();
    QVERIFY(packed.parameters[first].parts[0].dtype == DType::BFloat16);
    QVERIFY(!packed.parameters[first].exact);
    const std::vector<RawTensor> weights = unpackWeights(readPacked(writePacked(packed)));
    const std::vector<float> values = floatsOf(weights[first]);
    QVERIFY(std::abs(values[0] - 1e6F) <= 1e6F * 0x1p-8F);
    QVERIFY(std::isinf(values[3]) && values[3] > 0 && std::isinf(values[4]) && values[4] < 0);
    QVERIFY(std::isnan(values[5]));
    QVERIFY(values[6] == 0 && std::signbit(values[6]));
    QVERIFY(std::isfinite(floatsOf(weights[first + 1])[0]));
}

void TestPack::nonFiniteLayerAndExactPalette()
{
    ValuesModel model(WeightType::Float32, 3e-5F);
    model.layer(1)[5] = NAN;
    const CompressionConfig config = configOf(PaletteConfig {4, 0, false});
    std::vector<LayerStorage> layers = planStorage(model.info(), config);
    leaveUntouched(layers[1], "its weights hold NaN or infinite values");
    for (LayerStorage& layer : layers)
        layer.exactPalette = layer.kind == StorageKind::Palettized;
    const PackedModel packed = packModel(model, config.name, layers);
    QCOMPARE(packed.exactBits(), accountSize(model.info(), layers).totalBits());
    QVERIFY(packed.parameters[1].kind == StorageKind::Untouched);
    const std::vector<float> weights = floatsOf(unpackWeights(packed)[0]);
    double error = 0, energy = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const float value = model.layerValues(0).values[k];
        error += std::pow(weights[k] - value, 2);
        energy += std::pow(value, 2);
    }
    QVERIFY2(error < 0.02 * energy, "the small weights were lost");
}

void TestPack::otherModelIsRefused()
{
    const ValuesModel model(WeightType::Float32);
    std::vector<LayerStorage> layers = planStorage(model.info(), configOf(QuantConfig {}));
    layers.pop_back();
    QVERIFY(textOf([&] { packModel(model, "x", layers); }).startsWith("bad_argument: "));
    layers = planStorage(model.info(), configOf(QuantConfig {}));
    layers[0].bits.scales += 16;
    QVERIFY(textOf([&] { packModel(model, "x", layers); }).startsWith("bad_format: "));
    QVERIFY(textOf([&] { packModel(model, "x", layers); }).contains("accounted size"));
}

void TestPack::impossibleRecords_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("groupSize");
    QTest::newRow("5 bits") << 5 << 0;
    QTest::newRow("groups that do not divide") << 4 << 3;
}

/// A record that no sweep writes is a damaged file, not a mistake in the program.
void TestPack::impossibleRecords()
{
    QFETCH(int, bits);
    QFETCH(int, groupSize);
    const ValuesModel model(WeightType::Float32);
    std::vector<LayerStorage> layers =
        planStorage(model.info(), configOf(PaletteConfig {4, 0, false}));
    layers[0].spec = PaletteConfig {bits, groupSize, false};
    const QString text = textOf([&] { packModel(model, "x", layers); });
    QVERIFY2(text.startsWith("bad_format: ") && text.contains("“linear”"), qPrintable(text));
}

QTEST_GUILESS_MAIN(TestPack)
#include "tst_pack.moc"
