// SPDX-License-Identifier: GPL-3.0-or-later
// Two results in words: the headline of a comparison and the rows that differ.
#pragma once

#include "core/plan/comparison.h"

#include <QString>

#include <vector>

namespace bitfront {

/// "A is 42 % of B's size; B is 3.1 dB better." Judged by `output`.
QString compareHeadline(const Comparison& comparison, const std::string& output);

struct CompareRow
{
    QString name, a, b, difference;
};
/// Qualities, bits, ratio, size, coverage and time, those that read the same left out.
std::vector<CompareRow> compareRows(const ResultRecord& a, const ResultRecord& b,
                                    const Comparison& comparison);

} // namespace bitfront
