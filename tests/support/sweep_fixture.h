// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps in a folder of their own: what tests of resuming, pausing and trying again have in common.
#pragma once

#include "core/run/file_io.h"
#include "core/run/sweep_runner.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sweep_listener.h"

#include <QTemporaryDir>

#include <algorithm>
#include <map>

namespace bitfront::test {

/// What a record says, without the times it took.
inline std::map<std::string, std::string> resultsOf(const std::filesystem::path& folder)
{
    std::map<std::string, std::string> results;
    for (const ResultRecord& record : readRun(folder).records) {
        const Measurement* measured = record.measurement();
        results[record.config.name] = measured ? std::to_string(measured->outputs.front().value)
                + " " + std::to_string(measured->size.compressionRatio())
                                               : record.failure()->message;
    }
    return results;
}

inline std::size_t lineCount(const std::filesystem::path& folder)
{
    const std::string text = readFile(folder / "results.jsonl");
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

class SweepFixture
{
protected:
    void startAfresh()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_counters = std::make_shared<FakeCounters>();
    }
    std::filesystem::path folder(const std::string& name) const
    {
        return std::filesystem::path(m_dir->path().toStdString()) / name;
    }
    SweepRequest request(const std::string& name, int workers = 2, const FakeOptions& options = {},
                         const SweepPlan& plan = wholePlan())
    {
        SweepRequest result;
        result.experiment = fakeExperiment(options, m_counters);
        result.header = fakeHeader(*result.experiment, plan);
        result.runFolder = folder(name);
        result.workers = workers;
        return result;
    }
    SweepEnd runWhole(SweepRequest sweep)
    {
        Listener listener;
        SweepRunner runner(std::move(sweep), listener);
        runner.start();
        runner.wait();
        return listener.end;
    }
    SweepEnd runUntil(SweepRequest sweep, RecordId last)
    {
        Listener listener;
        SweepRunner runner(std::move(sweep), listener);
        listener.seen = [&](RecordId id) {
            if (id >= last)
                runner.requestStop();
        };
        runner.start();
        runner.wait();
        return listener.end;
    }
    SweepRequest resumed(const std::string& name, const FakeOptions& options = {})
    {
        SweepRequest sweep = request(name, 2, options);
        sweep.resume = true;
        return sweep;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::shared_ptr<FakeCounters> m_counters;
};

} // namespace bitfront::test
