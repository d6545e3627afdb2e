// SPDX-License-Identifier: GPL-3.0-or-later
// The engine as everybody else sees it: open a model, load inputs, run it, measure a configuration.
// No LibTorch type appears here, and nobody links LibTorch: the implementation is a shared library
// loaded at run time (core/engine/engine_loader.h), so that windows open before LibTorch is read
// and environment variables that it reads at load time can be set first.
#pragma once

#include "core/engine/files/tensor_file.h"
#include "core/engine/work_counts.h"
#include "core/plan/input_options.h"
#include "core/plan/layer_info.h"
#include "core/plan/result.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

/// A parameter tensor as the file holds it; float64 and integers are rounded to float.
struct ParameterValues
{
    std::string dtype; ///< "float32", "bfloat16", "int64", ...
    std::vector<float> values; ///< row-major
};

/// An opened model. Immutable and thread-safe.
class Model
{
public:
    virtual ~Model() = default;
    virtual const ModelInfo& info() const = 0;
    /// Whether the file holds example inputs (loadInputs() of kStoredInputs).
    virtual bool hasStoredInputs() const { return false; }
    /// Values of info().layers[index] and info().plainParameters[index]; empty when not kept.
    virtual ParameterValues layerValues(std::size_t /*index*/) const { return {}; }
    virtual ParameterValues plainValues(std::size_t /*index*/) const { return {}; }
};

/// One tensor of the reference inputs, bound to an argument of forward().
struct InputTensor
{
    std::string name; ///< key in the file, or "0", "1", … by order
    std::string argument; ///< name of the forward() argument it is bound to
    std::string dtype;
    std::vector<std::int64_t> shape;
    double min = 0, max = 0;
    bool looksLikeNoise = false; ///< no structure between neighbours (plain random numbers)
};

/// Reference inputs, loaded and bound to the model's arguments. Immutable and thread-safe.
class ReferenceData
{
public:
    virtual ~ReferenceData() = default;
    virtual const std::vector<InputTensor>& tensors() const = 0;
    virtual const std::string& path() const = 0;
    virtual const std::string& sha256() const = 0;
    virtual std::int64_t
    samples() const = 0; ///< extents of axis 0 of the first tensor, 1 if scalar
    /// Passes of the model that they are for; tensors() describes the first one.
    virtual std::size_t batches() const { return 1; }
    /// How they were read and bound, the folder's own options included: gives the same again.
    virtual InputOptions options() const { return {}; }
    /// What was done to them, one sentence each ("x was converted from float64 to float32.").
    virtual std::vector<std::string> notes() const { return {}; }
};

/// Filled while a configuration is evaluated, read by others at any time.
struct EvaluationProgress
{
    std::atomic<int> layersDone {0};
    std::atomic<int> layersTotal {0};
};

/// Operators of a forward pass: what was executed of all there are. Values that no compressed
/// weight can change are taken from earlier passes where the model's format tells (torch.export).
struct OperatorCounts
{
    int executed = 0, total = 0;
};

/// Measures configurations one at a time, on the thread that calls it, with its own view of the
/// model.
class Evaluator
{
public:
    virtual ~Evaluator() = default;
    /// Compresses, runs one forward pass, compares. Throws Error for what failed in this
    /// configuration (other configurations can go on), Cancelled when stopped.
    virtual Measurement evaluate(const CompressionConfig& config, const std::stop_token& stop,
                                 EvaluationProgress* progress = nullptr) = 0;
    /// Of the last forward pass; zeros where the model's format does not tell.
    virtual OperatorCounts operatorCounts() const { return {}; }
    /// Values of all outputs under a configuration, for looking at: in the order of
    /// Experiment::outputs(), row-major; empty when not kept. Throws as evaluate().
    virtual std::vector<std::vector<float>> outputs(const CompressionConfig& /*config*/,
                                                    const std::stop_token& /*stop*/)
    {
        return {};
    }
};

/// How the samples of the inputs are parted into those that may take part in choices and those kept
/// out to check them.
struct SampleSplit
{
    std::int64_t total = 0, heldOut = 0; ///< samples, or batches; heldOut 0: no check is possible
    bool byBatch = false; ///< whole batches are counted and kept out
    std::string reason; ///< why no check is possible, one sentence
};

/// A model with its inputs and its uncompressed outputs: what every configuration is compared with.
class Experiment
{
public:
    virtual ~Experiment() = default;
    virtual const ModelInfo& model() const = 0;
    virtual const ReferenceData& inputs() const = 0;
    virtual const std::vector<OutputInfo>& outputs() const = 0;
    /// Values of one of outputs() of the uncompressed model, row-major; empty when not kept.
    virtual std::vector<float> baseline(std::size_t /*output*/) const { return {}; }
    /// Quality of the model cast to fp16 and back (the point at ratio 1.00×), one per choice.
    virtual std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) = 0;
    virtual double forwardMs() const = 0;
    /// Most bytes of activations that evaluators created from now on share for reuse; 0: none.
    /// Results are the same bit for bit.
    virtual void setReuseBudget(std::uint64_t /*bytes*/) { }
    /// Evaluators created from now on measure about `share` (0 … 1) of the samples apart, evenly
    /// spread over them: OutputQuality::split. All run in the same forward passes. 0 ends that.
    virtual SampleSplit holdOut(double /*share*/) { return {}; }
    /// Says which configurations are going to be measured, so that what they share is computed once
    /// and together. Measuring others is fine; results do not depend on it.
    virtual void announce(std::span<const CompressionConfig> /*configs*/) { }
    /// Lookup tables are taken from this file and put into it from now on, for processes to come;
    /// whoever asks has a lock on it, and lets go with an empty path before giving that up. A file
    /// that cannot be read or written is no error.
    virtual void keepTables(const std::filesystem::path& /*file*/) { }
    virtual WorkCounts work() const { return {}; }
    /// Each choice must name an output of outputs() and fit it, else Error(MetricUnfit).
    /// `threads` is the number of intra-op threads of its forward passes. Evaluators of one
    /// experiment share read-only data and lookup tables found once; results do not depend on their
    /// number.
    virtual std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                                       int threads) = 0;
};

/// Entry to everything that needs LibTorch. All methods may be called from any thread.
class Engine
{
public:
    virtual ~Engine() = default;
    /// "LibTorch 2.13.0"
    virtual std::string version() const = 0;
    /// Throws Error: FileNotReadable, BadFormat (says what the file is instead), UnsupportedModel.
    /// `layers`: what counts as a layer; ModelInfo::layerOptions says what came of it.
    virtual std::shared_ptr<const Model> openModel(const std::filesystem::path& path,
                                                   const std::stop_token& stop = {},
                                                   const LayerOptions& layers = {}) = 0;
    /// Loads .pt, .npy, .npz, .safetensors, .json, .wav, pictures, or a folder of the latter two
    /// (by content), and binds tensors to forward() arguments as `options` says, else by name, else
    /// by order. Throws Error: FileNotReadable, BadFormat, BadArgument, InputMismatch.
    virtual std::shared_ptr<const ReferenceData> loadInputs(const std::filesystem::path& path,
                                                            const Model& model,
                                                            const InputOptions& options = {}) = 0;
    /// What the file offers, before it is bound: names (or numbers) and shapes; `argument` is
    /// empty.
    virtual std::vector<InputTensor> listInputs(const std::filesystem::path& path,
                                                const InputOptions& options = {}) = 0;
    /// Runs the uncompressed model once and returns its outputs in their own types, named as those
    /// of an experiment. Throws Error: ForwardFailed, InputMismatch, UnsupportedModel.
    virtual std::vector<RawTensor> forward(const Model& model, const ReferenceData& inputs) = 0;
    /// Runs the uncompressed model once. Throws Error: ForwardFailed, InputMismatch, NonFinite.
    virtual std::shared_ptr<Experiment>
    createExperiment(std::shared_ptr<const Model> model,
                     std::shared_ptr<const ReferenceData> inputs,
                     const std::stop_token& stop = {}) = 0;
};

} // namespace bitfront
