// SPDX-License-Identifier: GPL-3.0-or-later
// The settings under which models run.
#pragma once

#include <c10/core/InferenceMode.h>

namespace bitfront {

/// Per-thread settings for running models, restored at the end of the scope.
class TorchScope
{
public:
    /// `threads`: intra-op threads; 0 leaves them as they are.
    explicit TorchScope(int threads = 0);
    ~TorchScope();
    TorchScope(const TorchScope&) = delete;
    TorchScope& operator=(const TorchScope&) = delete;

private:
    c10::InferenceMode m_inference;
    bool m_optimize;
    int m_threads;
};

} // namespace bitfront
