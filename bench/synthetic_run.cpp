// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/synthetic_run.h"

#include "core/plan/json.h"
#include "core/plan/recipe.h"
#include "core/run/run_json.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

namespace bitfront::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHidden = 384, kInner = 1536, kWords = 30522;

void addLayer(ModelInfo& model, const std::string& name, LayerKind kind,
              std::vector<std::int64_t> shape)
{
    LayerInfo layer;
    layer.name = layer.module = name;
    layer.parameter = "weight";
    layer.kind = kind;
    layer.moduleType = kind == LayerKind::Embedding ? "torch.nn.modules.sparse.Embedding"
                                                    : "torch.nn.modules.linear.Linear";
    layer.shape = std::move(shape);
    if (kind == LayerKind::Linear)
        model.plainParameters.push_back({name + ".bias", {layer.shape[0]}, layer.shape[0]});
    model.layers.push_back(std::move(layer));
}

ModelInfo encoderModel(int blocks)
{
    ModelInfo model;
    model.path = "/models/synthetic_encoder.pt";
    model.fileName = "synthetic_encoder.pt";
    model.format = "TorchScript";
    model.sha256 = std::string(64, '0');
    model.modules = {{"", "__torch__.Encoder"}};
    addLayer(model, "words", LayerKind::Embedding, {kWords, kHidden});
    for (int block = 0; block < blocks; ++block) {
        const std::string prefix = "layers." + std::to_string(block) + '.';
        model.modules.push_back({prefix + "attention", "__torch__.SelfAttention"});
        for (const char* name : {"query", "key", "value", "output"})
            addLayer(model, prefix + "attention." + name, LayerKind::Linear, {kHidden, kHidden});
        addLayer(model, prefix + "up", LayerKind::Linear, {kInner, kHidden});
        addLayer(model, prefix + "down", LayerKind::Linear, {kHidden, kInner});
    }
    model.fileBytes = 2 * model.fp16Bytes();
    return model;
}

/// Six decibels per bit, a little more for finer tables and scales, and noise of the choice.
double layerDb(const LayerStorage& layer, std::mt19937_64& random)
{
    if (layer.kind == StorageKind::Untouched)
        return 75;
    std::normal_distribution<double> noise(0, 0.8);
    return 6.02 * layer.bitsPerWeight() + 1.5 + noise(random);
}

Measurement inventedMeasurement(const ModelInfo& model, const CompressionConfig& config,
                                std::mt19937_64& random)
{
    Measurement measured;
    measured.layers = planStorage(model, config);
    measured.size = accountSize(model, measured.layers);
    double noise = 0;
    for (LayerStorage& layer : measured.layers) {
        const double db = layerDb(layer, random);
        noise += std::pow(10, -db / 10) / static_cast<double>(measured.layers.size());
        if (layer.kind != StorageKind::Untouched)
            layer.weightErrorDb = -db;
    }
    const double db = -10 * std::log10(noise);
    measured.outputs = {{"embedding", Metric::Psnr, db - 0.01, db}};
    measured.forwardMs = 40 + static_cast<double>(random() % 1000) / 250;
    measured.timeMs = measured.forwardMs + 20;
    measured.peakMemoryBytes = std::uint64_t {400} << 20;
    return measured;
}

/// Keeps one to three layers of chance.
CompressionConfig refined(const CompressionConfig& base, const ModelInfo& model, int number,
                          std::mt19937_64& random)
{
    CompressionConfig config = base;
    config.seed = base.name;
    config.name = base.name + "_skip-" + std::to_string(number);
    std::set<std::string> kept;
    const std::uint64_t choices = 1 + random() % 3;
    for (std::uint64_t i = 0; i < choices; ++i)
        kept.insert(model.layers[random() % model.layers.size()].name);
    config.skippedLayers.assign(kept.begin(), kept.end());
    return config;
}

std::string clockText(int second)
{
    char text[40];
    std::snprintf(text, sizeof text, "2026-01-%02dT%02d:%02d:%02dZ", 2 + second / 86400 % 28,
                  second / 3600 % 24, second / 60 % 60, second % 60);
    return text;
}

RunHeader headerOf(const ModelInfo& model)
{
    RunHeader header;
    header.createdAt = clockText(0);
    header.bitfrontVersion = BITFRONT_VERSION;
    header.engineVersion = "none: synthetic";
    header.model = model;
    header.inputsPath = "/models/synthetic_inputs.pt";
    header.inputsSha256 = std::string(64, '1');
    header.inputs = {{"input_ids", "input_ids", "int64", {8, 128}, 0, 30521, false}};
    header.outputs = {{"embedding", "float32", {8, 384}, -0.3, 0.3, 0, false}};
    header.metrics = {{"embedding", Metric::Psnr, 10}};
    header.fp16Quality = {{"embedding", Metric::Psnr, 74.99, 75}};
    header.plan.configs = baseConfigurations();
    header.probe = {40, 60, 90, std::uint64_t {400} << 20, 2};
    header.commandLine = "bitfront-cli run synthetic_encoder.pt --inputs synthetic_inputs.pt --yes";
    return header;
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << text;
    file.flush();
}

} // namespace

RunContents syntheticRun(int records, int blocks)
{
    std::mt19937_64 random(20);
    RunContents run;
    run.header = headerOf(encoderModel(blocks));
    run.state = RunState::Finished;
    run.wallMs = 60.0 * records;
    const ModelInfo& model = run.header.model;
    const std::vector<CompressionConfig>& base = run.header.plan.configs;
    run.records.reserve(static_cast<std::size_t>(records));
    for (int i = 0; i < records; ++i) {
        const auto place = static_cast<std::size_t>(i);
        ResultRecord record;
        record.config = place < base.size()
            ? base[place]
            : refined(base[place % base.size()], model, i / static_cast<int>(base.size()), random);
        record.configPath = "configs/" + record.config.name + ".yaml";
        record.outcome = inventedMeasurement(model, record.config, random);
        record.finishedAt = clockText(i);
        run.records.push_back(std::move(record));
    }
    return run;
}

void writeSyntheticRun(const fs::path& folder, int records, int blocks)
{
    const RunContents run = syntheticRun(records, blocks);
    const ModelInfo& model = run.header.model;
    fs::remove_all(folder);
    fs::create_directories(folder / "configs");
    std::string lines;
    for (const ResultRecord& record : run.records) {
        lines += recordLine(record, &model);
        lines += '\n';
        write(folder / record.configPath,
              recipeYaml(model, record.config, record.measurement()->layers));
    }
    write(folder / "results.jsonl", lines);
    write(folder / "run.json", runJsonText(run.header, run.state, run.wallMs));
}

} // namespace bitfront::bench
