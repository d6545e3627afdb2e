// SPDX-License-Identifier: GPL-3.0-or-later
// What the sections of bitfront-bench share: options, clocks, child processes, weights, tables.
#pragma once

#include "core/engine/engine.h"
#include "core/kernels/palettize.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitfront::bench {

struct Options
{
    std::filesystem::path models; ///< folder written by make_models.py, perhaps not yet
    std::string python; ///< interpreter for the comparisons; empty: none
    std::filesystem::path scratch; ///< run folders and exchanged files
    int repeats = 3; ///< of whole sweeps; the median counts
    int comparedProblems = 96; ///< k-means problems given to the Python packages
};

/// CPU seconds of the calling thread.
double threadSeconds();
/// CPU seconds of all threads of this process.
double processSeconds();

/// What a finished child process cost.
struct ChildCost
{
    int exitCode = -1;
    double wallSeconds = 0, cpuSeconds = 0; ///< cpu: user and system
    std::uint64_t peakBytes = 0;
};
/// Runs a program with its output going to the file `log` (or nowhere).
ChildCost runChild(const std::vector<std::string>& command, const std::filesystem::path& log = {});
/// The run with the median wall time, the peak of all.
ChildCost medianOf(std::vector<ChildCost> runs);

/// A layer's weights as float.
struct Weights
{
    LayerInfo layer;
    std::vector<float> values;
};
/// Compressible layers of a model file, embeddings included.
std::vector<Weights> loadWeights(const std::filesystem::path& model);

/// The palettizations of the default sweep with or without channel scales: eight.
std::vector<PaletteSpec> sweepPalettes(bool channelScale);

/// One line: a figure, what it should reach, its definition.
void figure(const std::string& name, const std::string& value, const std::string& reach,
            const std::string& definition);
void heading(const std::string& title);
std::string number(double value, int decimals = 2);

/// Runs make_models.py where the models that a section measures are not there yet.
/// Throws std::runtime_error when it fails.
void makeModels(const Options& options, const std::string& section);

// The sections.
void kmeansSection(const Options& options);
void assignmentSection(const Options& options);
void demoSection(const Options& options);
void encoderSection(const Options& options);
void recordsSection(const Options& options);
void giantSection(const Options& options);
/// Costs against parameters, groups and bits, measured by the benchmark library.
void growthSection();

} // namespace bitfront::bench
