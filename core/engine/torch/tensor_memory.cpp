// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/tensor_memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <sys/mman.h>
#include <unordered_map>

namespace bitfront {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kLarge = std::size_t {128} << 10;
constexpr std::size_t kMostIdle = std::size_t {64} << 20;

/// Large blocks, each a mapping of its own: page-aligned, a multiple of a page long.
class Blocks
{
public:
    void* take(std::size_t bytes)
    {
        const std::size_t size = (bytes + kPage - 1) / kPage * kPage;
        {
            const std::lock_guard lock(m_mutex);
            ++m_stats.requests;
            // The smallest idle one that fits without wasting more than an eighth.
            const auto idle = m_idle.lower_bound(size);
            if (idle != m_idle.end() && idle->first <= size + size / 8) {
                void* block = idle->second.block;
                m_used.emplace(block, idle->first);
                forget(idle);
                ++m_stats.reused;
                return block;
            }
        }
        void* block =
            mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        TORCH_CHECK_WITH(OutOfMemoryError, block != MAP_FAILED,
                         "can't allocate memory: you tried to allocate ", bytes, " bytes");
        const std::lock_guard lock(m_mutex);
        m_used.emplace(block, size);
        return block;
    }

    /// False when the address is none of its blocks.
    bool give(void* block)
    {
        const std::lock_guard lock(m_mutex);
        const auto used = m_used.find(block);
        if (used == m_used.end())
            return false;
        const std::size_t size = used->second;
        m_used.erase(used);
        if (size > kMostIdle) {
            munmap(block, size);
            return true;
        }
        // The blocks freed longest ago make room: sizes that are no longer asked for.
        while (m_stats.idleBytes + size > kMostIdle) {
            const auto oldest = m_byAge.begin()->second;
            munmap(oldest->second.block, oldest->first);
            forget(oldest);
        }
        const auto idle = m_idle.emplace(size, Idle {block, ++m_clock});
        m_byAge.emplace(m_clock, idle);
        m_stats.idleBytes += size;
        return true;
    }

    TensorMemoryStats stats() const
    {
        const std::lock_guard lock(m_mutex);
        return m_stats;
    }

private:
    struct Idle
    {
        void* block;
        std::uint64_t freed; ///< m_clock then
    };
    using BySize = std::multimap<std::size_t, Idle>;

    void forget(BySize::iterator idle)
    {
        m_stats.idleBytes -= idle->first;
        m_byAge.erase(idle->second.freed);
        m_idle.erase(idle);
    }

    mutable std::mutex m_mutex;
    std::unordered_map<void*, std::size_t> m_used;
    BySize m_idle;
    std::map<std::uint64_t, BySize::iterator> m_byAge;
    std::uint64_t m_clock = 0;
    TensorMemoryStats m_stats;
};

/// Never destroyed: tensors may outlive static objects.
Blocks& blocks()
{
    static Blocks& instance = *new Blocks;
    return instance;
}

void release(void* memory)
{
    // Small memory is seldom page-aligned, so seldom looked up in vain.
    const bool perhapsLarge = reinterpret_cast<std::uintptr_t>(memory) % kPage == 0;
    if (memory != nullptr && perhapsLarge && blocks().give(memory))
        return;
    c10::GetDefaultCPUAllocator()->raw_deallocate(memory);
}

class TensorMemory final : public c10::Allocator
{
public:
    c10::DataPtr allocate(std::size_t bytes) override
    {
        void* memory = bytes >= kLarge ? blocks().take(bytes)
                                       : c10::GetDefaultCPUAllocator()->raw_allocate(bytes);
        return {memory, memory, &release, c10::Device(c10::kCPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* to, const void* from, std::size_t count) const override
    {
        default_copy_data(to, from, count);
    }
};

} // namespace

void installTensorMemory()
{
    // Sanitizers want to see every block come and go.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    static std::once_flag once;
    static TensorMemory& memory = *new TensorMemory;
    std::call_once(once, [] { c10::SetCPUAllocator(&memory, /*priority=*/100); });
#endif
}

TensorMemoryStats tensorMemoryStats()
{
    return blocks().stats();
}

} // namespace bitfront
