// SPDX-License-Identifier: GPL-3.0-or-later
// From a request to a run folder that is ready for records.
#pragma once

#include "core/run/sweep_runner.h"

namespace bitfront {

/// Checks the request and creates its run folder, or reopens it: then `request.header` becomes the
/// run's and `earlier` what it holds. Throws what SweepRunner's constructor throws.
RunWriter openWriter(SweepRequest& request, RunContents& earlier);

} // namespace bitfront
