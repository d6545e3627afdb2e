// SPDX-License-Identifier: GPL-3.0-or-later
// What scan, recipe and frontier share: options, the words for what they found, stopping.
#pragma once

#include "app/cli/workload.h"
#include "core/plan/recipe_target.h"
#include "core/scan/recipe_session.h"

#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace CLI {
class App;
}

namespace bitfront::cli {

struct ScanOptions
{
    std::string preset = "quick";
    std::vector<std::string> formats; ///< instead of the preset
    std::vector<std::string> ties; ///< "a,b,c" each
    bool tieAttention = false;
    bool probed = false;
    double heldOut = 0.25;
};
void addScanOptions(CLI::App& command, ScanOptions& options);
/// `plan` says how layers that do not divide and embeddings are treated. Throws Error(BadArgument).
ScanSettings scanSettings(const ScanOptions& options, const PlanOptions& plan,
                          const ModelInfo& model);
/// The options as words of a command line, with a leading space; empty for defaults.
std::string scanWords(const ScanOptions& options);

/// "Scan     128 measurements …": what will be measured and how long it takes.
void printScanPlan(std::ostream& out, const ScanSpace& space, const ScanHeader& header,
                   std::size_t missing, const TimeRange& time);
/// Quality of the output `judged` with one unit compressed: a line per unit, in the model's order.
void printSensitivity(std::ostream& out, const ScanSpace& space, const Sensitivity& sensitivity,
                      const std::string& judged);
/// One recipe: size, predicted and measured quality, held-out quality, warnings.
void printRecipe(std::ostream& out, const ResultRecord& record);

/// "done of total" on stderr: a line that is rewritten on a terminal, else one every tenth.
class CountPrinter
{
public:
    explicit CountPrinter(std::string what);
    ~CountPrinter();
    void show(std::size_t done, std::size_t total);
    void setWhat(std::string what);
    /// Leaves the line, for other output to begin on the next.
    void end();

private:
    std::string m_what;
    bool m_terminal;
    std::size_t m_shownTenth = 0;
    bool m_open = false;
};

/// Turns Ctrl-C into a stop request while it lives.
class StopOnInterrupt
{
public:
    StopOnInterrupt();
    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_watch;
};

/// How scanning and searching ended.
struct RecipeEnd
{
    bool stopped = false;
    std::optional<Failure> broken; ///< a full disk: what was measured until then is kept

    bool isWhole() const { return !stopped && !broken; }
};
/// Opens the session and does `work` in it until it is done, Ctrl-C, or the disk is full. Throws
/// what else goes wrong.
RecipeEnd follow(const RecipeRequest& request,
                 const std::function<void(RecipeSession&, const std::stop_token&)>& work);

/// Tables and files of the folder, as after a sweep; returns the exit code.
int concludeRecipes(std::ostream& out, const std::filesystem::path& folder, const RecipeEnd& end);

} // namespace bitfront::cli
