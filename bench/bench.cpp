// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/bench.h"

#include "core/base/error.h"
#include "core/engine/engine_loader.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace bitfront::bench {

namespace {

double clockSeconds(clockid_t clock)
{
    timespec now {};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace

double threadSeconds()
{
    return clockSeconds(CLOCK_THREAD_CPUTIME_ID);
}

double processSeconds()
{
    return clockSeconds(CLOCK_PROCESS_CPUTIME_ID);
}

namespace {

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

[[noreturn]] void becomeChild(const std::vector<std::string>& command,
                              const std::filesystem::path& log)
{
    const int out =
        open(log.empty() ? "/dev/null" : log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

} // namespace

ChildCost runChild(const std::vector<std::string>& command, const std::filesystem::path& log)
{
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0)
        becomeChild(command, log);
    int status = 0;
    rusage usage {};
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "wait4");
    ChildCost cost;
    cost.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    cost.wallSeconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    cost.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    cost.peakBytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return cost;
}

ChildCost medianOf(std::vector<ChildCost> runs)
{
    std::sort(runs.begin(), runs.end(),
              [](const ChildCost& a, const ChildCost& b) { return a.wallSeconds < b.wallSeconds; });
    ChildCost median = runs.at(runs.size() / 2);
    for (const ChildCost& run : runs)
        median.peakBytes = std::max(median.peakBytes, run.peakBytes);
    return median;
}

void makeModels(const Options& options, const std::string& section)
{
    namespace fs = std::filesystem;
    const bool giant = section == "giant";
    const bool needed =
        giant || section == "kmeans" || section == "assignment" || section == "encoder";
    if (!needed || fs::exists(options.models / (giant ? "giant.pt" : "encoder.pt")))
        return;
    std::printf("making models in %s\n", options.models.c_str());
    std::fflush(stdout);
    const fs::path log = options.scratch / "make_models.txt";
    std::vector<std::string> command {options.python.empty() ? "python3" : options.python,
                                      std::string(BITFRONT_BENCH) + "/make_models.py",
                                      options.models.string()};
    if (giant)
        command.emplace_back("--giant");
    if (runChild(command, log).exitCode != 0) {
        std::ifstream text(log);
        for (std::string line; std::getline(text, line);)
            std::fprintf(stderr, "%s\n", line.c_str());
        throw std::runtime_error(
            "the models could not be made: bench/make_models.py needs a Python "
            "with torch, see --python");
    }
}

std::vector<Weights> loadWeights(const std::filesystem::path& model)
{
    const auto opened = loadEngine()->openModel(model);
    std::vector<Weights> weights;
    for (std::size_t i = 0; i < opened->info().layers.size(); ++i)
        weights.push_back({opened->info().layers[i], opened->layerValues(i).values});
    return weights;
}

std::vector<PaletteSpec> sweepPalettes(bool channelScale)
{
    std::vector<PaletteSpec> specs;
    for (const CompressionConfig& config : baseConfigurations()) {
        const auto* palette = std::get_if<PaletteConfig>(&config.spec);
        if (palette != nullptr && palette->channelScale == channelScale)
            specs.push_back({palette->bits, 0, palette->groupSize, channelScale, true});
    }
    return specs;
}

void figure(const std::string& name, const std::string& value, const std::string& reach,
            const std::string& definition)
{
    std::printf("%-44s %14s   %-14s %s\n", name.c_str(), value.c_str(), reach.c_str(),
                definition.c_str());
    std::fflush(stdout);
}

void heading(const std::string& title)
{
    std::printf("\n%s\n%-44s %14s   %-14s %s\n", title.c_str(), "figure", "measured", "to reach",
                "definition");
}

std::string number(double value, int decimals)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

} // namespace bitfront::bench
