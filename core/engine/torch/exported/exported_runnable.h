// SPDX-License-Identifier: GPL-3.0-or-later
// An exported program that runs: its own values over shared tensors.
#pragma once

#include "core/engine/torch/exported/exported_model.h"
#include "core/engine/torch/exported/run_plan.h"
#include "core/engine/torch/exported/value_store.h"

#include <map>

namespace bitfront::exported {

class ExportedRunnable : public Runnable
{
public:
    /// The model must outlive the runnable.
    explicit ExportedRunnable(const ExportedModel& model)
        : m_model(model)
    {
    }

    void exchangeLayer(std::size_t layer, const at::Tensor& tensor) override;
    void exchangePlain(std::size_t plain, const at::Tensor& tensor) override;
    void restore() override { m_exchanged.clear(); }
    std::vector<NamedOutput> run(const TorchInputs& inputs) override;
    bool changedState() const override { return m_model.hasState(); }
    void setReuse(std::shared_ptr<ReuseStore> store) override;
    OperatorCounts counts() const override { return m_counts; }

private:
    Values startingValues(const TorchInputs& inputs) const;
    void bindArgument(const ModelArgument& argument, const TorchInputs& inputs,
                      Values& values) const;
    void checkArguments(const Values& values) const;
    std::vector<NamedOutput> outputsOf(const Values& values) const;
    RunPlan planOf(const Values& stored) const;
    void keep(std::size_t index, const Values& values, ValueStore& store) const;

    const ExportedModel& m_model;
    std::map<int, at::Tensor> m_exchanged; ///< by slot
    std::shared_ptr<ValueStores> m_stores;
    OperatorCounts m_counts;
};

} // namespace bitfront::exported
