// SPDX-License-Identifier: GPL-3.0-or-later
// Which activations the evaluators of one experiment share.
#pragma once

#include "core/engine/torch/torch_model.h"

#include <map>
#include <memory>
#include <mutex>

namespace bitfront {

/// Most memory for activations that passes take over from one another.
inline constexpr std::uint64_t kReuseBudget = std::uint64_t {256} << 20;

/// Activations shared by evaluators, apart by number of threads: sums round differently.
class ReuseStores
{
public:
    void setBudget(std::uint64_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        m_budget = bytes;
        m_stores.clear();
    }
    std::shared_ptr<ReuseStore> forThreads(const TorchModel& model, int threads)
    {
        const std::lock_guard lock(m_mutex);
        const auto [entry, added] = m_stores.emplace(threads, nullptr);
        if (added)
            entry->second = model.createReuseStore(m_budget);
        return entry->second;
    }

private:
    std::mutex m_mutex;
    std::uint64_t m_budget = kReuseBudget;
    std::map<int, std::shared_ptr<ReuseStore>> m_stores;
};

} // namespace bitfront
