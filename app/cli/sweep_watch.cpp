// SPDX-License-Identifier: GPL-3.0-or-later
// Carries records from the sweep's threads to the one that prints.
#include "app/cli/interrupt.h"
#include "app/cli/progress.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace bitfront::cli {

struct SweepWatch::Impl
{
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<ResultRecord> arrived;
    std::optional<SweepEnd> end;
};

SweepWatch::SweepWatch()
    : m_impl(std::make_unique<Impl>())
{
}

SweepWatch::~SweepWatch() = default;

void SweepWatch::onRecord(RecordId, const ResultRecord& record)
{
    const std::lock_guard lock(m_impl->mutex);
    m_impl->arrived.push_back(record);
    m_impl->changed.notify_one();
}

void SweepWatch::onFinished(const SweepEnd& end)
{
    const std::lock_guard lock(m_impl->mutex);
    m_impl->end = end;
    m_impl->changed.notify_one();
}

SweepEnd SweepWatch::follow(SweepRunner& runner, ProgressPrinter& printer)
{
    constexpr auto kTick = std::chrono::milliseconds(100);
    const Interrupt interrupt;
    printer.started(runner.folder(), runner.progress());
    runner.start();
    std::optional<SweepEnd> end;
    bool stopAsked = false;
    while (!end) {
        std::vector<ResultRecord> arrived;
        {
            std::unique_lock lock(m_impl->mutex);
            m_impl->changed.wait_for(lock, kTick,
                                     [&] { return m_impl->end || !m_impl->arrived.empty(); });
            arrived.swap(m_impl->arrived);
            end = m_impl->end;
        }
        if (interrupt.requested() && !stopAsked) {
            runner.requestStop();
            stopAsked = true;
        }
        const SweepProgress progress = runner.progress();
        for (const ResultRecord& record : arrived)
            printer.recorded(record, progress);
        printer.tick(progress);
    }
    runner.wait();
    printer.ended(*end, runner.progress());
    return *end;
}

} // namespace bitfront::cli
