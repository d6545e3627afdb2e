// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/value_store.h"

#include <ATen/core/Tensor.h>

namespace bitfront::exported {

namespace {

const void* storageOf(const c10::IValue& value)
{
    const bool has =
        value.isTensor() && value.toTensor().defined() && value.toTensor().has_storage();
    return has ? value.toTensor().storage().unsafeGetStorageImpl() : nullptr;
}

} // namespace

ValueStore::ValueStore(std::shared_ptr<Account> account, int slots)
    : m_account(std::move(account))
    , m_values(static_cast<std::size_t>(slots))
{
}

Values ValueStore::values() const
{
    const std::lock_guard lock(m_account->mutex);
    return m_values;
}

void ValueStore::offer(int slot, const c10::IValue& value, bool costly)
{
    const bool isNumber = value.isInt() || value.isDouble() || value.isBool();
    const void* const storage = storageOf(value);
    if (!isNumber && storage == nullptr)
        return;
    const std::lock_guard lock(m_account->mutex);
    c10::IValue& place = m_values[static_cast<std::size_t>(slot)];
    if (!place.isNone())
        return;
    const std::uint64_t cost = costOf(value);
    if (cost > m_account->budget
        || (m_account->bytes + cost > m_account->budget && !(costly && makeRoom(cost))))
        return;
    place = value;
    if (!costly)
        m_cheap.push_back(slot);
    if (storage == nullptr || m_account->owned.count(storage) > 0)
        return;
    Storage& entry = m_storages[storage];
    if (entry.holders++ == 0) {
        entry.bytes = value.toTensor().storage().nbytes();
        m_account->bytes += entry.bytes;
    }
}

/// Bytes that holding the value adds.
std::uint64_t ValueStore::costOf(const c10::IValue& value) const
{
    const void* const storage = storageOf(value);
    const bool free =
        storage == nullptr || m_account->owned.count(storage) > 0 || m_storages.count(storage) > 0;
    return free ? 0 : value.toTensor().storage().nbytes();
}

bool ValueStore::makeRoom(std::uint64_t bytes)
{
    while (m_account->bytes + bytes > m_account->budget && !m_cheap.empty()) {
        drop(m_cheap.front());
        m_cheap.pop_front();
    }
    return m_account->bytes + bytes <= m_account->budget;
}

void ValueStore::drop(int slot)
{
    c10::IValue& place = m_values[static_cast<std::size_t>(slot)];
    const auto entry = m_storages.find(storageOf(place));
    if (entry != m_storages.end() && --entry->second.holders == 0) {
        m_account->bytes -= entry->second.bytes;
        m_storages.erase(entry);
    }
    place = {};
}

ValueStores::ValueStores(std::uint64_t budget, const Values& owned, int slots)
    : m_account(std::make_shared<ValueStore::Account>())
    , m_slots(slots)
{
    m_account->budget = budget;
    for (const c10::IValue& value : owned)
        if (const void* const storage = storageOf(value))
            m_account->owned.insert(storage);
}

std::uint64_t ValueStores::bytes() const
{
    const std::lock_guard lock(m_account->mutex);
    return m_account->bytes;
}

std::shared_ptr<ValueStore> ValueStores::of(const TorchInputs& inputs)
{
    const std::lock_guard lock(m_account->mutex);
    const auto [entry, added] = m_stores.emplace(&inputs, nullptr);
    if (added)
        entry->second = std::make_shared<ValueStore>(m_account, m_slots);
    return entry->second;
}

} // namespace bitfront::exported
