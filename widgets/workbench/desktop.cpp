// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/desktop.h"

namespace bitfront {

void Desktop::notify(const QString&, const QString&, std::function<void()>) { }

void Desktop::keepAwake(bool) { }

void Desktop::followColors(std::function<void(bool dark)>) { }

} // namespace bitfront
