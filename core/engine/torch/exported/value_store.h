// SPDX-License-Identifier: GPL-3.0-or-later
// Values of the uncompressed program that later runs take instead of computing them again.
#pragma once

#include "core/engine/torch/exported/interpreter.h"
#include "core/engine/torch/torch_model.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace bitfront::exported {

/// Values by slot, for passes on one set of inputs, within a budget of bytes that all sets share.
/// When it is full, values that are cheap to compute make room for those that are not.
class ValueStore
{
public:
    /// What all stores of a model have in common.
    struct Account
    {
        std::mutex mutex;
        std::uint64_t budget = 0, bytes = 0;
        /// Storages of values that exist anyway (weights): what shares their memory costs nothing.
        std::set<const void*> owned;
    };

    ValueStore(std::shared_ptr<Account> account, int slots);

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

    std::shared_ptr<Account> m_account;
    Values m_values;
    std::deque<int> m_cheap; ///< slots that may be dropped, oldest first
    std::map<const void*, Storage> m_storages;
};

/// The stores of a model, one per set of inputs. Thread-safe.
class ValueStores : public ReuseStore
{
public:
    ValueStores(std::uint64_t budget, const Values& owned, int slots);

    std::uint64_t bytes() const override;
    /// `inputs` must live as long as this.
    std::shared_ptr<ValueStore> of(const TorchInputs& inputs);

private:
    std::shared_ptr<ValueStore::Account> m_account;
    const int m_slots;
    std::map<const TorchInputs*, std::shared_ptr<ValueStore>> m_stores;
};

} // namespace bitfront::exported
