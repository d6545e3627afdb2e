// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep does now, what it will do and in which order, and what failed: rows that keep their
// identity while they move.
#pragma once

#include "core/run/sweep_runner.h"

#include <QAbstractTableModel>

#include <optional>
#include <string>
#include <vector>

namespace bitfront {

struct ResultSnapshot;

/// One configuration of the queue.
struct QueueEntry
{
    enum class State
    {
        Running,
        Waiting,
        Failed
    };
    State state = State::Waiting;
    std::string name; ///< CompressionConfig::name
    GroupId group = GroupId::PerChannel;
    double progress = 0; ///< of a running one, 0…1
    QString note; ///< layers done, place in the queue, reason of the failure
};

class QueueModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        GroupColumn,
        NoteColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Running first, then what waits in its order, then what failed and is not tried again.
    /// `snapshot` may be null. Rows move and change in place: a selection stays on its
    /// configuration.
    void setQueue(const std::vector<RunningJob>& running, const std::vector<QueuedJob>& waiting,
                  const ResultSnapshot* snapshot);
    int count(QueueEntry::State state) const;
    const QueueEntry* entry(const QModelIndex& index) const;
    int rowOf(const std::string& name) const; ///< −1 when it is not in the queue

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void adopt(std::vector<QueueEntry> next);

    std::vector<QueueEntry> m_entries;
};

} // namespace bitfront
