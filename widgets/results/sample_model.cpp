// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/sample_model.h"

#include "widgets/workbench/text.h"

#include <algorithm>

namespace bitfront {

void SampleModel::setRanking(std::vector<SampleQuality> ranking, Metric metric)
{
    beginResetModel();
    m_ranking = std::move(ranking);
    m_metric = metric;
    endResetModel();
}

std::int64_t SampleModel::sampleOf(int row) const
{
    return row >= 0 && static_cast<std::size_t>(row) < m_ranking.size()
        ? m_ranking[static_cast<std::size_t>(row)].sample
        : -1;
}

int SampleModel::rowOf(std::int64_t sample) const
{
    const auto found = std::ranges::find(m_ranking, sample, &SampleQuality::sample);
    return found == m_ranking.end() ? -1 : static_cast<int>(found - m_ranking.begin());
}

int SampleModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_ranking.size());
}

int SampleModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant SampleModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SampleQuality& entry = m_ranking[static_cast<std::size_t>(index.row())];
    const bool sample = index.column() == SampleColumn;
    switch (role) {
    case Qt::DisplayRole:
        return sample ? QString::number(entry.sample) : qualityText(entry.value, m_metric);
    case Qt::AccessibleTextRole:
        return sample ? tr("sample %1").arg(entry.sample) : qualityWithUnit(m_metric, entry.value);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (sample ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant SampleModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == SampleColumn ? Qt::AlignLeft : Qt::AlignRight));
    if (role == Qt::ToolTipRole && section == SampleColumn)
        return tr("Place along the first axis of the inputs; the worst sample comes first.");
    if (role != Qt::DisplayRole)
        return {};
    if (section == SampleColumn)
        return tr("Sample");
    const QString unit = metricUnit(m_metric);
    return unit.isEmpty() ? metricTitle(m_metric)
                          : metricTitle(m_metric) + QStringLiteral(", ") + unit;
}

} // namespace bitfront
