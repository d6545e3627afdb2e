// SPDX-License-Identifier: GPL-3.0-or-later
// A complete engine without LibTorch on synthetic layers, for tests.
#include "tests/support/fake_engine.h"

#include "tests/support/fake_values.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <new>
#include <thread>

namespace bitfront::test {
namespace {

void pause(int milliseconds, const std::stop_token& stop)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (std::chrono::steady_clock::now() < end) {
        if (stop.stop_requested())
            throw Cancelled();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

std::string firstWord(const std::filesystem::path& path)
{
    std::ifstream file(path);
    if (!file || std::filesystem::is_directory(path))
        throw Error(ErrorCode::FileNotReadable, "Cannot read " + path.string() + ".",
                    "Check the path.", path.string());
    std::string word;
    file >> word;
    return word;
}

FakeModelKind kindOf(const ModelInfo& model)
{
    return model.layers.size() == fakeModelInfo(FakeModelKind::Cnn).layers.size()
        ? FakeModelKind::Cnn
        : FakeModelKind::Transformer;
}

class FakeModel : public Model
{
public:
    FakeModel(FakeModelKind modelKind, ModelInfo info)
        : kind(modelKind)
        , m_info(std::move(info))
    {
    }
    const ModelInfo& info() const override { return m_info; }
    ParameterValues layerValues(std::size_t index) const override
    {
        const auto count = static_cast<std::size_t>(m_info.layers.at(index).elements());
        return {"float32", bellValues(count, static_cast<std::uint32_t>(index), 0.1)};
    }
    const FakeModelKind kind;

private:
    ModelInfo m_info;
};

class FakeInputs : public ReferenceData
{
public:
    FakeInputs(FakeModelKind kind, std::string path, bool noise, InputOptions options = {})
        : m_path(std::move(path))
        , m_sha256(64, 'c')
        , m_options(std::move(options))
    {
        if (kind == FakeModelKind::Cnn)
            m_tensors = {{"x", "x", "float32", {16, 1, 8, 8}, 0, 1, noise}};
        else
            m_tensors = {{"ids", "ids", "int64", {2, 12}, 0, 99, noise},
                         {"mask", "mask", "float32", {2, 12}, 0, 1, false}};
    }
    const std::vector<InputTensor>& tensors() const override { return m_tensors; }
    const std::string& path() const override { return m_path; }
    const std::string& sha256() const override { return m_sha256; }
    std::int64_t samples() const override { return m_tensors.front().shape.front(); }
    InputOptions options() const override { return m_options; }

private:
    std::string m_path, m_sha256;
    InputOptions m_options;
    std::vector<InputTensor> m_tensors;
};

/// Counts evaluations side by side for as long as it lives.
class Counted
{
public:
    explicit Counted(FakeCounters& counters)
        : m_counters(counters)
    {
        ++m_counters.evaluations;
        const int now = ++m_counters.atOnce;
        int most = m_counters.mostAtOnce;
        while (most < now && !m_counters.mostAtOnce.compare_exchange_weak(most, now)) { }
    }
    ~Counted() { --m_counters.atOnce; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    FakeCounters& m_counters;
};

class FakeEvaluator : public Evaluator
{
public:
    FakeEvaluator(ModelInfo model, std::vector<MetricChoice> metrics, FakeOptions options,
                  std::shared_ptr<FakeCounters> counters)
        : m_model(std::move(model))
        , m_metrics(std::move(metrics))
        , m_options(std::move(options))
        , m_counters(std::move(counters))
        , m_thread(std::this_thread::get_id())
    {
        ++m_counters->evaluators;
    }

    Measurement evaluate(const CompressionConfig& config, const std::stop_token& stop,
                         EvaluationProgress* progress) override
    {
        if (m_thread != std::this_thread::get_id())
            throw Error(ErrorCode::Internal, "An evaluator changed threads.");
        const Counted counted(*m_counters);
        work(stop, progress);
        if (m_options.failing.contains(config.name))
            throw Error(ErrorCode::ForwardFailed, "The model raised: shapes do not match.",
                        "Check the reference inputs.", config.name);
        if (m_options.throwing.contains(config.name))
            throw std::runtime_error("something odd");
        if (m_options.outOfMemory.contains(config.name))
            throw std::bad_alloc();
        return fakeMeasurement(m_model, m_metrics, config, m_options);
    }

    std::vector<std::vector<float>> outputs(const CompressionConfig& config,
                                            const std::stop_token& stop) override
    {
        pause(m_options.delayMs, stop);
        std::vector<std::vector<float>> values;
        std::uint32_t seed = 0;
        for (const OutputInfo& output : fakeOutputs(kindOf(m_model))) {
            const double change = config.group == GroupId::PerChannel ? 0.01 : 0.08;
            values.push_back(disturbed(output, fakeOutputValues(output, seed),
                                       static_cast<std::uint32_t>(config.name.size()), change));
            ++seed;
        }
        return values;
    }

private:
    void work(const std::stop_token& stop, EvaluationProgress* progress) const
    {
        const int layers = static_cast<int>(m_model.layers.size());
        if (progress)
            progress->layersTotal = layers;
        for (int i = 0; i < layers; ++i) {
            if (stop.stop_requested())
                throw Cancelled();
            pause(m_options.delayMs * (i + 1) / layers - m_options.delayMs * i / layers, stop);
            if (progress)
                progress->layersDone = i + 1;
        }
    }

    ModelInfo m_model;
    std::vector<MetricChoice> m_metrics;
    FakeOptions m_options;
    std::shared_ptr<FakeCounters> m_counters;
    std::thread::id m_thread;
};

class FakeExperiment : public Experiment
{
public:
    FakeExperiment(std::shared_ptr<const Model> model, std::shared_ptr<const ReferenceData> inputs,
                   FakeModelKind kind, FakeOptions options, std::shared_ptr<FakeCounters> counters)
        : m_model(std::move(model))
        , m_inputs(std::move(inputs))
        , m_outputs(fakeOutputs(kind))
        , m_options(std::move(options))
        , m_counters(std::move(counters))
    {
    }
    const ModelInfo& model() const override { return m_model->info(); }
    const ReferenceData& inputs() const override { return *m_inputs; }
    const std::vector<OutputInfo>& outputs() const override { return m_outputs; }
    double forwardMs() const override { return 2; }
    void keepTables(const std::filesystem::path& file) override
    {
        m_counters->keepsTables = !file.empty();
    }
    std::vector<float> baseline(std::size_t output) const override
    {
        return fakeOutputValues(m_outputs.at(output), static_cast<std::uint32_t>(output));
    }

    std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) override
    {
        std::vector<OutputQuality> result;
        for (const MetricChoice& choice : metrics)
            result.push_back(choice.metric == Metric::Iou
                                 ? OutputQuality {choice.output, choice.metric, 1, 1}
                                 : OutputQuality {choice.output, choice.metric, 67.5, 71.25});
        return result;
    }

    SampleSplit holdOut(double share) override
    {
        SampleSplit split {m_inputs->samples(), 0, false, {}};
        if (share > 0 && split.total < 4)
            split.reason = "There are too few samples to keep some out of all choices.";
        else if (share > 0)
            split.heldOut = std::max<std::int64_t>(
                1, static_cast<std::int64_t>(share * static_cast<double>(split.total)));
        m_options.heldOut = split.heldOut > 0;
        return split;
    }

    std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                               int) override
    {
        if (m_options.failEvaluators)
            throw Error(ErrorCode::OutOfMemory,
                        "There is not enough memory for a copy of the model.",
                        "Close other programs.");
        return std::make_unique<FakeEvaluator>(model(), metrics, m_options, m_counters);
    }

private:
    std::shared_ptr<const Model> m_model;
    std::shared_ptr<const ReferenceData> m_inputs;
    std::vector<OutputInfo> m_outputs;
    FakeOptions m_options;
    std::shared_ptr<FakeCounters> m_counters;
};

FakeModelKind kindOf(const Model& model)
{
    const auto* fake = dynamic_cast<const FakeModel*>(&model);
    return fake ? fake->kind : FakeModelKind::Cnn;
}

} // namespace

FakeEngine::FakeEngine(FakeOptions options)
    : m_options(std::move(options))
    , m_counters(std::make_shared<FakeCounters>())
{
}

std::string FakeEngine::version() const
{
    return "Fake engine 1.0";
}

std::shared_ptr<const Model> FakeEngine::openModel(const std::filesystem::path& path,
                                                   const std::stop_token& stop,
                                                   const LayerOptions& layers)
{
    pause(m_options.openDelayMs, stop);
    const std::string word = firstWord(path);
    if (word == "state-dict")
        throw Error(ErrorCode::BadFormat, "This file holds only weights, no graph.",
                    "Save the model with torch.jit.save.", path.string());
    if (word == "empty")
        throw Error(ErrorCode::UnsupportedModel, "The model has no layer that can be compressed.",
                    "", path.string());
    const FakeModelKind kind = word == "transformer" ? FakeModelKind::Transformer : m_options.model;
    ModelInfo info = fakeModelInfo(kind);
    info.path = path.string();
    info.fileName = path.filename().string();
    info.layerOptions = layers;
    return std::make_shared<FakeModel>(kind, std::move(info));
}

std::shared_ptr<const ReferenceData> FakeEngine::loadInputs(const std::filesystem::path& path,
                                                            const Model& model,
                                                            const InputOptions& options)
{
    pause(m_options.openDelayMs, {});
    const std::string word = firstWord(path);
    if (word == "mismatch")
        throw Error(ErrorCode::InputMismatch,
                    "Input 'x' has shape [3, 224, 224]; the model expects 4 dimensions.",
                    "Add a batch dimension.", "x");
    if (word == "garbage")
        throw Error(ErrorCode::BadFormat, "This file holds no tensors.",
                    "Use .pt, .npy, .npz or .safetensors.", path.string());
    if (word == "unbatched" && !options.addBatch)
        throw Error(Failure {ErrorCode::InputMismatch, "Input “x” is 1 × 8 × 8.",
                             "The batch dimension seems to be missing.", "x", Remedy::AddBatch});
    if (word == "doubles" && !options.convertTypes)
        throw Error(Failure {ErrorCode::InputMismatch, "Input “x” is float64.",
                             "Convert it to float32.", "x", Remedy::ConvertTypes});
    if (word == "unnamed" && options.bindings.empty())
        throw Error(Failure {ErrorCode::InputMismatch,
                             "None of the names in the inputs file is an argument of the model.",
                             "Name the tensors as the arguments.", "", Remedy::Bind});
    return std::make_shared<FakeInputs>(kindOf(model), path.string(), word == "noise", options);
}

std::vector<InputTensor> FakeEngine::listInputs(const std::filesystem::path& path,
                                                const InputOptions& /*options*/)
{
    firstWord(path);
    return {{"pixels", "", "float32", {16, 1, 8, 8}}, {"labels", "", "int64", {16}}};
}

std::vector<RawTensor> FakeEngine::forward(const Model& model, const ReferenceData& /*inputs*/)
{
    std::vector<RawTensor> outputs;
    for (const OutputInfo& info : fakeOutputs(kindOf(model))) {
        RawTensor tensor {info.name, dtypeFromName(info.dtype).value(), info.shape, {}};
        tensor.data.resize(checkedBytes(tensor.shape, tensor.dtype));
        outputs.push_back(std::move(tensor));
    }
    return outputs;
}

std::shared_ptr<Experiment>
FakeEngine::createExperiment(std::shared_ptr<const Model> model,
                             std::shared_ptr<const ReferenceData> inputs,
                             const std::stop_token& stop)
{
    pause(m_options.openDelayMs, stop);
    if (m_options.nanBaseline)
        throw Error(ErrorCode::NonFinite,
                    "Output 'out_0' has 12 values that are not finite before any compression.",
                    "Quality cannot be measured on it.", "out_0");
    const FakeModelKind kind = kindOf(*model);
    return std::make_shared<FakeExperiment>(std::move(model), std::move(inputs), kind, m_options,
                                            m_counters);
}

std::shared_ptr<Experiment> fakeExperiment(const FakeOptions& options,
                                           std::shared_ptr<FakeCounters> counters)
{
    if (!counters)
        counters = std::make_shared<FakeCounters>();
    auto model = std::make_shared<FakeModel>(options.model, fakeModelInfo(options.model));
    auto inputs = std::make_shared<FakeInputs>(options.model, "/data/inputs.npz", false);
    return std::make_shared<FakeExperiment>(model, inputs, options.model, options, counters);
}

} // namespace bitfront::test
