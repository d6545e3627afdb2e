// SPDX-License-Identifier: GPL-3.0-or-later
// The two pages that views of a result have in common: words while there is nothing to show, and a
// choice at the left of what was chosen.
#pragma once

class QStackedLayout;
class QWidget;

namespace bitfront {

class Label;

/// Page 0: `words`. Page 1: `side`, a line, and `main`, which takes the rest of the width.
void addViewPages(QStackedLayout& pages, Label* words, QWidget* side, QWidget* main);

} // namespace bitfront
