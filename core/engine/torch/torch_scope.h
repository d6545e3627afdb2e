// SPDX-License-Identifier: GPL-3.0-or-later
// The settings under which models run.
#pragma once

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace bitfront {

/// Keeps LibTorch's warnings of this thread, which are for programmers, from standard error.
class QuietWarnings : private c10::WarningHandler
{
public:
    QuietWarnings()
        : m_guard(this)
    {
    }

private:
    void process(const c10::Warning& /*warning*/) override { }

    c10::WarningUtils::WarningHandlerGuard m_guard;
};

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
    QuietWarnings m_quiet;
    c10::InferenceMode m_inference;
    bool m_optimize;
    int m_threads;
};

} // namespace bitfront
