// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/compare_model.h"

#include "widgets/workbench/text.h"

#include <QLocale>
#include <QPoint>

#include <cmath>

namespace bitfront {

namespace {

/// For a cell: "p6 g8", "kept".
QString storageCode(const std::optional<LayerStorage>& storage)
{
    if (!storage)
        return QStringLiteral("—");
    return storage->kind == StorageKind::Untouched ? CompareModel::tr("kept")
                                                   : toQString(formatCode(storage->spec));
}

/// In words: "6-bit palette, group 8", "kept at 16 bits".
QString storageText(const std::optional<LayerStorage>& storage)
{
    if (!storage)
        return CompareModel::tr("no such layer");
    return storage->kind == StorageKind::Untouched ? CompareModel::tr("kept at 16 bits")
                                                   : toQString(formatTitle(storage->spec));
}

/// "+1.2", "−0.4", "0.0", with a real minus.
QString signedText(double value, int decimals)
{
    QString text = QLocale().toString(std::abs(value), 'f', decimals);
    const bool zero = std::abs(value) < 0.5 * std::pow(10, -decimals);
    if (!zero)
        text.prepend(value < 0 ? QChar(0x2212) : QLatin1Char('+'));
    return text;
}

std::optional<double> errorDifference(const std::optional<LayerStorage>& a,
                                      const std::optional<LayerStorage>& b)
{
    if (!a || !b || !a->weightErrorDb || !b->weightErrorDb)
        return std::nullopt;
    const double difference = *b->weightErrorDb - *a->weightErrorDb;
    return std::isfinite(difference) ? std::optional(difference) : std::nullopt;
}

} // namespace

void CompareModel::setLayers(const std::vector<LayerDelta>& layers)
{
    beginResetModel();
    m_rows.clear();
    for (const LayerDelta& delta : layers) {
        Row row {delta.layer, std::nullopt, std::nullopt, delta.bits(), delta.differs()};
        if (delta.a)
            row.a = *delta.a;
        if (delta.b)
            row.b = *delta.b;
        m_rows.push_back(std::move(row));
    }
    QStringList names;
    for (const Row& row : m_rows)
        names << toQString(row.layer);
    m_ends = commonEnds(names);
    endResetModel();
}

const LayerStorage* CompareModel::a(int row) const
{
    const auto& storage = m_rows[static_cast<std::size_t>(row)].a;
    return storage ? &*storage : nullptr;
}

const LayerStorage* CompareModel::b(int row) const
{
    const auto& storage = m_rows[static_cast<std::size_t>(row)].b;
    return storage ? &*storage : nullptr;
}

int CompareModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CompareModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant CompareModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(row, index.column());
    case NameEndsRole:
        return QPoint(m_ends.first, m_ends.last);
    case SameRole:
        return !row.differs;
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter
                   | (index.column() >= DeltaColumn ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        return index.column() == AColumn ? storageText(row.a)
            : index.column() == BColumn  ? storageText(row.b)
                                         : display(row, index.column());
    case Qt::ToolTipRole:
        return tr("%1\nA: %2\nB: %3")
            .arg(toQString(row.layer), storageText(row.a), storageText(row.b));
    default:
        return {};
    }
}

QVariant CompareModel::display(const Row& row, int column) const
{
    switch (column) {
    case LayerColumn:
        return toQString(row.layer);
    case AColumn:
        return storageCode(row.a);
    case BColumn:
        return storageCode(row.b);
    case DeltaColumn:
        return signedText(double(row.bits) / 8192, 1);
    case ErrorColumn: {
        const auto difference = errorDifference(row.a, row.b);
        return difference ? signedText(*difference, 1) : QStringLiteral("—");
    }
    default:
        return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section >= DeltaColumn ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole) {
        if (section == DeltaColumn)
            return tr("Stored size of B minus that of A, in KiB");
        if (section == ErrorColumn)
            return tr("Weight error of B minus that of A, in dB: below zero, B is nearer to the "
                      "original");
        return {};
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case LayerColumn:
        return tr("Layer");
    case AColumn:
        return QStringLiteral("A");
    case BColumn:
        return QStringLiteral("B");
    case DeltaColumn:
        return tr("KB, B−A");
    default:
        return tr("dB, B−A");
    }
}

} // namespace bitfront
