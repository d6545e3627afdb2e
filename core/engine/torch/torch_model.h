// SPDX-License-Identifier: GPL-3.0-or-later
// The interface behind which every kind of model file lives: layers with their tensors, and copies
// that run with weights exchanged. Whoever measures knows these two classes and no file format.
#pragma once

#include "core/engine/torch/named_output.h"
#include "core/engine/torch/reference_data.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace bitfront {

/// How a runnable treats what forward() may write: buffers and counters of the model.
enum class StateHandling
{
    Shared, ///< not copied: for models that are known to leave it alone
    Fresh ///< own copies, put back to the values of the file before every run
};

/// Values of the uncompressed model that later runs on the same inputs take over. Shared by
/// runnables of one model; thread-safe.
class ReuseStore
{
public:
    virtual ~ReuseStore() = default;
    virtual std::uint64_t bytes() const = 0; ///< held at the moment
};

/// A model that runs, with a view of its own: shared tensors, weights that can be exchanged and put
/// back. Not thread-safe; one per thread. All methods need a TorchScope around them.
class Runnable
{
public:
    virtual ~Runnable() = default;
    /// Puts a tensor of the same shape and type in place of ModelInfo::layers[layer], everywhere
    /// it is used.
    virtual void exchangeLayer(std::size_t layer, const at::Tensor& tensor) = 0;
    /// The same for ModelInfo::plainParameters[plain].
    virtual void exchangePlain(std::size_t plain, const at::Tensor& tensor) = 0;
    /// Undoes all exchanges.
    virtual void restore() = 0;
    /// Runs forward() on copies of the inputs. Throws whatever LibTorch throws.
    virtual std::vector<NamedOutput> run(const TorchInputs& inputs) = 0;
    /// Whether the last run has written into the model's state.
    virtual bool changedState() const = 0;
    /// From now on runs take what no exchanged weight can change from `store`, and put what they
    /// compute of it there. Their inputs must live as long as the store. Null: no reuse.
    virtual void setReuse(std::shared_ptr<ReuseStore> /*store*/) { }
    /// Of the last run; zeros where the format does not tell.
    virtual OperatorCounts counts() const { return {}; }
};

/// An opened model of any format. Immutable and thread-safe.
class TorchModel : public Model
{
public:
    const ModelInfo& info() const override { return m_info; }
    ParameterValues layerValues(std::size_t index) const final;
    ParameterValues plainValues(std::size_t index) const final;

    /// The example inputs in the model file. Throws Error(BadArgument) where it holds none, else
    /// what readInputFile() throws.
    virtual InputFile storedInputs(const InputOptions& options) const;

    /// Tensor of ModelInfo::layers[index], as stored.
    virtual const at::Tensor& layerTensor(std::size_t index) const = 0;
    /// Tensor of ModelInfo::plainParameters[index], as stored.
    virtual const at::Tensor& plainTensor(std::size_t index) const = 0;
    /// Shares all tensors with the model and with every other runnable.
    virtual std::unique_ptr<Runnable> createRunnable(StateHandling state) const = 0;
    /// Holds at most `budget` bytes; null where nothing can be reused.
    virtual std::shared_ptr<ReuseStore> createReuseStore(std::uint64_t /*budget*/) const
    {
        return nullptr;
    }

protected:
    ModelInfo m_info;
};

} // namespace bitfront
