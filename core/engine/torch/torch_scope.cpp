// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/torch_scope.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>

namespace bitfront {

namespace jit = torch::jit;

TorchScope::TorchScope(int threads)
    : m_optimize(jit::getGraphExecutorOptimize())
    , m_threads(at::get_num_threads())
{
    // No profiling runs and no fused kernels: the first pass is as fast as the tenth and computes
    // the same numbers.
    jit::setGraphExecutorOptimize(false);
    if (threads > 0)
        at::set_num_threads(threads);
}

TorchScope::~TorchScope()
{
    jit::setGraphExecutorOptimize(m_optimize);
    if (at::get_num_threads() != m_threads)
        at::set_num_threads(m_threads);
}

} // namespace bitfront
