// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/script_model.h"

#include "core/engine/torch/script/script_runnable.h"

#include <algorithm>

namespace bitfront {

namespace jit = torch::jit;

const at::Tensor& ScriptModel::layerTensor(std::size_t index) const
{
    return m_layers.at(index).tensor;
}

const at::Tensor& ScriptModel::plainTensor(std::size_t index) const
{
    return m_plain.at(index).tensor;
}

std::unique_ptr<Runnable> ScriptModel::createRunnable(StateHandling state) const
{
    const std::lock_guard lock(m_cloneMutex); // clone() registers types in a shared table
    return std::make_unique<ScriptRunnable>(*this, m_module.clone(/*inplace=*/true), state);
}

jit::Module submodule(const jit::Module& root, const std::string& qualifiedName)
{
    jit::Module module = root;
    std::size_t start = 0;
    while (start < qualifiedName.size()) {
        const std::size_t dot = std::min(qualifiedName.find('.', start), qualifiedName.size());
        module = module.attr(qualifiedName.substr(start, dot - start)).toModule();
        start = dot + 1;
    }
    return module;
}

} // namespace bitfront
