// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C (and the polite kill that batch systems send): ends the program at once while there is
// nothing to keep, asks for a stop while a sweep runs.
#pragma once

namespace bitfront::cli {

/// Handles SIGINT and SIGTERM while it lives; one at a time. The first signal makes requested()
/// true, the second ends the program with 130.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    bool requested() const;
};

/// Until then a signal ends the program with exit code 130. Call once, early.
void exitOnInterrupt();

/// Whether standard output is a pipe that nobody reads any more.
bool readerLeft();

} // namespace bitfront::cli
