// SPDX-License-Identifier: GPL-3.0-or-later
// What a running sweep shows: a bar on a terminal, plain lines in a log, JSON lines for a program.
#pragma once

#include "core/run/sweep_runner.h"

#include <memory>

namespace bitfront::cli {

enum class ProgressStyle
{
    Bar, ///< one line on stderr, rewritten
    Lines, ///< one line per result on stdout
    Json ///< one object per line on stdout (docs/formats.md)
};

/// Called from one thread.
class ProgressPrinter
{
public:
    virtual ~ProgressPrinter() = default;
    virtual void started(const std::filesystem::path& folder, const SweepProgress& progress) = 0;
    virtual void recorded(const ResultRecord& record, const SweepProgress& progress) = 0;
    /// About ten times a second.
    virtual void tick(const SweepProgress& progress) = 0;
    virtual void ended(const SweepEnd& end, const SweepProgress& progress) = 0;
};

/// `primary` is the choice whose quality is shown.
std::unique_ptr<ProgressPrinter> makeProgressPrinter(ProgressStyle style,
                                                     const MetricChoice& primary);

/// Starts the runner and shows its progress until it ends. Ctrl-C asks it to stop.
class SweepWatch : public SweepObserver
{
public:
    SweepWatch();
    ~SweepWatch() override;
    SweepEnd follow(SweepRunner& runner, ProgressPrinter& printer);

    void onRecord(RecordId id, const ResultRecord& record) override;
    void onFinished(const SweepEnd& end) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace bitfront::cli
