// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/result_model.h"

#include "widgets/workbench/plan_choice.h"
#include "widgets/workbench/text.h"

#include <QLocale>

#include <algorithm>
#include <limits>

namespace bitfront {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const Measurement* firstMeasured(const ResultSnapshot* snapshot)
{
    if (!snapshot)
        return nullptr;
    for (const ResultRecord& record : snapshot->records) {
        if (record.measurement())
            return record.measurement();
    }
    return nullptr;
}

bool sameHeads(const std::vector<OutputQuality>& a, const std::vector<OutputQuality>& b)
{
    return std::ranges::equal(a, b, [](const OutputQuality& x, const OutputQuality& y) {
        return x.output == y.output && x.metric == y.metric;
    });
}

} // namespace

bool ResultModel::continues(const ResultSnapshot& next) const
{
    if (!m_snapshot || next.records.size() < m_snapshot->records.size())
        return false;
    return std::equal(m_snapshot->records.begin(), m_snapshot->records.end(), next.records.begin(),
                      [](const ResultRecord& a, const ResultRecord& b) {
                          return a.config.name == b.config.name && a.finishedAt == b.finishedAt;
                      });
}

void ResultModel::setSnapshot(const SnapshotPtr& snapshot)
{
    std::vector<std::size_t> outputs;
    std::vector<OutputQuality> heads;
    if (const Measurement* measured = firstMeasured(snapshot.get());
        measured && !measured->outputs.empty()) {
        outputs.push_back(std::min(snapshot->outputIndex, measured->outputs.size() - 1));
        for (std::size_t i = 0; i < measured->outputs.size(); ++i) {
            if (i != outputs.front())
                outputs.push_back(i);
        }
        for (const std::size_t i : outputs)
            heads.push_back(measured->outputs[i]);
    } else if (snapshot) {
        outputs.push_back(0);
        heads.push_back({snapshot->judged.output, snapshot->judged.metric, 0, 0});
    }
    if (!snapshot || outputs.size() != std::max<std::size_t>(m_outputs.size(), 1)
        || !continues(*snapshot)) {
        beginResetModel();
        m_snapshot = snapshot;
        m_outputs = outputs;
        m_outputHeads = heads;
        endResetModel();
        return;
    }
    const int before = static_cast<int>(m_snapshot->records.size());
    const int after = static_cast<int>(snapshot->records.size());
    const bool headsChanged = !sameHeads(heads, m_outputHeads);
    if (after > before)
        beginInsertRows({}, running() + before, running() + after - 1);
    m_snapshot = snapshot;
    m_outputs = outputs;
    m_outputHeads = heads;
    if (after > before)
        endInsertRows();
    if (headsChanged)
        emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    if (before > 0)
        emit dataChanged(index(running(), 0), index(running() + before - 1, columnCount() - 1));
}

void ResultModel::setRunning(const std::vector<RunningJob>& jobs)
{
    const int before = running();
    const int after = static_cast<int>(jobs.size());
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_running = jobs;
        endRemoveRows();
    } else if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_running = jobs;
        endInsertRows();
    } else {
        m_running = jobs;
    }
    if (after > 0)
        emit dataChanged(index(0, 0), index(after - 1, columnCount() - 1));
}

void ResultModel::clear()
{
    beginResetModel();
    m_snapshot.reset();
    m_running.clear();
    m_outputs.clear();
    m_outputHeads.clear();
    endResetModel();
}

int ResultModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    return running() + (m_snapshot ? static_cast<int>(m_snapshot->records.size()) : 0);
}

int ResultModel::columnCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    return 8 + static_cast<int>(std::max<std::size_t>(m_outputs.size(), 1));
}

ResultModel::Column ResultModel::columnKind(int column) const
{
    const int qualities = columnCount() - 8;
    if (column < 2)
        return static_cast<Column>(column);
    if (column < 2 + qualities)
        return Column::Quality;
    return static_cast<Column>(column - qualities + 1);
}

int ResultModel::columnOf(Column kind) const
{
    const int position = static_cast<int>(kind);
    return position <= 2 ? position : position + columnCount() - 9;
}

int ResultModel::rowOf(RecordId record) const
{
    return record < 0 || running() + record >= rowCount() ? -1 : running() + record;
}

GroupId ResultModel::group(int row) const
{
    return row < running()
        ? m_running[static_cast<std::size_t>(row)].group
        : m_snapshot->records[static_cast<std::size_t>(row - running())].config.group;
}

bool ResultModel::isRefinement(int row) const
{
    return row >= running()
        && m_snapshot->records[static_cast<std::size_t>(row - running())].config.isRefinement();
}

QVariant ResultModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Column column = columnKind(index.column());
    if (role == ColumnKindRole)
        return static_cast<int>(column);
    if (role == Qt::TextAlignmentRole) {
        const bool left = column == Column::Name || column == Column::Group;
        return int(Qt::AlignVCenter
                   | (left                          ? Qt::AlignLeft
                          : column == Column::Front ? Qt::AlignHCenter
                                                    : Qt::AlignRight));
    }
    if (index.row() < running())
        return runningData(index.row(), column, role);
    return recordData(index.row() - running(), index.column(), role);
}

QVariant ResultModel::runningData(int row, Column column, int role) const
{
    const RunningJob& job = m_running[static_cast<std::size_t>(row)];
    const QString layers = job.layersTotal > 0
        ? tr("layer %1 of %2")
              .arg(std::min(job.layersDone + 1, job.layersTotal))
              .arg(job.layersTotal)
        : tr("starting");
    switch (role) {
    case RecordIdRole:
        return kNoRecord;
    case ProgressRole:
        return job.layersTotal > 0 ? double(job.layersDone) / job.layersTotal : 0.0;
    case StatusTextRole:
        return layers;
    case FailedRole:
        return false;
    case SortRole:
        return column == Column::Time ? job.elapsedMs : kNaN;
    case Qt::AccessibleTextRole:
        return tr("%1, running, %2").arg(toQString(title(configForName(job.name))), layers);
    case Qt::ToolTipRole:
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (column) {
    case Column::Name:
        return toQString(title(configForName(job.name)));
    case Column::Group:
        return toQString(groupKey(job.group));
    case Column::Time:
        return role == Qt::DisplayRole ? QLocale().toString(job.elapsedMs / 1000, 'f', 2)
                                       : QVariant();
    default:
        return {};
    }
}

QVariant ResultModel::recordData(int record, int column, int role) const
{
    const ResultRecord& entry = m_snapshot->records[static_cast<std::size_t>(record)];
    const AnalysedPoint& point = m_snapshot->analysis.points[static_cast<std::size_t>(record)];
    switch (role) {
    case Qt::DisplayRole:
        return display(record, column);
    case SortRole:
        return sortValue(record, column);
    case RecordIdRole:
        return record;
    case ProgressRole:
        return -1.0;
    case FailedRole:
        return point.failed;
    case StatusTextRole:
        if (const Failure* failure = entry.failure())
            return toQString(failure->message);
        return point.failed ? tr("the output is not finite") : QString();
    case Qt::AccessibleTextRole:
        return column == 0 ? accessibleRow(record) : display(record, column);
    case Qt::ToolTipRole:
        if (const Failure* failure = entry.failure())
            return toQString(failure->message + (failure->hint.empty() ? "" : " " + failure->hint));
        return columnKind(column) == Column::Name ? toQString(entry.config.name) : QString();
    default:
        return {};
    }
}

const OutputQuality* ResultModel::quality(int record, int column) const
{
    const Measurement* measured =
        m_snapshot->records[static_cast<std::size_t>(record)].measurement();
    const std::size_t position = static_cast<std::size_t>(column - 2);
    if (!measured || position >= m_outputs.size()
        || m_outputs[position] >= measured->outputs.size())
        return nullptr;
    return &measured->outputs[m_outputs[position]];
}

QVariant ResultModel::display(int record, int column) const
{
    const ResultRecord& entry = m_snapshot->records[static_cast<std::size_t>(record)];
    const Measurement* measured = entry.measurement();
    const Column kind = columnKind(column);
    if (kind == Column::Name)
        return toQString(title(entry.config));
    if (kind == Column::Group)
        return toQString(groupKey(entry.config.group));
    if (!measured)
        return {};
    switch (kind) {
    case Column::Quality: {
        const OutputQuality* value = quality(record, column);
        return value ? qualityText(value->value, value->metric) : QString();
    }
    case Column::Bits:
        return QLocale().toString(measured->size.averageBits(), 'f', 2);
    case Column::Ratio:
        return ratioText(measured->size.compressionRatio());
    case Column::Size:
        return megabytesText(measured->size.megabytes());
    case Column::Coverage:
        return tr("%1 / %2").arg(measured->size.compressedLayers).arg(measured->size.totalLayers);
    case Column::Time:
        return QLocale().toString(measured->timeMs / 1000, 'f', 2);
    case Column::Front:
        return m_snapshot->analysis.points[static_cast<std::size_t>(record)].onFront
            ? tr("on front")
            : QString();
    default:
        return {};
    }
}

QVariant ResultModel::sortValue(int record, int column) const
{
    const ResultRecord& entry = m_snapshot->records[static_cast<std::size_t>(record)];
    const Measurement* measured = entry.measurement();
    const Column kind = columnKind(column);
    if (kind == Column::Name)
        return toQString(title(entry.config));
    if (kind == Column::Group)
        return double(entry.config.group);
    if (!measured)
        return kNaN;
    switch (kind) {
    case Column::Quality: {
        const OutputQuality* value = quality(record, column);
        return value ? value->value : kNaN;
    }
    case Column::Bits:
        return measured->size.averageBits();
    case Column::Ratio:
        return measured->size.compressionRatio();
    case Column::Size:
        return measured->size.megabytes();
    case Column::Coverage:
        return double(measured->size.compressedLayers) / std::max(measured->size.totalLayers, 1);
    case Column::Time:
        return measured->timeMs;
    case Column::Front:
        return m_snapshot->analysis.points[static_cast<std::size_t>(record)].onFront ? 1.0 : 0.0;
    default:
        return {};
    }
}

} // namespace bitfront
