// SPDX-License-Identifier: GPL-3.0-or-later
// The real engine with a pause after every measurement: the demo is otherwise over before the first
// picture of a running sweep is taken. Results are untouched, but for one configuration that fails
// on request.
#pragma once

#include "core/engine/engine.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace bitfront::test {

/// What is different from the real engine.
struct Unhurried
{
    std::chrono::milliseconds pause {0};
    std::string failing {}; ///< CompressionConfig::name
};

class UnhurriedEvaluator : public Evaluator
{
public:
    UnhurriedEvaluator(std::unique_ptr<Evaluator> inner, Unhurried difference)
        : m_inner(std::move(inner))
        , m_difference(std::move(difference))
    {
    }
    Measurement evaluate(const CompressionConfig& config, const std::stop_token& stop,
                         EvaluationProgress* progress) override
    {
        if (config.name == m_difference.failing)
            throw Error(ErrorCode::OutOfMemory,
                        "There is not enough memory to run the model with these weights.",
                        "Close other programs, then try again.", config.name);
        Measurement result = m_inner->evaluate(config, stop, progress);
        std::this_thread::sleep_for(m_difference.pause);
        return result;
    }
    std::vector<std::vector<float>> outputs(const CompressionConfig& config,
                                            const std::stop_token& stop) override
    {
        return m_inner->outputs(config, stop);
    }

private:
    std::unique_ptr<Evaluator> m_inner;
    Unhurried m_difference;
};

class UnhurriedExperiment : public Experiment
{
public:
    UnhurriedExperiment(std::shared_ptr<Experiment> inner, Unhurried difference)
        : m_inner(std::move(inner))
        , m_difference(std::move(difference))
    {
    }
    const ModelInfo& model() const override { return m_inner->model(); }
    const ReferenceData& inputs() const override { return m_inner->inputs(); }
    const std::vector<OutputInfo>& outputs() const override { return m_inner->outputs(); }
    std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) override
    {
        return m_inner->fp16Quality(metrics);
    }
    double forwardMs() const override { return m_inner->forwardMs(); }
    SampleSplit holdOut(double share) override { return m_inner->holdOut(share); }
    void announce(std::span<const CompressionConfig> configs) override
    {
        m_inner->announce(configs);
    }
    std::vector<float> baseline(std::size_t output) const override
    {
        return m_inner->baseline(output);
    }
    std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                               int threads) override
    {
        return std::make_unique<UnhurriedEvaluator>(m_inner->createEvaluator(metrics, threads),
                                                    m_difference);
    }

private:
    std::shared_ptr<Experiment> m_inner;
    Unhurried m_difference;
};

class UnhurriedEngine : public Engine
{
public:
    UnhurriedEngine(std::shared_ptr<Engine> inner, Unhurried difference)
        : m_inner(std::move(inner))
        , m_difference(std::move(difference))
    {
    }
    std::string version() const override { return m_inner->version(); }
    std::shared_ptr<const Model> openModel(const std::filesystem::path& path,
                                           const std::stop_token& stop,
                                           const LayerOptions& layers) override
    {
        return m_inner->openModel(path, stop, layers);
    }
    std::shared_ptr<const ReferenceData> loadInputs(const std::filesystem::path& path,
                                                    const Model& model,
                                                    const InputOptions& options) override
    {
        return m_inner->loadInputs(path, model, options);
    }
    std::vector<InputTensor> listInputs(const std::filesystem::path& path,
                                        const InputOptions& options) override
    {
        return m_inner->listInputs(path, options);
    }
    std::vector<RawTensor> forward(const Model& model, const ReferenceData& inputs) override
    {
        return m_inner->forward(model, inputs);
    }
    std::shared_ptr<Experiment> createExperiment(std::shared_ptr<const Model> model,
                                                 std::shared_ptr<const ReferenceData> inputs,
                                                 const std::stop_token& stop) override
    {
        return std::make_shared<UnhurriedExperiment>(
            m_inner->createExperiment(std::move(model), std::move(inputs), stop), m_difference);
    }

private:
    std::shared_ptr<Engine> m_inner;
    Unhurried m_difference;
};

} // namespace bitfront::test
