// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"
#include "app/cli/progress.h"
#include "core/base/number_text.h"
#include "core/plan/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace bitfront::cli {

namespace {

using Json = nlohmann::ordered_json; // events read better with their name first

const OutputQuality* qualityOf(const Measurement& measurement, const MetricChoice& choice)
{
    const auto found =
        std::find_if(measurement.outputs.begin(), measurement.outputs.end(),
                     [&](const OutputQuality& one) { return one.output == choice.output; });
    return found == measurement.outputs.end() ? nullptr : &*found;
}

/// "38.6 dB  3.13×", or why it failed.
std::string resultText(const ResultRecord& record, const MetricChoice& primary)
{
    if (const Failure* failure = record.failure())
        return "failed: " + failure->message;
    const Measurement& measurement = *record.measurement();
    const OutputQuality* quality = qualityOf(measurement, primary);
    return (quality ? qualityText(quality->value, primary.metric != Metric::Iou) : "no value")
        + "  " + fixedText(measurement.size.compressionRatio(), 2) + "×";
}

std::string remainingText(const SweepProgress& progress)
{
    if (progress.stopping)
        return "stopping after the running ones …";
    if (progress.done >= progress.total)
        return "done";
    return durationText(progress.remaining) + " left";
}

class BarPrinter : public ProgressPrinter
{
public:
    void started(const std::filesystem::path&, const SweepProgress& progress) override
    {
        tick(progress);
    }
    void recorded(const ResultRecord& record, const SweepProgress&) override
    {
        const Failure* failure = record.failure();
        if (failure == nullptr)
            return;
        std::cerr << "\r\033[K" << record.config.name << " failed: " << failure->message << '\n';
        m_shown.clear();
    }
    void tick(const SweepProgress& progress) override
    {
        constexpr int kWidth = 24;
        const int filled =
            progress.total > 0 ? std::min(kWidth, kWidth * progress.done / progress.total) : 0;
        std::string line = '[' + std::string(static_cast<std::size_t>(filled), '#')
            + std::string(static_cast<std::size_t>(kWidth - filled), '-') + "] "
            + std::to_string(progress.done) + " of " + std::to_string(progress.total) + "  "
            + remainingText(progress);
        if (!progress.running.empty())
            line += "  " + progress.running.front().name;
        // A line that wraps cannot be rewritten.
        const std::size_t room = terminalColumns() - 1;
        while (columns(line) > room)
            line.pop_back();
        if (line == m_shown)
            return;
        std::cerr << "\r\033[K" << line << std::flush;
        m_shown = line;
    }
    void ended(const SweepEnd&, const SweepProgress&) override
    {
        std::cerr << "\r\033[K" << std::flush;
    }

private:
    std::string m_shown;
};

class LinePrinter : public ProgressPrinter
{
public:
    explicit LinePrinter(MetricChoice primary)
        : m_primary(std::move(primary))
    {
    }
    void started(const std::filesystem::path&, const SweepProgress& progress) override
    {
        m_count = progress.done;
    }
    void recorded(const ResultRecord& record, const SweepProgress& progress) override
    {
        ++m_count;
        std::cout << '[' << m_count << '/' << progress.total << "] " << record.config.name << "  "
                  << resultText(record, m_primary) << std::endl;
    }
    void tick(const SweepProgress& progress) override
    {
        if (progress.stopping && !m_stopSaid)
            std::cout << "Stopping after the running configurations; results are kept."
                      << std::endl;
        m_stopSaid = progress.stopping;
    }
    void ended(const SweepEnd&, const SweepProgress&) override { }

private:
    MetricChoice m_primary;
    int m_count = 0;
    bool m_stopSaid = false;
};

class JsonPrinter : public ProgressPrinter
{
public:
    explicit JsonPrinter(MetricChoice primary)
        : m_primary(std::move(primary))
    {
    }
    void started(const std::filesystem::path& folder, const SweepProgress& progress) override
    {
        m_count = progress.done;
        print({{"event", "started"},
               {"folder", folder.string()},
               {"done", progress.done},
               {"total", progress.total}});
    }
    void recorded(const ResultRecord& record, const SweepProgress& progress) override
    {
        ++m_count;
        Json line {{"event", "record"},
                   {"done", m_count},
                   {"total", progress.total},
                   {"failed", progress.failed},
                   {"group", groupKey(record.config.group)},
                   {"name", record.config.name}};
        if (const Failure* failure = record.failure()) {
            line["error"] = failure->message;
        } else {
            const Measurement& measurement = *record.measurement();
            if (const OutputQuality* quality = qualityOf(measurement, m_primary))
                line["quality"] = numberToJson(quality->value);
            line["compression_ratio"] = measurement.size.compressionRatio();
        }
        line["remaining"] = nlohmann::json(progress.remaining);
        print(line);
    }
    void tick(const SweepProgress&) override { }
    void ended(const SweepEnd& end, const SweepProgress&) override
    {
        const char* state = end.state == RunState::Finished ? "finished"
            : end.state == RunState::Stopped                ? "stopped"
                                                            : "failed";
        Json line {{"event", "ended"},
                   {"state", state},
                   {"done", end.done},
                   {"failed", end.failed},
                   {"wall_ms", end.wallMs}};
        if (end.state == RunState::Failed)
            line["error"] = end.failure.message;
        print(line);
    }

private:
    /// Whoever reads the pipe wants each line when it happens.
    static void print(const Json& line)
    {
        std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    }

    MetricChoice m_primary;
    int m_count = 0;
};

} // namespace

std::unique_ptr<ProgressPrinter> makeProgressPrinter(ProgressStyle style,
                                                     const MetricChoice& primary)
{
    switch (style) {
    case ProgressStyle::Bar:
        return std::make_unique<BarPrinter>();
    case ProgressStyle::Lines:
        return std::make_unique<LinePrinter>(primary);
    case ProgressStyle::Json:
        return std::make_unique<JsonPrinter>(primary);
    }
    return nullptr;
}

} // namespace bitfront::cli
