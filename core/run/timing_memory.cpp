// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/timing_memory.h"

#include "core/run/file_io.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <unistd.h>
#include <vector>

namespace bitfront {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMost = 40; ///< sweeps that are remembered per machine
constexpr int kTrusted = 3; ///< sweeps before their spread is believed
constexpr double kLeast = 0.02, kGreatest = 50; ///< factors beyond are accidents
const Calibration kPlain;

/// Homes are shared between machines: "host, 16 cores".
std::string machineName()
{
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    return std::string(host) + ", " + std::to_string(std::thread::hardware_concurrency())
        + " cores";
}

bool isSane(double factor)
{
    return std::isfinite(factor) && factor >= kLeast && factor <= kGreatest;
}

Json readTimings(const fs::path& file)
{
    std::error_code error;
    if (file.empty() || !fs::exists(file, error))
        return Json::object();
    Json timings = Json::parse(readFile(file), nullptr, false);
    return timings.is_object() ? timings : Json::object();
}

/// Those of this machine, oldest first.
std::vector<double> factorsIn(const Json& timings)
{
    std::vector<double> factors;
    const auto machine = timings.find(machineName());
    if (machine == timings.end() || !machine->is_array())
        return factors;
    for (const Json& factor : *machine)
        if (factor.is_number() && isSane(factor.get<double>()))
            factors.push_back(factor.get<double>());
    return factors;
}

/// Between two values of a sorted list.
double quantile(const std::vector<double>& sorted, double part)
{
    const double place = part * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double rest = place - static_cast<double>(below);
    return sorted[below] * (1 - rest) + sorted[above] * rest;
}

TimeRange scaled(const TimeRange& range, const Calibration& calibration)
{
    return {range.lowMs / kPlain.low * calibration.low,
            range.highMs / kPlain.high * calibration.high};
}

} // namespace

fs::path timingFile()
{
    const auto from = [](const char* variable) {
        const char* value = std::getenv(variable);
        return fs::path(value == nullptr ? "" : value);
    };
    if (const fs::path own = from("BITFRONT_CACHE_DIR"); !own.empty())
        return own / "timings.json";
    if (const fs::path cache = from("XDG_CACHE_HOME"); cache.is_absolute())
        return cache / "bitfront" / "timings.json";
    const fs::path home = from("HOME");
    return home.empty() ? fs::path() : home / ".cache" / "bitfront" / "timings.json";
}

Calibration readCalibration(const fs::path& file) noexcept
{
    try {
        std::vector<double> factors = factorsIn(readTimings(file));
        if (factors.empty())
            return kPlain;
        std::sort(factors.begin(), factors.end());
        Calibration result;
        result.sweeps = static_cast<int>(factors.size());
        if (result.sweeps < kTrusted) {
            const double middle = quantile(factors, 0.5);
            result.low *= middle;
            result.high *= middle;
        } else {
            // A little beyond what was seen: the next sweep is of another model.
            result.low = quantile(factors, 0.1) * 0.9;
            result.high = quantile(factors, 0.9) * 1.15;
        }
        return result;
    } catch (const std::exception&) {
        return kPlain;
    }
}

void rememberTiming(const fs::path& file, double factor) noexcept
{
    if (file.empty() || !isSane(factor))
        return;
    try {
        Json timings = readTimings(file);
        std::vector<double> factors = factorsIn(timings);
        factors.push_back(factor);
        if (factors.size() > kMost)
            factors.erase(factors.begin());
        timings[machineName()] = factors;
        makeFolders(file.parent_path());
        replaceFile(file, timings.dump(1) + "\n");
    } catch (const std::exception&) {
        // An estimate that has learnt nothing is still an estimate.
    }
}

TimeEstimate calibrated(const TimeEstimate& estimate, const Calibration& calibration)
{
    TimeEstimate result = estimate;
    result.base = scaled(estimate.base, calibration);
    result.refinement = scaled(estimate.refinement, calibration);
    return result;
}

} // namespace bitfront
