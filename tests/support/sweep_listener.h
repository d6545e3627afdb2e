// SPDX-License-Identifier: GPL-3.0-or-later
// An observer for tests of sweeps: keeps what it is told and notices what must not happen.
#pragma once

#include "core/run/sweep_runner.h"

#include <atomic>
#include <functional>
#include <vector>

namespace bitfront::test {

/// Keeps what it is told and checks that calls never overlap.
class Listener : public SweepObserver
{
public:
    void onRecord(RecordId id, const ResultRecord& record) override
    {
        const Entry entry(*this);
        inOrder = inOrder && id == static_cast<RecordId>(records.size()) && !ended;
        records.push_back(record);
        if (seen)
            seen(id);
    }
    void onFinished(const SweepEnd& sweepEnd) override
    {
        const Entry entry(*this);
        inOrder = inOrder && !ended;
        ended = true;
        end = sweepEnd;
    }

    std::function<void(RecordId)> seen;
    std::vector<ResultRecord> records;
    SweepEnd end;
    std::atomic<bool> ended {false};
    std::atomic<bool> overlapped {false};
    bool inOrder = true;

private:
    struct Entry
    {
        explicit Entry(Listener& owner)
            : listener(owner)
        {
            if (listener.m_inside.exchange(true))
                listener.overlapped = true;
        }
        ~Entry() { listener.m_inside = false; }
        Listener& listener;
    };
    std::atomic<bool> m_inside {false};
};

/// All 31 configurations.
inline SweepPlan wholePlan(bool refine = true)
{
    return makePlan({}, {}, refine, IndivisiblePolicy::Nearest);
}

} // namespace bitfront::test
