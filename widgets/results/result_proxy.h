// SPDX-License-Identifier: GPL-3.0-or-later
// Order of the results table: running rows first, missing numbers last, whatever the column and
// direction; and the groups that are toggled off left out.
#pragma once

#include "core/plan/compression_config.h"

#include <QSortFilterProxyModel>

#include <set>

namespace bitfront {

class ResultProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ResultProxy(QObject* parent = nullptr);

    void setGroupVisible(GroupId group, bool visible);
    void setRefinementsVisible(bool visible);

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    std::set<GroupId> m_hidden;
    bool m_refinements = true;
};

} // namespace bitfront
