// SPDX-License-Identifier: GPL-3.0-or-later
// Work that must not run on the GUI thread: one background thread, tasks in order, each with its
// own stop token, results delivered on the receiver's thread.
#pragma once

#include "core/base/error.h"

#include <QObject>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace bitfront {

class BackgroundQueue
{
public:
    using Task = std::function<void(const std::stop_token&)>;
    /// What is left to do on the receiver's thread once the work is done.
    using Completion = std::function<void()>;
    using Work = std::function<Completion(const std::stop_token&)>;
    using FailureHandler = std::function<void(const Failure&)>;

    BackgroundQueue();
    /// Stops the running task, drops the waiting ones and joins.
    ~BackgroundQueue();
    BackgroundQueue(const BackgroundQueue&) = delete;
    BackgroundQueue& operator=(const BackgroundQueue&) = delete;

    /// Queues a task that must not throw. Its stop source cancels it, also while it waits.
    std::stop_source post(Task task);
    /// Runs `work` here, then its completion on `receiver`'s thread; an exception becomes a call of
    /// `failed` there, a Cancelled one becomes nothing. Once stop was asked for, neither is called.
    /// The receiver must outlive this queue.
    std::stop_source run(QObject* receiver, Work work, FailureHandler failed);

private:
    struct Entry
    {
        Task task;
        std::stop_source stop;
    };
    void loop(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Entry> m_entries;
    std::stop_source m_running {std::nostopstate};
    std::jthread m_thread; ///< last: joins before the rest dies
};

} // namespace bitfront
