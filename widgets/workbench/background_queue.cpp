// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/background_queue.h"

#include "core/run/current_failure.h"

#include <QMetaObject>

#include <new>
#include <utility>

namespace bitfront {

BackgroundQueue::BackgroundQueue()
    : m_thread([this](const std::stop_token& stop) { loop(stop); })
{
}

BackgroundQueue::~BackgroundQueue()
{
    {
        const std::lock_guard lock(m_mutex);
        m_entries.clear();
        m_running.request_stop();
    }
    m_thread.request_stop();
    m_thread.join();
}

std::stop_source BackgroundQueue::post(Task task)
{
    Entry entry {std::move(task), {}};
    std::stop_source stop = entry.stop;
    {
        const std::lock_guard lock(m_mutex);
        m_entries.push_back(std::move(entry));
    }
    m_wake.notify_one();
    return stop;
}

std::stop_source BackgroundQueue::run(QObject* receiver, Work work, FailureHandler failed)
{
    return post([receiver, work = std::move(work),
                 failed = std::move(failed)](const std::stop_token& stop) {
        Completion completion;
        try {
            completion = work(stop);
        } catch (const Cancelled&) {
            return;
        } catch (...) {
            completion = [failed, failure = currentFailure("")] { failed(failure); };
        }
        if (!completion || stop.stop_requested())
            return;
        // Asked again there: nobody waits any more for what was on its way when stop was asked for.
        QMetaObject::invokeMethod(
            receiver,
            [completion = std::move(completion), stop] {
                if (!stop.stop_requested())
                    completion();
            },
            Qt::QueuedConnection);
    });
}

void BackgroundQueue::loop(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        Entry entry;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_entries.empty(); }))
                return;
            entry = std::move(m_entries.front());
            m_entries.pop_front();
            m_running = entry.stop;
        }
        if (!entry.stop.stop_requested())
            entry.task(entry.stop.get_token());
    }
}

} // namespace bitfront
