// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include "app/cli/console.h"

#include <atomic>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace bitfront::cli {

namespace {

// Signal handlers can only reach globals.
std::atomic<bool> g_keepResults {false};
std::atomic<int> g_signals {0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void onSignal(int)
{
    if (!g_keepResults.load() || g_signals.fetch_add(1) > 0)
        _exit(kStopped);
}

} // namespace

void exitOnInterrupt()
{
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // A file that may not grow further is an error of write() like a full disk, with a message.
    std::signal(SIGXFSZ, SIG_IGN);
    // A reader that went away (run ... | head) must not end a sweep half-way and its folder
    // unfinished.
    std::signal(SIGPIPE, SIG_IGN);
}

bool readerLeft()
{
    pollfd output {STDOUT_FILENO, 0, 0};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

Interrupt::Interrupt()
{
    g_signals.store(0);
    g_keepResults.store(true);
    exitOnInterrupt();
}

Interrupt::~Interrupt()
{
    g_keepResults.store(false);
}

bool Interrupt::requested() const
{
    return g_signals.load() > 0;
}

} // namespace bitfront::cli
