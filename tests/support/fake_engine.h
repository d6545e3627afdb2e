// SPDX-License-Identifier: GPL-3.0-or-later
// A complete engine without LibTorch on synthetic layers, for tests of runner, window and reports:
// deterministic plausible qualities, delays, and configurations that fail in every possible way.
#pragma once

#include "core/engine/engine.h"
#include "core/run/run_folder.h"

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace bitfront::test {

/// The synthetic models.
enum class FakeModelKind
{
    Cnn, ///< 5 layers of 2 types, one input, one output "out_0"; some sizes do not divide
    Transformer ///< 6 layers with a tied embedding and attention, two inputs, outputs "logits",
                ///< "mask"
};

/// What the fake does. Sets hold CompressionConfig::name.
struct FakeOptions
{
    FakeModelKind model = FakeModelKind::Cnn;
    int delayMs = 0; ///< per evaluation, in steps of 1 ms that see a stop request
    int openDelayMs = 0; ///< of openModel, loadInputs and createExperiment, each
    std::set<std::string> failing {}; ///< throw Error(ForwardFailed)
    std::set<std::string> throwing {}; ///< throw std::runtime_error
    std::set<std::string> outOfMemory {}; ///< throw std::bad_alloc
    std::set<std::string> nan {}; ///< outputs come out as NaN
    std::set<std::string> identical {}; ///< outputs come out bit-identical
    bool failEvaluators = false; ///< createEvaluator throws Error(OutOfMemory)
    bool nanBaseline = false; ///< createExperiment throws Error(NonFinite)
    /// Noise of layers that are both stored below 4 bits beyond the sum of their own: times this.
    double interaction = 0;
    bool heldOut = false; ///< qualities are split (Experiment::holdOut())
    double heldOutLossDb = 2; ///< quality of held-out samples below that of the others
    double qualityShiftDb = 0; ///< added to every quality, e.g. −60 to sink all below the floor
};

/// What the fake saw; shared by everything made from one FakeEngine.
struct FakeCounters
{
    std::atomic<int> evaluators {0}, evaluations {0}, atOnce {0}, mostAtOnce {0};
    std::atomic<bool> keepsTables {false}; ///< as Experiment::keepTables() was last told
};

/// Layers, plain parameters, modules and arguments of a synthetic model.
ModelInfo fakeModelInfo(FakeModelKind kind = FakeModelKind::Cnn);
std::vector<OutputInfo> fakeOutputs(FakeModelKind kind = FakeModelKind::Cnn);
/// psnr for float outputs, iou for the mask.
std::vector<MetricChoice> fakeMetrics(FakeModelKind kind = FakeModelKind::Cnn);

/// What a fake evaluator answers for `config`, without delay or failure. Depends on nothing else.
Measurement fakeMeasurement(const ModelInfo& model, const std::vector<MetricChoice>& metrics,
                            const CompressionConfig& config, const FakeOptions& options = {});

/// The model file's first word decides: "state-dict" is BadFormat, "empty" UnsupportedModel,
/// "transformer" opens the transformer, anything else options.model. The input file's: "mismatch"
/// is InputMismatch, "garbage" BadFormat, "noise" looks like noise. Missing files are
/// FileNotReadable.
class FakeEngine : public Engine
{
public:
    explicit FakeEngine(FakeOptions options = {});
    std::string version() const override;
    std::shared_ptr<const Model> openModel(const std::filesystem::path& path,
                                           const std::stop_token& stop = {},
                                           const LayerOptions& layers = {}) override;
    std::shared_ptr<const ReferenceData> loadInputs(const std::filesystem::path& path,
                                                    const Model& model,
                                                    const InputOptions& options = {}) override;
    std::vector<InputTensor> listInputs(const std::filesystem::path& path,
                                        const InputOptions& options = {}) override;
    std::vector<RawTensor> forward(const Model& model, const ReferenceData& inputs) override;
    std::shared_ptr<Experiment> createExperiment(std::shared_ptr<const Model> model,
                                                 std::shared_ptr<const ReferenceData> inputs,
                                                 const std::stop_token& stop = {}) override;
    const FakeCounters& counters() const { return *m_counters; }

private:
    FakeOptions m_options;
    std::shared_ptr<FakeCounters> m_counters;
};

/// An experiment without any file behind it.
std::shared_ptr<Experiment> fakeExperiment(const FakeOptions& options = {},
                                           std::shared_ptr<FakeCounters> counters = {});
/// run.json's content for a sweep over `experiment`; createdAt is fixed.
RunHeader fakeHeader(Experiment& experiment, const SweepPlan& plan);
/// The records of a whole sweep with its refinements, in canonical order, nothing run on threads.
std::vector<ResultRecord> fakeRecords(const SweepPlan& plan, const FakeOptions& options = {});
/// A finished run: all 31 configurations with refinements.
RunContents fakeRun(const FakeOptions& options = {});
/// Writes fakeRun() into `folder` as a real run folder.
void writeFakeRun(const std::filesystem::path& folder, const FakeOptions& options = {});

} // namespace bitfront::test
