// SPDX-License-Identifier: GPL-3.0-or-later
// Every configuration of a run as a table row: what is being measured right now first, then the
// records.
#pragma once

#include "core/run/sweep_runner.h"
#include "widgets/result_snapshot.h"

#include <QAbstractTableModel>

#include <vector>

namespace bitfront {

class ResultModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum class Column
    {
        Name,
        Group,
        Quality,
        Bits,
        Ratio,
        Size,
        Coverage,
        Time,
        Front
    };
    enum Role
    {
        SortRole = Qt::UserRole + 1, ///< double or string; NaN sorts last
        RecordIdRole, ///< RecordId, kNoRecord for a running row
        ProgressRole, ///< 0…1 for a running row, −1 otherwise
        StatusTextRole, ///< "layer 9 of 13" or why the record failed; else empty
        FailedRole,
        ColumnKindRole ///< Column, for delegates
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Appends what is new when the snapshot continues the one shown; otherwise starts over.
    void setSnapshot(const SnapshotPtr& snapshot);
    void setRunning(const std::vector<RunningJob>& jobs);
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const SnapshotPtr& snapshot() const { return m_snapshot; }
    int rowOf(RecordId record) const;
    Column columnKind(int column) const;
    int columnOf(Column kind) const;
    /// Marker of a row: group and whether it is a refinement.
    GroupId group(int row) const;
    bool isRefinement(int row) const;

private:
    bool continues(const ResultSnapshot& next) const;
    int running() const { return static_cast<int>(m_running.size()); }
    QVariant runningData(int row, Column column, int role) const;
    QVariant recordData(int record, int column, int role) const;
    QVariant display(int record, int column) const;
    QVariant sortValue(int record, int column) const;
    const OutputQuality* quality(int record, int column) const;
    QString accessibleRow(int record) const;

    SnapshotPtr m_snapshot;
    std::vector<RunningJob> m_running;
    std::vector<std::size_t> m_outputs; ///< of Measurement::outputs, judged first
    std::vector<OutputQuality> m_outputHeads; ///< name and metric of each, for headers
};

} // namespace bitfront
