// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/queue_model.h"

#include "widgets/result_snapshot.h"
#include "widgets/workbench/plan_choice.h"
#include "widgets/workbench/text.h"

#include <algorithm>

namespace bitfront {

namespace {

using State = QueueEntry::State;

QueueEntry runningEntry(const RunningJob& job)
{
    QueueEntry entry {State::Running, job.name, job.group, 0, QueueModel::tr("starting")};
    if (job.layersTotal > 0) {
        entry.progress = double(job.layersDone) / job.layersTotal;
        entry.note = job.layersDone < job.layersTotal
            ? QueueModel::tr("layer %1 of %2").arg(job.layersDone + 1).arg(job.layersTotal)
            : QueueModel::tr("measuring");
    }
    return entry;
}

bool contains(const std::vector<QueueEntry>& entries, const std::string& name)
{
    return std::ranges::find(entries, name, &QueueEntry::name) != entries.end();
}

} // namespace

void QueueModel::setQueue(const std::vector<RunningJob>& running,
                          const std::vector<QueuedJob>& waiting, const ResultSnapshot* snapshot)
{
    std::vector<QueueEntry> next;
    for (const RunningJob& job : running)
        next.push_back(runningEntry(job));
    int place = 0;
    for (const QueuedJob& job : waiting) {
        ++place;
        next.push_back({State::Waiting, job.name, job.group, 0,
                        place == 1 ? tr("next") : tr("waits, number %1").arg(place)});
    }
    if (snapshot) {
        for (const ResultRecord& record : snapshot->records) {
            if (record.failure() && !contains(next, record.config.name))
                next.push_back({State::Failed, record.config.name, record.config.group, 0,
                                tr("failed: %1").arg(toQString(record.failure()->message))});
        }
    }
    adopt(std::move(next));
}

/// Turns the rows into `next` step by step, so that views keep what is selected and in sight.
void QueueModel::adopt(std::vector<QueueEntry> next)
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (contains(next, m_entries[static_cast<std::size_t>(row)].name))
            continue;
        beginRemoveRows({}, row, row);
        m_entries.erase(m_entries.begin() + row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(next.size()); ++row) {
        const QueueEntry& wanted = next[static_cast<std::size_t>(row)];
        const int from = rowOf(wanted.name);
        if (from < 0) {
            beginInsertRows({}, row, row);
            m_entries.insert(m_entries.begin() + row, wanted);
            endInsertRows();
        } else if (from > row) {
            beginMoveRows({}, from, from, {}, row);
            std::rotate(m_entries.begin() + row, m_entries.begin() + from,
                        m_entries.begin() + from + 1);
            endMoveRows();
        }
    }
    m_entries = std::move(next);
    if (!m_entries.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int QueueModel::count(State state) const
{
    return static_cast<int>(std::ranges::count(m_entries, state, &QueueEntry::state));
}

const QueueEntry* QueueModel::entry(const QModelIndex& index) const
{
    const auto row = static_cast<std::size_t>(index.row());
    return index.isValid() && row < m_entries.size() ? &m_entries[row] : nullptr;
}

int QueueModel::rowOf(const std::string& name) const
{
    const auto found = std::ranges::find(m_entries, name, &QueueEntry::name);
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

int QueueModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int QueueModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant QueueModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const QueueEntry& row = m_entries[static_cast<std::size_t>(index.row())];
    const QString name = toQString(title(configForName(row.name)));
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == NameColumn ? name
            : index.column() == GroupColumn ? toQString(groupKey(row.group))
                                            : row.note;
    case Qt::ToolTipRole:
        return index.column() == NoteColumn ? row.note : toQString(row.name);
    case Qt::AccessibleTextRole:
        return index.column() == NameColumn ? name + QStringLiteral(", ") + row.note
                                            : data(index, Qt::DisplayRole);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | Qt::AlignLeft);
    default:
        return {};
    }
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | Qt::AlignLeft);
    if (role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Configuration")
        : section == GroupColumn ? tr("Group")
                                 : tr("State");
}

} // namespace bitfront
