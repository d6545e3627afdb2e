// SPDX-License-Identifier: GPL-3.0-or-later
// Terms of the filter in the words of the window: for chips and sentences.
#pragma once

#include "core/plan/record_filter.h"

#include <QString>

namespace bitfront {

/// "bits ≤ 6.1", "PSNR ≥ 28 dB", "ratio 2.1–3.4×", "group 2", "not on front".
/// `judged` is the metric behind "quality".
QString filterChipText(const FilterTerm& term, Metric judged);

} // namespace bitfront
