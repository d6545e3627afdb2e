// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scan/recipe_session.h"

#include "core/base/number_text.h"
#include "core/plan/mixed_config.h"
#include "core/run/current_failure.h"
#include "core/run/utc_time.h"

#include <algorithm>

namespace bitfront {

namespace {

bool sameMetrics(const std::vector<MetricChoice>& a, const std::vector<MetricChoice>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const MetricChoice& x, const MetricChoice& y) {
                          return x.output == y.output && x.metric == y.metric;
                      });
}

/// Whether samples were held out of this measurement, or of none of its outputs.
bool isSplit(const Measurement& measured, bool split)
{
    return std::all_of(measured.outputs.begin(), measured.outputs.end(),
                       [&](const OutputQuality& one) { return one.split.has_value() == split; });
}

} // namespace

bool isSameWork(const std::filesystem::path& runFolder, const RunHeader& header)
{
    if (!isRunFolder(runFolder))
        return false;
    const RunHeader known = readRun(runFolder).header;
    return isSameModel(known.model, header.model) && known.inputsSha256 == header.inputsSha256
        && known.inputOptions == header.inputOptions && sameMetrics(known.metrics, header.metrics);
}

RecipeSession::RecipeSession(RecipeRequest request)
    : m_request(std::move(request))
    , m_since(std::chrono::steady_clock::now())
{
    m_isNew = !isSameWork(m_request.runFolder, m_request.header);
    if (m_isNew && m_request.mustExist)
        throw Error(ErrorCode::InputMismatch,
                    "The folder " + m_request.runFolder.string()
                        + " does not hold this run any more.",
                    "Open the folder again, or start a new run.", m_request.runFolder.string());
    if (m_isNew) {
        m_writer.emplace(m_request.runFolder, m_request.header);
        m_earlier.header = m_request.header;
    } else {
        m_writer.emplace(RunWriter::resume(m_request.runFolder, m_earlier));
    }
    ScanHeader header = prepareScan(*m_request.experiment, m_request.header.metrics,
                                    m_request.settings, m_request.heldOutShare);
    header.engineVersion = m_request.header.engineVersion;
    m_measurer = std::make_unique<ChoiceMeasurer>(ChoiceMeasurer::Setup {
        m_request.experiment, std::move(header), m_writer->folder(), m_request.workers,
        m_request.threadsPerWorker, m_request.retryFailed});
    m_request.experiment->keepTables(m_writer->folder() / kTablesFileName);
}

RecipeSession::~RecipeSession()
{
    m_request.experiment->keepTables({});
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_since)
            .count();
    try {
        const bool unswept = m_isNew || m_earlier.state == RunState::Running;
        const RunState state = m_earlier.header.plan.configs.empty() ? RunState::Finished
            : unswept                                                ? RunState::Stopped
                                                                     : m_earlier.state;
        m_writer->finish(state, m_earlier.wallMs + ms);
    } catch (const std::exception&) {
        // Every result is on the disk; the folder merely says that it is running.
    }
}

std::size_t RecipeSession::missingCells() const
{
    return m_measurer->unknown(
        scanChoices(m_measurer->space(), m_measurer->header().settings.method));
}

void RecipeSession::scan(const std::stop_token& stop, const ChoiceMeasurer::Progress& progress)
{
    m_sensitivity = runScan(*m_measurer, stop, progress);
    lock(m_locks);
}

void RecipeSession::lock(std::span<const FormatLock> locks)
{
    const AllowedOptions allowed =
        applyLocks(m_measurer->space(), m_request.experiment->model(), locks);
    m_locks = {locks.begin(), locks.end()};
    m_search = std::make_unique<RecipeSearch>(
        *m_measurer, *m_sensitivity, allowed,
        m_sensitivity->indexOf(m_request.header.metrics.front().output));
    teachRecipes();
}

/// What was found and measured in the folder before is not forgotten.
void RecipeSession::teachRecipes()
{
    for (const ResultRecord& record : m_earlier.records) {
        const Measurement* measured = record.measurement();
        const auto choice =
            m_measurer->space().choiceOf(record.config, m_request.experiment->model());
        if (!measured || !choice || measured->outputs.size() != m_sensitivity->metrics.size()
            || !isSplit(*measured, scanHeader().split.heldOut > 0))
            continue;
        m_search->remember(*choice, energiesOf(measured->outputs));
    }
}

RecipeSearch& RecipeSession::search()
{
    if (!m_search)
        throw Error(ErrorCode::Internal, "A recipe needs a scan.");
    return *m_search;
}

/// No recipe is better than the whole model at 16 bits.
void RecipeSession::refuseMoreThanHalf(const RecipeTarget& target) const
{
    if (target.isSize())
        return;
    const RunHeader& header = m_earlier.header;
    const std::string& wanted =
        target.output.empty() ? header.metrics.front().output : target.output;
    for (const OutputQuality& output : header.fp16Quality)
        if (output.output == wanted && target.value > output.value)
            throw Error(ErrorCode::BadArgument,
                        "The whole model at 16 bits reaches " + fixedText(output.value, 2)
                            + " already, and no recipe more.",
                        "Ask for less.");
}

ResultRecord RecipeSession::addRecipe(const RecipeTarget& target, int rounds,
                                      const std::stop_token& stop,
                                      const RecipeSearch::Progress& progress)
{
    refuseMoreThanHalf(target);
    const FoundRecipe found = search().find(target, rounds, stop, progress);
    ResultRecord record;
    record.config = m_measurer->space().config(found.choice, m_request.experiment->model(), {});
    const bool split = scanHeader().split.heldOut > 0;
    // The same formats again, for whatever target: their record stays, with what it has cost.
    const auto same = std::find_if(
        m_earlier.records.begin(), m_earlier.records.end(), [&](const ResultRecord& one) {
            return one.measurement() && isSplit(*one.measurement(), split)
                && m_measurer->space().choiceOf(one.config, m_request.experiment->model())
                == found.choice
                && energiesOf(one.measurement()->outputs) == found.measured;
        });
    if (same != m_earlier.records.end())
        return *same;
    record.config.name = freeName(m_earlier.records, target.configName(), record.config);
    const auto known = std::find_if(
        m_earlier.records.begin(), m_earlier.records.end(),
        [&](const ResultRecord& one) { return one.config.name == record.config.name; });
    record.recipe = found.facts;
    for (const FormatLock& lock : m_locks)
        record.recipe->locks.push_back(lock.layer + '=' + lock.format);
    try {
        record.outcome = m_measurer->measureFully(record.config, stop);
    } catch (const Error&) {
        record.outcome = currentFailure(record.config.name);
    }
    record.finishedAt = utcTimeText();
    m_writer->append(record);
    if (known != m_earlier.records.end())
        *known = record;
    else
        m_earlier.records.push_back(record);
    return record;
}

} // namespace bitfront
