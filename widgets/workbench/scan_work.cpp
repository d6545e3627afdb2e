// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ScanController that measures, on its background thread.
#include "widgets/workbench/scan_work.h"

#include "core/run/add_result.h"
#include "core/run/current_failure.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

namespace bitfront {

namespace {

using Clock = std::chrono::steady_clock;
/// What a frontier came to, and what it did not come to.
QString frontierWords(std::size_t sizes, std::size_t recipes, const QStringList& unmet)
{
    QStringList words;
    words << (recipes == 1
                  ? ScanController::tr("One recipe for %1 sizes.").arg(sizes)
                  : ScanController::tr("%1 recipes for %2 sizes.").arg(recipes).arg(sizes));
    if (!unmet.isEmpty())
        words << ScanController::tr("There is none of %1 bits or less with the formats and locks "
                                    "of now.")
                     .arg(unmet.last());
    if (recipes + static_cast<std::size_t>(unmet.size()) < sizes)
        words << ScanController::tr("Where more bits gain nothing, sizes share a recipe.");
    return words.join(QLatin1Char(' '));
}

/// Between two pictures of a growing scan; also ten times what making one takes.
constexpr auto kPicture = std::chrono::milliseconds(150);

} // namespace

Experiment& ScanController::Sources::openExperiment(const std::stop_token& stop)
{
    if (!model) {
        // Kept only when it is the run's: a file that is restored is to be read again.
        auto opened = engine()->openModel(header.model.path, stop, header.model.layerOptions);
        if (!isSameModel(opened->info(), header.model))
            throw Error(ErrorCode::BadFormat,
                        header.model.fileName + " has changed since this run.",
                        "Restore the file, or start a new run.", header.model.path);
        model = std::move(opened);
    }
    if (!experiment) {
        auto inputs = engine()->loadInputs(header.inputsPath, *model, header.inputOptions);
        if (inputs->sha256() != header.inputsSha256)
            throw Error(ErrorCode::InputMismatch, "The inputs have changed since this run.",
                        "Restore the file, or start a new run.", header.inputsPath);
        experiment = engine()->createExperiment(model, std::move(inputs), stop);
    }
    return *experiment;
}

ThreadBudget ScanController::Sources::threads() const
{
    return defaultThreads(header.model,
                          static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
}

/// Measures one more result of the run; `share` is the scan's, nothing where there is none.
ResultRecord ScanController::Sources::add(CompressionConfig config, std::optional<double> share,
                                          const std::stop_token& stop)
{
    Experiment& opened = openExperiment(stop);
    if (share) // so that it says what the scan's recipes say
        opened.holdOut(*share);
    return addResult(folder, opened, std::move(config), threads().threadsPerWorker, stop);
}

std::optional<double> ScanController::heldOutShare() const
{
    return m_view ? std::optional(m_view->header.heldOutShare) : std::nullopt;
}

RecipeRequest ScanController::Sources::request(const ScanSettings& settings, double heldOutShare,
                                               const std::stop_token& stop)
{
    openExperiment(stop);
    RecipeRequest request;
    request.experiment = experiment;
    request.header = header;
    request.runFolder = folder;
    request.settings = settings;
    request.heldOutShare = heldOutShare;
    request.mustExist = true;
    request.workers = threads().workers;
    request.threadsPerWorker = threads().threadsPerWorker;
    return request;
}

/// One piece of work at a time; its end is told whatever comes of it.
void ScanController::begin(Work work, Measuring measuring)
{
    if (isWorking() || !obstacle().isEmpty())
        return;
    m_work = work;
    m_progress = {};
    m_since.start();
    const auto failure = std::make_shared<std::optional<Failure>>();
    m_task = m_queue.post([sources = m_sources, failure,
                           measuring = std::move(measuring)](const std::stop_token& stop) {
        try {
            measuring(*sources, stop);
        } catch (const Cancelled&) {
            // Whoever cancelled knows.
        } catch (...) {
            *failure = currentFailure("");
        }
    });
    // By itself: what is cancelled before it began is never called.
    m_queue.post([this, failure, work, generation = m_generation](const std::stop_token&) {
        tell(generation, [this, failure, work] {
            // Of a scan the panel shows how far it came.
            if (isCancelling() && work != Work::Scan && !*failure)
                emit noted(tr("Cancelled. What was measured is kept."));
            end();
            if (*failure)
                emit failed(errorText(work == Work::Scan ? Task::Scan : Task::Recipe, **failure));
        });
    });
    emit workChanged();
    emit progressChanged();
}

void ScanController::startScan(const ScanWish& wish)
{
    if (!m_sources)
        return;
    const ScanSettings settings = settingsOf(wish, m_sources->header);
    begin(Work::Scan,
          [this, settings, share = wish.heldOutShare,
           generation = m_generation](Sources& sources, const std::stop_token& stop) {
              RecipeSession session(sources.request(settings, share, stop));
              ChoiceMeasurer& measurer = session.measurer();
              const ModelInfo& model = sources.header.model;
              const auto show = [&] {
                  const ScanViewPtr view = makeScanView(model, measurer.header(), measurer.lines());
                  tell(generation, [this, view] { adoptView(view); });
              };
              const std::size_t missing = session.missingCells();
              Clock::time_point next = Clock::now();
              const auto progress = [&](std::size_t done, std::size_t total) {
                  tell(generation, [this, done, total, missing] {
                      m_progress.done = static_cast<int>(done);
                      m_progress.total = static_cast<int>(total);
                      m_progress.before = static_cast<int>(total - missing);
                      emit progressChanged();
                  });
                  const auto begun = Clock::now();
                  if (begun < next)
                      return;
                  show();
                  next = Clock::now()
                      + std::max<Clock::duration>(kPicture, 10 * (Clock::now() - begun));
              };
              try {
                  session.scan(stop, progress);
              } catch (...) {
                  show(); // what was measured until then
                  throw;
              }
              show();
          });
}

void ScanController::verify(const RecipeTarget& target, int rounds)
{
    searchRecipes(Work::Recipe, {target}, rounds);
}

void ScanController::drawFrontier(int rounds)
{
    std::vector<RecipeTarget> targets;
    for (const double bits : kFrontierBits) // rising, so that more bits are never worse
        targets.push_back({RecipeTarget::Kind::Bits, bits});
    searchRecipes(Work::Frontier, std::move(targets), rounds);
}

void ScanController::searchRecipes(Work work, std::vector<RecipeTarget> targets, int rounds)
{
    if (!m_view || !m_view->isComplete())
        return;
    begin(work,
          [this, targets = std::move(targets), rounds, locks = m_locks,
           settings = m_view->header.settings, share = m_view->header.heldOutShare,
           generation = m_generation](Sources& sources, const std::stop_token& stop) {
              RecipeRequest request = sources.request(settings, share, stop);
              request.retryFailed = false; // whoever scans again tries again
              RecipeSession session(std::move(request));
              session.scan(stop, [&](std::size_t done, std::size_t total) {
                  tell(generation, [this, done, total] {
                      m_progress.done = static_cast<int>(done);
                      m_progress.total = static_cast<int>(total);
                      emit progressChanged();
                  });
              });
              session.lock(locks);
              const bool several = targets.size() > 1;
              std::set<std::string> records;
              QStringList unmet;
              for (std::size_t i = 0; i < targets.size(); ++i) {
                  const auto progress = [&](int round, std::size_t done, std::size_t total) {
                      tell(generation, [this, i, round, done, total] {
                          m_progress.recipe = static_cast<int>(i);
                          m_progress.round = round;
                          m_progress.done = static_cast<int>(done);
                          m_progress.total = static_cast<int>(total);
                          emit progressChanged();
                      });
                  };
                  try {
                      const ResultRecord record =
                          session.addRecipe(targets[i], rounds, stop, progress);
                      records.insert(record.config.name);
                      tell(generation, [this, record] {
                          m_run.addRecord(record);
                          emit found(record);
                      });
                  } catch (const Error& error) {
                      // Of a whole frontier, sizes that are too small are left out.
                      if (!several || error.code() != ErrorCode::BadArgument)
                          throw;
                      unmet << QLocale().toString(targets[i].value);
                  }
              }
              if (several)
                  tell(generation,
                       [this, words = frontierWords(targets.size(), records.size(), unmet)] {
                           emit noted(words);
                       });
          });
}

void ScanController::measureAgain(std::vector<CompressionConfig> configs)
{
    begin(Work::Variant,
          [this, configs = std::move(configs), share = heldOutShare(),
           generation = m_generation](Sources& sources, const std::stop_token& stop) {
              for (const CompressionConfig& config : configs) {
                  const ResultRecord added = sources.add(config, share, stop);
                  tell(generation, [this, added] {
                      m_run.addRecord(added);
                      emit found(added);
                  });
              }
          });
}

void ScanController::keepLayer(const ResultRecord& record, const std::string& layer,
                               KeptFormat format)
{
    begin(Work::Variant,
          [this, record, layer, format, share = heldOutShare(),
           generation = m_generation](Sources& sources, const std::stop_token& stop) {
              CompressionConfig config = withLayerKept(sources.header.model, record, layer, format);
              const ResultRecord added = sources.add(std::move(config), share, stop);
              tell(generation, [this, added] {
                  m_run.addRecord(added);
                  emit found(added);
              });
          });
}

} // namespace bitfront
