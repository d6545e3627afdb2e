// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a sweep on worker threads: what its owner can ask of it. What the threads do is in
// sweep_work.cpp.
#include "core/run/sweep_runner.h"

#include "core/run/sweep_work.h"

#include <system_error>

namespace bitfront {

SweepRunner::SweepRunner(SweepRequest request, SweepObserver& observer)
    : m_impl(std::make_unique<Impl>(std::move(request), observer))
{
}

SweepRunner::~SweepRunner()
{
    requestStop();
    m_impl->threads.clear(); // joins
    if (m_impl->clock.joinable())
        m_impl->clock.join();
    // A resumed run that nobody started stays as it was.
    if (!m_impl->started && !m_impl->request.resume) {
        try {
            m_impl->writer.finish(RunState::Stopped, 0);
        } catch (const std::exception&) {
            // An unstarted run holds nothing that could be lost.
        }
    }
}

void SweepRunner::Impl::begin()
{
    // First: nothing below may fail for want of memory with threads already waiting.
    threads.reserve(static_cast<std::size_t>(workers));
    const std::vector<CompressionConfig> queue(state.queue().begin(), state.queue().end());
    request.experiment->keepTables(writer.folder() / kTablesFileName);
    request.experiment->announce(queue);
    if (request.resume)
        writer.begin();
    started = true;
    startedAt = SweepClock::now();
    noteIdle(); // paused before it began: its time has not begun either
    working = workers;
    try {
        for (int i = 0; i < workers; ++i)
            threads.emplace_back([this] { work(); });
        if (request.budget.maxMs)
            clock = std::jthread([this] { watchTime(); });
    } catch (const std::system_error& error) {
        // Fewer threads than wished do the same work; none cannot.
        working = static_cast<int>(threads.size());
        if (threads.empty()) {
            started = false;
            throw Error(ErrorCode::Internal, std::string("Cannot start a thread: ") + error.what(),
                        "Close other programs.");
        }
    }
}

void SweepRunner::start()
{
    const std::lock_guard lock(m_impl->stateMutex);
    if (m_impl->started)
        return;
    try {
        m_impl->begin();
    } catch (...) {
        // The folder may soon be another's, the experiment goes on.
        m_impl->request.experiment->keepTables({});
        throw;
    }
}

void SweepRunner::requestStop()
{
    m_impl->stop.request_stop();
}

void SweepRunner::wait()
{
    std::unique_lock lock(m_impl->stateMutex);
    m_impl->changed.wait(lock, [this] { return m_impl->finished || !m_impl->started; });
}

SweepProgress SweepRunner::progress() const
{
    const std::lock_guard lock(m_impl->stateMutex);
    SweepProgress result = m_impl->state.progress(m_impl->now());
    if (m_impl->started)
        result.elapsedMs = m_impl->wallMs ? *m_impl->wallMs : m_impl->elapsedMs();
    result.stopping = m_impl->stop.stop_requested() && !m_impl->finished;
    result.paused = m_impl->paused && !m_impl->finished;
    return result;
}

void SweepRunner::setPaused(bool paused)
{
    const std::lock_guard lock(m_impl->stateMutex);
    m_impl->paused = paused;
    if (m_impl->started)
        m_impl->noteIdle();
    m_impl->changed.notify_all();
}

std::vector<QueuedJob> SweepRunner::queue() const
{
    const std::lock_guard lock(m_impl->stateMutex);
    std::vector<QueuedJob> jobs;
    for (const CompressionConfig& config : m_impl->state.queue())
        jobs.push_back({config.name, config.group});
    return jobs;
}

bool SweepRunner::skip(const std::string& name)
{
    bool found = false;
    std::optional<GroupId> complete;
    std::vector<ResultRecord> base;
    {
        const std::lock_guard lock(m_impl->stateMutex);
        if (m_impl->finished)
            return false;
        complete = m_impl->state.skip(name, found);
        if (complete)
            base = m_impl->state.baseRecords(*complete);
    }
    if (complete)
        m_impl->refine(*complete, base);
    m_impl->changed.notify_all();
    return found;
}

bool SweepRunner::moveToFront(const std::string& name)
{
    const std::lock_guard lock(m_impl->stateMutex);
    return m_impl->state.moveToFront(name);
}

bool SweepRunner::retry(const std::string& name)
{
    const std::lock_guard lock(m_impl->stateMutex);
    // Once nothing is left, the workers are on their way out.
    const bool leaving = m_impl->finished || (m_impl->started && m_impl->state.isIdle());
    const bool queued = !leaving && m_impl->state.retry(name);
    m_impl->changed.notify_all();
    return queued;
}

const std::filesystem::path& SweepRunner::folder() const
{
    return m_impl->writer.folder();
}

const std::filesystem::path& SweepRunner::movedAside() const
{
    return m_impl->writer.movedAside();
}

const RunHeader& SweepRunner::header() const
{
    return m_impl->request.header;
}

const std::vector<ResultRecord>& SweepRunner::earlierRecords() const
{
    return m_impl->earlier.records;
}

} // namespace bitfront
