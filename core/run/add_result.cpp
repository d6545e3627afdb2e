// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/add_result.h"

#include "core/plan/mixed_config.h"
#include "core/run/current_failure.h"
#include "core/run/utc_time.h"

#include <algorithm>

namespace bitfront {

ResultRecord addResult(const std::filesystem::path& runFolder, Experiment& experiment,
                       CompressionConfig config, int threads, const std::stop_token& stop)
{
    RunContents earlier;
    RunWriter writer = RunWriter::resume(runFolder, earlier);
    if (!isSameModel(earlier.header.model, experiment.model())
        || earlier.header.inputsSha256 != experiment.inputs().sha256())
        throw Error(ErrorCode::InputMismatch,
                    "Model or inputs are no longer those that this run was made with.",
                    "Restore the files, or start a new run.", runFolder.string());
    config.name = freeName(earlier.records, config.name, config);
    const auto known =
        std::find_if(earlier.records.begin(), earlier.records.end(),
                     [&](const ResultRecord& record) { return record.config.name == config.name; });
    if (known != earlier.records.end() && known->measurement())
        return *known;
    const auto evaluator = experiment.createEvaluator(earlier.header.metrics, threads);
    ResultRecord record;
    record.config = std::move(config);
    if (known != earlier.records.end())
        record.recipe = known->recipe; // failed before
    try {
        record.outcome = evaluator->evaluate(record.config, stop);
    } catch (...) {
        if (stop.stop_requested())
            throw Cancelled();
        record.outcome = currentFailure(record.config.name);
    }
    record.finishedAt = utcTimeText();
    writer.append(record);
    return record;
}

} // namespace bitfront
