// SPDX-License-Identifier: GPL-3.0-or-later
// The records of the run shown, for the source files of RunController only.
#pragma once

#include "widgets/workbench/run_controller.h"

#include <mutex>

namespace bitfront {

/// Records of one run. Written by the sweep's threads, copied by the background thread; the GUI
/// thread never takes the lock.
struct RunController::Store
{
    std::mutex mutex;
    std::vector<ResultRecord> records;
};

} // namespace bitfront
