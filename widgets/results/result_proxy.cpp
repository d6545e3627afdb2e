// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/result_proxy.h"

#include "widgets/results/result_model.h"
#include "widgets/selection.h"

#include <cmath>

namespace bitfront {

ResultProxy::ResultProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(ResultModel::SortRole);
    setDynamicSortFilter(true);
}

void ResultProxy::setSelection(const Selection* selection)
{
    m_selection = selection;
    invalidateFilter();
}

bool ResultProxy::filterAcceptsRow(int row, const QModelIndex&) const
{
    if (m_selection == nullptr)
        return true;
    const int record = sourceModel()->index(row, 0).data(ResultModel::RecordIdRole).toInt();
    // What is being measured has no result to be judged by; what just came in is not judged yet.
    return record == kNoRecord
        || static_cast<std::size_t>(record) >= m_selection->visibilities().size()
        || m_selection->isShown(record);
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
