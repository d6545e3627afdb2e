// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-synthetic-run: writes a run folder of many records, to see how large runs feel.
#include "bench/synthetic_run.h"

#include "core/base/error.h"

#include <CLI/CLI.hpp>
#include <cstdio>

int main(int argc, char** argv)
{
    CLI::App app("Writes a finished run of invented results, without any model.",
                 "bitfront-synthetic-run");
    std::string folder;
    int records = 10000, blocks = 1;
    app.add_option("folder", folder, "Run folder to write; an earlier one there is replaced")
        ->required();
    app.add_option("--records", records, "Records to write")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    app.add_option("--blocks", blocks, "Blocks of six linear layers in the model")
        ->check(CLI::Range(1, 200))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        bitfront::bench::writeSyntheticRun(folder, records, blocks);
        return 0;
    } catch (const bitfront::Error& error) {
        std::fprintf(stderr, "bitfront-synthetic-run: %s\n", error.failure().message.c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bitfront-synthetic-run: %s\n", error.what());
    }
    return 2;
}
