// SPDX-License-Identifier: GPL-3.0-or-later
// JSON of runs: nothing is lost on a round trip, the reference's fields are there, damage is named.
#include "core/plan/json.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

/// Everything that a record can hold, with every awkward number.
ResultRecord fullRecord()
{
    const ModelInfo model = tiedModel();
    ResultRecord record;
    record.config = baseConfig("palette_grouped_gs8_6bit_pcs1", IndivisiblePolicy::Skip);
    record.config.seed = record.config.name;
    record.config.name += "_skip-last";
    record.config.skippedLayers = {"fc2"};
    record.configPath = "configs/x.yaml";
    record.finishedAt = "2025-01-02T03:04:05Z";
    Measurement measured;
    measured.layers = planStorage(model, record.config);
    measured.layers[0].weightErrorDb = -45.123456789012345;
    measured.layers[1].weightErrorDb = -std::numeric_limits<double>::infinity();
    measured.size = accountSize(model, measured.layers);
    measured.outputs = {
        {"out_0", Metric::Psnr, 77.6, std::numeric_limits<double>::infinity()},
        {"mask", Metric::Iou, 1.0 / 3, 0.1 + 0.2},
        {"wave", Metric::Snr, std::nan(""), -std::numeric_limits<double>::infinity()}};
    measured.timeMs = 12.25;
    measured.forwardMs = 1e-3;
    measured.peakMemoryBytes = 1ull << 40;
    record.outcome = measured;
    return record;
}

void compare(const OutputQuality& a, const OutputQuality& b)
{
    QCOMPARE(a.output, b.output);
    QCOMPARE(a.metric, b.metric);
    QVERIFY(a.value == b.value);
    QVERIFY(a.referenceValue == b.referenceValue
            || (std::isnan(a.referenceValue) && std::isnan(b.referenceValue)));
}

} // namespace

class TestPlanJson : public QObject
{
    Q_OBJECT

private slots:
    void recordRoundTrip();
    void recordFields();
    void referenceFigures();
    void failureRoundTrip();
    void everyBaseConfig();
    void modelRoundTrip();
    void restRoundTrip();
    void unknownFieldsAreTolerated();
    void malformed_data();
    void malformed();
    void malformedModel_data();
    void malformedModel();
    void floors_data();
    void floors();
    void anyCutIsAnError();
    void badUtf8();
};

void TestPlanJson::recordRoundTrip()
{
    const ResultRecord record = fullRecord();
    const std::string line = recordLine(record);
    QVERIFY(line.find('\n') == std::string::npos);
    const ResultRecord back = recordFromLine(line);
    QVERIFY(back.config == record.config);
    QCOMPARE(back.configPath, record.configPath);
    QCOMPARE(back.finishedAt, record.finishedAt);
    const Measurement &a = *record.measurement(), &b = *back.measurement();
    QVERIFY(a.layers == b.layers);
    QVERIFY(a.size == b.size);
    QCOMPARE(b.timeMs, a.timeMs);
    QCOMPARE(b.forwardMs, a.forwardMs);
    QCOMPARE(b.peakMemoryBytes, a.peakMemoryBytes);
    QCOMPARE(b.outputs.size(), a.outputs.size());
    for (std::size_t i = 0; i < a.outputs.size(); ++i)
        compare(a.outputs[i], b.outputs[i]);
    QCOMPARE(recordLine(back), line);
}

void TestPlanJson::recordFields()
{
    const ResultRecord record = fullRecord();
    const json out = json::parse(recordLine(record));
    QCOMPARE(out["group"].get<std::string>(), std::string("2"));
    QCOMPARE(
        out["config"],
        (json {{"name", "palette_grouped_gs8_6bit_pcs1_skip-last"}, {"path", "configs/x.yaml"}}));
    QCOMPARE(out["time_taken"].get<double>(), 12.25);
    const json& first = out["output_quality_metrics"][0];
    QCOMPARE(first["name"].get<std::string>(), std::string("out_0"));
    QCOMPARE(first["metric"].get<std::string>(), std::string("psnr"));
    QCOMPARE(first["value"].get<double>(), 77.6);
    QCOMPARE(first["value_scale_free"], json("Infinity"));
    QCOMPARE(out["output_quality_metrics"][2]["value"], json("NaN"));
    const SizeAccount& size = record.measurement()->size;
    const json& compression = out["compression_metrics"];
    QCOMPARE(compression["average_bitwidth"].get<double>(), size.averageBits());
    QCOMPARE(compression["compression_ratio"].get<double>(), size.compressionRatio());
    QCOMPARE(compression["theoretical_model_size"].get<double>(), size.megabytes());
    QCOMPARE(compression.size(), std::size_t {3});
    QCOMPARE(out["seed"].get<std::string>(), record.config.seed);
    QCOMPARE(out["indivisible"].get<std::string>(), std::string("skip"));
    // head: 100 rows do not divide by 8 under "skip"; fc2 is kept on purpose.
    QCOMPARE(out["skipped_layers"].size(), std::size_t {2});
    QCOMPARE(out["skipped_layers"][0]["name"].get<std::string>(), std::string("head"));
    QVERIFY(!out["skipped_layers"][0]["reason"].get<std::string>().empty());
    QCOMPARE(out["layers"][1]["bits"]["tables"].get<int>(), 128 / 8 * 64 * 16);
    QVERIFY(!out.contains("error"));
}

void TestPlanJson::referenceFigures()
{
    const ModelInfo model = tiedModel();
    ResultRecord record = fullRecord();
    auto& measured = std::get<Measurement>(record.outcome);
    measured.layers = planStorage(model, baseConfig("perchannel_int4_symmetric"));
    const json out = recordToJson(record, &model);
    QCOMPARE(out["compression_metrics"]["reference_model_size"].get<double>(), 15632 / 1048576.0);
    QVERIFY(recordFromLine(out.dump()).measurement() != nullptr);
}

void TestPlanJson::failureRoundTrip()
{
    ResultRecord record = fullRecord();
    record.outcome =
        Failure {ErrorCode::OutOfMemory, "It \"broke\"\nbadly.", "Try less.", "layer4 · ü"};
    const std::string line = recordLine(record);
    QVERIFY(line.find('\n') == std::string::npos);
    const ResultRecord back = recordFromLine(line);
    QVERIFY(back.failure() && *back.failure() == *record.failure());
    QVERIFY(back.config == record.config);
    const json out = json::parse(line);
    QCOMPARE(out["error"]["code"].get<std::string>(), std::string("out_of_memory"));
    QVERIFY(out["output_quality_metrics"].empty());
}

void TestPlanJson::everyBaseConfig()
{
    for (const CompressionConfig& config : baseConfigurations(IndivisiblePolicy::PerChannel))
        QVERIFY(json(config).get<CompressionConfig>() == config);
    SweepPlan plan = makePlan({GroupId::PerBlock}, {}, false, IndivisiblePolicy::Skip);
    const auto back = json(plan).get<SweepPlan>();
    QVERIFY(back.configs == plan.configs);
    QCOMPARE(back.refine, false);
    QCOMPARE(back.indivisible, IndivisiblePolicy::Skip);
}

void TestPlanJson::modelRoundTrip()
{
    ModelInfo model = tiedModel();
    model.sha256 = "ab12";
    model.fileBytes = 99;
    model.layers.push_back(makeLayer("attn", LayerKind::AttentionInput, {24, 8}));
    model.layers.back().weightType = WeightType::BFloat16;
    model.modules.push_back({"attn", "torch.nn.modules.activation.MultiheadAttention"});
    model.arguments = {{"ids", "Tensor", true}, {"mask", "Optional[Tensor]", false}};
    model.notes = {"was saved in training mode"};
    const json out = model;
    const auto back = out.get<ModelInfo>();
    QCOMPARE(json(back), out);
    QCOMPARE(back.parameterCount(), model.parameterCount());
    QCOMPARE(back.layers[0].tiedWith, model.layers[0].tiedWith);
    QCOMPARE(back.layers[3].name, std::string("attn.in_proj_weight"));
    QCOMPARE(back.layers[3].kind, LayerKind::AttentionInput);
    QCOMPARE(back.layers[3].weightType, WeightType::BFloat16);
    QCOMPARE(back.arguments[1].required, false);
    QCOMPARE(back.notes, model.notes);
}

void TestPlanJson::restRoundTrip()
{
    const ProbeTimes probe {1.5, 20, 300.25, 1ull << 33, 4};
    const auto backProbe = json(probe).get<ProbeTimes>();
    QCOMPARE(json(backProbe), json(probe));
    QCOMPARE(backProbe.workers, 4);
    const MetricChoice choice {"mask", Metric::Iou, 0.25};
    QCOMPARE(json(json(choice).get<MetricChoice>()), json(choice));
    OutputInfo output {"x", "float16", {2, 3}, -std::numeric_limits<double>::infinity(),
                       3,   7,         true};
    const auto backOutput = json(output).get<OutputInfo>();
    QVERIFY(backOutput.min == output.min && backOutput.binary && backOutput.nonFinite == 7);
    TimeEstimate estimate {{1, 2}, {3, 4}, 31, 30};
    QCOMPARE(json(json(estimate).get<TimeEstimate>()), json(estimate));
}

void TestPlanJson::unknownFieldsAreTolerated()
{
    json out = json::parse(recordLine(fullRecord()));
    out["from_the_future"] = {1, 2};
    out["layers"][0]["colour"] = "blue";
    out["config"]["x"] = nullptr;
    QVERIFY(recordFromLine(out.dump()).config == fullRecord().config);
}

void TestPlanJson::malformed_data()
{
    QTest::addColumn<QString>("pointer"); // where
    QTest::addColumn<QString>("value"); // JSON to put there; empty: remove
    QTest::addColumn<QString>("named"); // field that the message must name
    QTest::newRow("no group") << "/group"
                              << ""
                              << "group";
    QTest::newRow("unknown group") << "/group"
                                   << "\"9\""
                                   << "group";
    QTest::newRow("config is a list") << "/config"
                                      << "[]"
                                      << "name";
    QTest::newRow("name is a number") << "/config/name"
                                      << "7"
                                      << "name";
    QTest::newRow("time is a word") << "/time_taken"
                                    << "\"soon\""
                                    << "time_taken";
    QTest::newRow("time is null") << "/time_taken"
                                  << "null"
                                  << "time_taken";
    QTest::newRow("bits are fractions") << "/layers/0/bits/codes"
                                        << "1.5"
                                        << "codes";
    QTest::newRow("int out of range") << "/layers/0/bits_per_code"
                                      << "99999999999"
                                      << "bits_per_code";
    QTest::newRow("negative memory") << "/peak_memory_bytes"
                                     << "-1"
                                     << "peak_memory_bytes";
    QTest::newRow("unknown storage") << "/layers/0/storage"
                                     << "\"zip\""
                                     << "storage";
    QTest::newRow("13-bit palette") << "/spec/n_bits"
                                    << "13"
                                    << "n_bits";
    QTest::newRow("5-bit palette") << "/spec/n_bits"
                                   << "5"
                                   << "n_bits";
    QTest::newRow("palette of a quantized layer") << "/layers/0/storage"
                                                  << "\"quantized\""
                                                  << "spec";
    QTest::newRow("negative codes") << "/layers/0/bits/codes"
                                    << "-16"
                                    << "codes";
    QTest::newRow("sum of bits overflows") << "/layers/0/bits/tables"
                                           << "9223372036854775807"
                                           << "tables";
    QTest::newRow("layers add up to too much") << "/layers/0/bits/tables"
                                               << "18014398509481984"
                                               << "layers";
    QTest::newRow("total overflows") << "/size/untouched_bits"
                                     << "9223372036854775807"
                                     << "untouched_bits";
    QTest::newRow("negative elements") << "/size/total_elements"
                                       << "-1"
                                       << "total_elements";
    QTest::newRow("layers are an object") << "/layers"
                                          << "3"
                                          << "layers";
    QTest::newRow("error is a word") << "/error"
                                     << "\"x\""
                                     << "code";
}

void TestPlanJson::malformed()
{
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    QFETCH(QString, named);
    json out = json::parse(recordLine(fullRecord()));
    const json::json_pointer where(pointer.toStdString());
    if (value.isEmpty())
        out[where.parent_pointer()].erase(where.back());
    else
        out[where] = json::parse(value.toStdString());
    try {
        recordFromLine(out.dump());
        QFAIL("no exception");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::BadFormat);
        QVERIFY2(QString(error.what()).contains("'" + named + "'"), error.what());
    }
}

void TestPlanJson::malformedModel_data()
{
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* tag, const char* pointer, const char* value,
                        const char* named) { QTest::newRow(tag) << pointer << value << named; };
    row("no whole number", "/layers/0/shape/0", "1e300", "shape");
    row("fraction", "/layers/0/shape/0", "2.5", "shape");
    row("beyond 64 bits", "/layers/0/shape/0", "18446744073709551615", "shape");
    row("negative extent", "/layers/0/shape/0", "-100", "shape");
    row("shape is a word", "/layers/0/shape", "\"100\"", "shape");
    row("product overflows", "/layers/0/shape", "[4294967296, 4294967296]", "shape");
    row("product overflows before a zero", "/layers/0/shape", "[4294967296, 4294967296, 0]",
        "shape");
    row("sum overflows", "/layers/0/shape", "[281474976710656]", "layers");
    row("plain shape", "/plain_parameters/0/shape/0", "1e300", "shape");
    row("plain elements", "/plain_parameters/0/elements", "9223372036854775807", "elements");
    row("plain sum", "/plain_parameters/0/elements", "281474976710656", "plain_parameters");
}

void TestPlanJson::malformedModel()
{
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    QFETCH(QString, named);
    json out = tiedModel();
    out[json::json_pointer(pointer.toStdString())] = json::parse(value.toStdString());
    try {
        (void)out.get<ModelInfo>();
        QFAIL("no exception");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::BadFormat);
        QVERIFY2(QString(error.what()).contains("'" + named + "'"), error.what());
    }
}

void TestPlanJson::floors_data()
{
    QTest::addColumn<QString>("floor");
    QTest::addColumn<bool>("read");
    QTest::newRow("usual") << "10" << true;
    QTest::newRow("off, in effect") << "-1000000" << true;
    QTest::newRow("beyond a double's digits") << "1e16" << false;
    QTest::newRow("infinite") << "\"-Infinity\"" << false;
    QTest::newRow("no number") << "\"NaN\"" << false;
}

void TestPlanJson::floors()
{
    QFETCH(QString, floor);
    QFETCH(bool, read);
    json out = MetricChoice {};
    out["floor"] = json::parse(floor.toStdString());
    if (read)
        QCOMPARE(json(out.get<MetricChoice>()), out);
    else
        QVERIFY_EXCEPTION_THROWN((void)out.get<MetricChoice>(), Error);
}

void TestPlanJson::anyCutIsAnError()
{
    const std::string line = recordLine(fullRecord());
    for (std::size_t size = 0; size < line.size(); ++size) {
        try {
            recordFromLine(std::string_view(line).substr(0, size));
            QFAIL("no exception");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::BadFormat);
        }
    }
    for (const char* text : {"null", "[]", "7", "\"x\"", "{}", "{\"config\":{\"name\":1e999}}"})
        QVERIFY_EXCEPTION_THROWN(recordFromLine(text), Error);
}

void TestPlanJson::badUtf8()
{
    ResultRecord record = fullRecord();
    record.config.skippedLayers = {"caf\xe9"};
    QVERIFY(recordFromLine(recordLine(record)).measurement() != nullptr);
}

QTEST_GUILESS_MAIN(TestPlanJson)
#include "tst_plan_json.moc"
