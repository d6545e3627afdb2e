// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where a failure of the core becomes words for the window.
#pragma once

#include "core/base/error.h"

#include <QString>

namespace bitfront {

/// What the user was doing when it went wrong.
enum class Task
{
    LoadEngine,
    OpenModel,
    LoadInputs,
    CheckInputs,
    Estimate,
    StartSweep,
    Resume,
    Sweep,
    OpenRun,
    Scan,
    Recipe,
    Export
};

struct ErrorText
{
    QString title; ///< what happened, a few words
    QString body; ///< why, and what to do
    bool showExport = false; ///< whether "Show how to export" helps
    /// title and body as one sentence sequence, for narrow places and screen readers.
    QString whole() const { return title + QLatin1Char(' ') + body; }
};

ErrorText errorText(Task task, const Failure& failure);

} // namespace bitfront
