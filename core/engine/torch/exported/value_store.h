// SPDX-License-Identifier: GPL-3.0-or-later
// Values of the uncompressed program that later runs take instead of computing them again.
#pragma once

#include "core/engine/torch/exported/interpreter.h"
#include "core/engine/torch/torch_model.h"

#include <deque>
#include <map>
#include <mutex>
#include <set>

namespace bitfront::exported {

/// Holds values by slot within a budget of bytes; views of one storage count once. When it is full,
/// values that are cheap to compute make room for those that are not. Thread-safe.
class ValueStore : public ReuseStore
{
public:
    /// `owned`: values that exist anyway (weights); what shares their memory costs nothing.
    ValueStore(std::uint64_t budget, const Values& owned, int slots);

    std::uint64_t bytes() const override;
    /// All values as they are now; None where nothing is held.
    Values values() const;
    /// Takes a tensor or number that does not depend on any exchanged weight.
    void offer(int slot, const c10::IValue& value, bool costly);

private:
    struct Storage
    {
        int holders = 0;
        std::uint64_t bytes = 0;
    };

    std::uint64_t costOf(const c10::IValue& value) const;
    bool makeRoom(std::uint64_t bytes);
    void drop(int slot);

    mutable std::mutex m_mutex;
    const std::uint64_t m_budget;
    std::uint64_t m_bytes = 0;
    Values m_values;
    std::deque<int> m_cheap; ///< slots that may be dropped, oldest first
    std::set<const void*> m_owned; ///< storages
    std::map<const void*, Storage> m_storages;
};

} // namespace bitfront::exported
