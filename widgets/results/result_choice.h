// SPDX-License-Identifier: GPL-3.0-or-later
// A box to choose one measured result of a run from, the smallest first.
#pragma once

#include "core/plan/result.h"

#include <QComboBox>

#include <vector>

namespace bitfront {

class ResultChoice : public QComboBox
{
    Q_OBJECT

public:
    ResultChoice(const QString& name, const QString& accessibleName, QWidget* parent = nullptr);
    /// Lists what of `records` is measured and chooses `current` (an index, or −1). New results
    /// join those that are listed already: a list that is open stays as it is under the mouse.
    void setRecords(const std::vector<ResultRecord>& records, int current);

private:
    struct Entry
    {
        int record = 0;
        std::string name;
        double ratio = 0;
        bool operator==(const Entry&) const = default;
    };
    static std::vector<Entry> entriesOf(const std::vector<ResultRecord>& records);
    void dropUnlessPartOf(const std::vector<Entry>& wanted);

    std::vector<Entry> m_entries; ///< as listed
};

} // namespace bitfront
