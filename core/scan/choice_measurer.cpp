// SPDX-License-Identifier: GPL-3.0-or-later
// Worker threads with one evaluator each, fed by measure(), which waits for them.
#include "core/scan/choice_measurer.h"

#include "core/run/current_failure.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace bitfront {

namespace {

/// Choices that workers are given in one go: each becomes a configuration that names all layers.
constexpr std::size_t kMostAtOnce = 256;

/// The units that are not at fp16, with their options.
std::string keyOf(const ScanChoice& choice)
{
    std::string key;
    for (std::size_t u = 0; u < choice.size(); ++u)
        if (choice[u] != 0)
            key += std::to_string(u) + ':' + std::to_string(choice[u]) + ' ';
    return key;
}

std::map<std::string, std::string> formatsOf(const ScanSpace& space, const ScanChoice& choice)
{
    std::map<std::string, std::string> formats;
    for (std::size_t u = 0; u < choice.size(); ++u)
        if (choice[u] != 0)
            formats[space.units[u].name] = space.options[u].at(choice[u]).key;
    return formats;
}

/// Empty for a line of other units or options than these.
std::optional<ScanChoice> choiceOf(const ScanSpace& space, const ScanLine& line)
{
    ScanChoice choice = space.uncompressed();
    std::size_t found = 0;
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        const auto format = line.formats.find(space.units[u].name);
        if (format == line.formats.end())
            continue;
        ++found;
        for (std::size_t o = 1; o < space.options[u].size(); ++o)
            if (space.options[u][o].key == format->second)
                choice[u] = o;
        if (choice[u] == 0)
            return std::nullopt;
    }
    return found == line.formats.size() ? std::optional(choice) : std::nullopt;
}

} // namespace

struct ChoiceMeasurer::Impl
{
    /// One evaluation asked of the workers.
    struct Task
    {
        const CompressionConfig* config = nullptr;
        std::stop_token stop;
        std::function<void(Outcome outcome, bool cancelled)> done; ///< called on the worker
    };

    explicit Impl(Setup given)
        : setup(std::move(given))
        , space(makeScanSpace(setup.experiment->model(), setup.header.settings))
        , writer(setup.runFolder, setup.header, lines)
    {
        for (const ScanLine& line : lines)
            if (const auto choice = choiceOf(space, line);
                choice && !(line.failure && setup.retryFailed))
                remember(*choice, {line.outputs, line.failure});
        std::erase_if(lines, [](const ScanLine& line) { return !line.isOfScan(); });
    }
    ~Impl()
    {
        for (std::jthread& thread : threads)
            thread.request_stop();
        wake.notify_all();
    }

    void remember(const ScanChoice& choice, ChoiceResult result)
    {
        known.insert_or_assign(keyOf(choice), std::move(result));
    }
    void start(std::size_t tasksAtOnce);
    void work(const std::stop_token& end);
    void ask(Task task);
    void store(const ScanChoice& choice, const Outcome& outcome);
    void evaluate(std::span<const ScanChoice* const> choices, const std::stop_token& stop,
                  const std::function<void()>& stored);

    Setup setup;
    ScanSpace space;
    std::vector<ScanLine> lines; ///< of the scan itself; all results are in `known`
    ScanWriter writer;
    std::unordered_map<std::string, ChoiceResult> known;
    int evaluations = 0;

    std::mutex mutex, creation;
    std::condition_variable_any wake;
    std::deque<Task> tasks; ///< guarded by mutex
    std::vector<std::jthread> threads; ///< last: joined before anything they use goes
};

void ChoiceMeasurer::Impl::start(std::size_t tasksAtOnce)
{
    const auto wanted = std::min(static_cast<std::size_t>(std::max(setup.workers, 1)), tasksAtOnce);
    while (threads.size() < wanted)
        threads.emplace_back([this](const std::stop_token& end) { work(end); });
}

void ChoiceMeasurer::Impl::work(const std::stop_token& end)
{
    std::unique_ptr<Evaluator> evaluator;
    for (;;) {
        Task task;
        {
            std::unique_lock lock(mutex);
            if (!wake.wait(lock, end, [this] { return !tasks.empty(); }))
                return;
            task = std::move(tasks.front());
            tasks.pop_front();
        }
        Outcome outcome = Failure {};
        bool cancelled = task.stop.stop_requested();
        try {
            if (!evaluator && !cancelled) {
                const std::lock_guard lock(creation);
                evaluator =
                    setup.experiment->createEvaluator(setup.header.metrics, setup.threadsPerWorker);
            }
            if (!cancelled)
                outcome = evaluator->evaluate(*task.config, task.stop);
        } catch (...) {
            // A stop may surface as any exception of the work it interrupts.
            cancelled = task.stop.stop_requested();
            outcome = currentFailure(task.config->name);
            if (!evaluator)
                cancelled = true; // measure() finds out why
        }
        task.done(std::move(outcome), cancelled);
    }
}

void ChoiceMeasurer::Impl::ask(Task task)
{
    {
        const std::lock_guard lock(mutex);
        tasks.push_back(std::move(task));
    }
    wake.notify_one();
}

/// To the file first; only then it counts as known.
void ChoiceMeasurer::Impl::store(const ScanChoice& choice, const Outcome& outcome)
{
    ScanLine line;
    line.formats = formatsOf(space, choice);
    const bool ofScan = line.isOfScan();
    const bool keepsErrors = ofScan && setup.header.settings.method == ScanMethod::Probed;
    if (const auto* measured = std::get_if<Measurement>(&outcome)) {
        line.outputs = measured->outputs;
        line.timeMs = measured->timeMs;
        for (const LayerStorage& layer : measured->layers)
            if (keepsErrors && layer.kind != StorageKind::Untouched && layer.weightErrorDb)
                line.weightErrorsDb[layer.layer] = *layer.weightErrorDb;
    } else {
        line.failure = std::get<Failure>(outcome);
    }
    writer.append(line);
    remember(choice, {line.outputs, line.failure});
    if (ofScan)
        lines.push_back(std::move(line));
}

/// Evaluates every choice on the workers and stores it; `stored` is called after each.
void ChoiceMeasurer::Impl::evaluate(std::span<const ScanChoice* const> choices,
                                    const std::stop_token& stop,
                                    const std::function<void()>& stored)
{
    std::vector<CompressionConfig> configs;
    for (const ScanChoice* choice : choices)
        configs.push_back(space.config(*choice, setup.experiment->model(), "scan"));
    setup.experiment->announce(configs);
    start(choices.size());

    std::mutex doneMutex;
    std::condition_variable changed;
    std::size_t finished = 0;
    bool cancelled = false;
    std::optional<Failure> fatal; // nothing can be stored any more
    std::stop_source halt; // of the rest of this call
    const std::stop_callback outer(stop, [&halt] { halt.request_stop(); });
    for (std::size_t i = 0; i < choices.size(); ++i)
        ask({&configs[i], halt.get_token(), [&, i](Outcome outcome, bool wasCancelled) {
                 const std::lock_guard lock(doneMutex);
                 ++finished;
                 if (wasCancelled) {
                     cancelled = true;
                     if (!halt.stop_requested())
                         fatal = std::get<Failure>(outcome); // no evaluator
                     halt.request_stop();
                 } else if (!fatal) {
                     try {
                         store(*choices[i], outcome);
                         ++evaluations;
                         stored();
                     } catch (...) {
                         fatal = currentFailure(kScanFileName);
                         halt.request_stop();
                     }
                 }
                 changed.notify_one();
             }});
    std::unique_lock lock(doneMutex);
    changed.wait(lock, [&] { return finished == choices.size(); });
    if (fatal)
        throw Error(*fatal);
    if (cancelled)
        throw Cancelled();
}

ChoiceMeasurer::ChoiceMeasurer(Setup setup)
    : m_impl(std::make_unique<Impl>(std::move(setup)))
{
}

ChoiceMeasurer::~ChoiceMeasurer() = default;

const ScanSpace& ChoiceMeasurer::space() const
{
    return m_impl->space;
}

const ScanHeader& ChoiceMeasurer::header() const
{
    return m_impl->setup.header;
}

const std::vector<ScanLine>& ChoiceMeasurer::lines() const
{
    return m_impl->lines;
}

int ChoiceMeasurer::evaluations() const
{
    return m_impl->evaluations;
}

std::size_t ChoiceMeasurer::missing(const ScanSpace& space, std::span<const ScanLine> lines,
                                    std::span<const ScanChoice> choices)
{
    std::unordered_set<std::string> known; // what failed is tried again
    for (const ScanLine& line : lines)
        if (const auto choice = choiceOf(space, line); choice && !line.failure)
            known.insert(keyOf(*choice));
    return static_cast<std::size_t>(
        std::count_if(choices.begin(), choices.end(),
                      [&](const ScanChoice& choice) { return !known.contains(keyOf(choice)); }));
}

std::size_t ChoiceMeasurer::unknown(std::span<const ScanChoice> choices) const
{
    return static_cast<std::size_t>(
        std::count_if(choices.begin(), choices.end(), [this](const ScanChoice& choice) {
            return !m_impl->known.contains(keyOf(choice));
        }));
}

std::vector<ChoiceResult> ChoiceMeasurer::measure(std::span<const ScanChoice> choices,
                                                  const std::stop_token& stop,
                                                  const Progress& progress)
{
    Impl& impl = *m_impl;
    std::vector<const ScanChoice*> wanted; // each once
    std::unordered_map<std::string, bool> seen;
    for (const ScanChoice& choice : choices)
        if (!impl.known.contains(keyOf(choice)) && seen.emplace(keyOf(choice), true).second)
            wanted.push_back(&choice);
    std::size_t done = choices.size() - wanted.size();
    const auto stored = [&] {
        ++done;
        if (progress)
            progress(done, choices.size());
    };
    const std::span<const ScanChoice* const> all = wanted;
    for (std::size_t from = 0; from < all.size(); from += kMostAtOnce)
        impl.evaluate(all.subspan(from, std::min(kMostAtOnce, all.size() - from)), stop, stored);
    std::vector<ChoiceResult> results;
    for (const ScanChoice& choice : choices)
        results.push_back(impl.known.at(keyOf(choice)));
    return results;
}

Measurement ChoiceMeasurer::measureFully(const CompressionConfig& config,
                                         const std::stop_token& stop)
{
    Impl& impl = *m_impl;
    impl.start(1);
    std::mutex mutex;
    std::condition_variable changed;
    bool finished = false;
    bool wasCancelled = false;
    Outcome result = Failure {};
    impl.ask({&config, stop, [&](Outcome outcome, bool cancelled) {
                  const std::lock_guard lock(mutex);
                  result = std::move(outcome);
                  wasCancelled = cancelled;
                  finished = true;
                  changed.notify_one();
              }});
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return finished; });
    if (wasCancelled && stop.stop_requested())
        throw Cancelled();
    if (const auto* failure = std::get_if<Failure>(&result))
        throw Error(*failure);
    ++impl.evaluations;
    return std::get<Measurement>(std::move(result));
}

} // namespace bitfront
