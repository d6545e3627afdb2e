// SPDX-License-Identifier: GPL-3.0-or-later
// Packed files that are not what they should be: no damage passes, whatever the bytes.
#include "core/plan/json.h"
#include "tests/core/pack_samples.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <functional>
#include <random>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

using Damage = std::function<void(json&, std::vector<RawTensor>&, FileMetadata&)>;
Q_DECLARE_METATYPE(Damage)

class TestPackDamage : public QObject
{
    Q_OBJECT

private slots:
    void damagedFiles_data();
    void damagedFiles();
    void anyBytes();
};

void TestPackDamage::damagedFiles_data()
{
    QTest::addColumn<bool>("palette");
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* title, bool palette, const char* says, Damage damage) {
        QTest::newRow(title) << palette << std::move(damage) << QByteArray(says);
    };
    const auto field = [](std::size_t parameter, const char* key, const json& value) -> Damage {
        return [=](json& about, auto&, auto&) { about["parameters"][parameter][key] = value; };
    };
    row("no packed model", false, "holds no packed model",
        [](json&, auto&, FileMetadata& metadata) { metadata.erase("format"); });
    row("newer version", false, "format version 2",
        [](json&, auto&, FileMetadata& metadata) { metadata["format_version"].assign(1, '2'); });
    row("part missing", false, "is missing",
        [](json&, auto& tensors, auto&) { tensors.erase(tensors.begin()); });
    row("part of another type", false, "another type", [](json&, auto& tensors, auto&) {
        for (RawTensor& tensor : tensors)
            if (tensor.dtype == DType::Float16)
                tensor.dtype = DType::Int16;
    });
    row("part too short", false, "another type or shape", [](json&, auto& tensors, auto&) {
        for (RawTensor& tensor : tensors)
            if (tensor.name == "linear.weight.codes") {
                tensor.data.pop_back();
                --tensor.shape[0];
            }
    });
    row("part too many", false, "belongs to no parameter", [](json&, auto& tensors, auto&) {
        tensors.push_back({"extra", DType::UInt8, {1}, {7}});
    });
    row("parameter twice", false, "is missing",
        [](json& about, auto&, auto&) { about["parameters"].push_back(about["parameters"][0]); });
    row("unknown storage", false, "storage", field(0, "storage", "zipped"));
    row("no shape", false, "shape", field(0, "shape", nullptr));
    row("negative shape", false, "shape", field(0, "shape", json::array({-16, 12})));
    row("endless shape", false, "shape",
        field(0, "shape", json::array({std::int64_t {1} << 60, std::int64_t {1} << 60})));
    row("scalar quantized", false, "nothing to compress", field(0, "shape", json::array()));
    row("blocks of zero", false, "blocks", field(0, "block_shape", json::array({0, 12})));
    row("blocks that do not divide", false, "blocks",
        field(0, "block_shape", json::array({5, 12})));
    row("blocks of another rank", false, "blocks", field(0, "block_shape", json::array({1})));
    row("wrong bits", false, "size",
        [](json& about, auto&, auto&) { about["parameters"][0]["bits"]["codes"] = 8; });
    row("other code type", false, "size",
        [](json& about, auto&, auto&) { about["parameters"][0]["spec"]["dtype"] = "int4"; });
    row("asymmetric float", false, "blocks", [](json& about, auto&, auto&) {
        about["parameters"][0]["spec"]["dtype"] = "float8_e4m3fn";
        about["parameters"][0]["spec"]["qscheme"] = "asymmetric";
    });
    row("palette where codes are said", false, "blocks", [](json& about, auto&, auto&) {
        about["parameters"][0]["spec"] =
            json {{"kind", "palettization"}, {"n_bits", 4}, {"enable_per_channel_scale", false}};
    });
    row("group that does not divide", true, "tables",
        [](json& about, auto&, auto&) { about["parameters"][0]["spec"]["group_size"] = 5; });
    row("codes where a palette is said", true, "tables", [](json& about, auto&, auto&) {
        about["parameters"][0]["spec"] = json(CompressionSpec {QuantConfig {}});
    });
    row("totals", false, "add up", [](json& about, auto&, auto&) { about["exact_bits"] = 1; });
    row("no parameters", false, "parameters",
        [](json& about, auto&, auto&) { about.erase("parameters"); });
    row("text instead of parameters", false, "parameters",
        [](json& about, auto&, auto&) { about["parameters"] = "none"; });
    row("no object", false, "", [](json& about, auto&, auto&) { about = 3; });
}

void TestPackDamage::damagedFiles()
{
    QFETCH(bool, palette);
    QFETCH(Damage, damage);
    QFETCH(QByteArray, says);
    const std::vector<std::uint8_t> bytes = packedSample(
        palette ? CompressionSpec {PaletteConfig {4, 4, true}} : CompressionSpec {QuantConfig {}});
    FileMetadata metadata = readSafetensorsMetadata(bytes);
    std::vector<RawTensor> tensors = readSafetensors(bytes);
    json about = json::parse(metadata.at("bitfront"));
    damage(about, tensors, metadata);
    metadata["bitfront"] = about.dump();
    const QByteArray text = textOf([&] { readPacked(writeSafetensors(tensors, metadata)); });
    QVERIFY2(text.startsWith("bad_format: ") && text.contains(says), text.constData());
}

void TestPackDamage::anyBytes()
{
    const std::vector<std::uint8_t> bytes = packedSample(PaletteConfig {3, 2, true});
    for (std::size_t size = 0; size < bytes.size(); size += 41) {
        const std::vector<std::uint8_t> part(bytes.begin(),
                                             bytes.begin() + static_cast<std::ptrdiff_t>(size));
        QVERIFY(textOf([&] { readPacked(part); }).startsWith("bad_format: "));
    }
    std::mt19937 random(7);
    for (int trial = 0; trial < 2000; ++trial) {
        std::vector<std::uint8_t> changed = bytes;
        for (int flips = 0; flips < 3; ++flips)
            changed[random() % (trial % 2 == 0 ? changed.size() : changed.size() / 2)] ^=
                static_cast<std::uint8_t>(1U << random() % 8);
        const QByteArray text = textOf([&] { unpackWeights(readPacked(changed)); });
        QVERIFY2(text.startsWith("bad_format: ") || text == "nothing was thrown", text.constData());
    }
}

QTEST_GUILESS_MAIN(TestPackDamage)
#include "tst_pack_damage.moc"
