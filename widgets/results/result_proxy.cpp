// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/result_proxy.h"

#include "widgets/results/result_model.h"

#include <cmath>

namespace bitfront {

ResultProxy::ResultProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(ResultModel::SortRole);
    setDynamicSortFilter(true);
}

void ResultProxy::setGroupVisible(GroupId group, bool visible)
{
    if (visible)
        m_hidden.erase(group);
    else
        m_hidden.insert(group);
    invalidateFilter();
}

void ResultProxy::setRefinementsVisible(bool visible)
{
    m_refinements = visible;
    invalidateFilter();
}

bool ResultProxy::filterAcceptsRow(int row, const QModelIndex&) const
{
    const auto* model = static_cast<const ResultModel*>(sourceModel());
    if (model->index(row, 0).data(ResultModel::RecordIdRole).toInt() == kNoRecord)
        return true;
    return m_hidden.count(model->group(row)) == 0 && (m_refinements || !model->isRefinement(row));
}

bool ResultProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const bool ascending = sortOrder() == Qt::AscendingOrder;
    const bool leftRuns = left.data(ResultModel::RecordIdRole).toInt() == kNoRecord;
    const bool rightRuns = right.data(ResultModel::RecordIdRole).toInt() == kNoRecord;
    if (leftRuns != rightRuns)
        return leftRuns == ascending;
    if (leftRuns)
        return ascending ? left.row() < right.row() : left.row() > right.row();
    const QVariant a = left.data(ResultModel::SortRole);
    const QVariant b = right.data(ResultModel::SortRole);
    if (a.userType() == QMetaType::QString)
        return a.toString().localeAwareCompare(b.toString()) < 0;
    const bool aMissing = std::isnan(a.toDouble());
    const bool bMissing = std::isnan(b.toDouble());
    if (aMissing != bMissing)
        return bMissing == ascending;
    if (aMissing || a.toDouble() == b.toDouble())
        return left.row() < right.row();
    return a.toDouble() < b.toDouble();
}

} // namespace bitfront
