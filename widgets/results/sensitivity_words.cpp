// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SensitivityModel that answers what a cell or a row says.
#include "widgets/results/layer_names.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/workbench/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

QString withUnit(double quality, Metric metric)
{
    const QString unit = metricUnit(metric);
    const QString text = qualityText(quality, metric);
    return unit.isEmpty() || std::isinf(quality) ? text : text + QLatin1Char(' ') + unit;
}

/// "8 bits or more", "fp16", "4-bit palette".
QString lockWords(const std::string& format, const std::vector<ScanOption>& options)
{
    if (format == "fp16")
        return QStringLiteral("fp16");
    for (const ScanOption& option : options)
        if (option.key == format)
            return toQString(formatTitle(option.spec));
    const bool more = format.ends_with('+');
    const QString bits = toQString(more ? format.substr(0, format.size() - 1) : format);
    return (more ? SensitivityModel::tr("%1 bits or more") : SensitivityModel::tr("%1 bits"))
        .arg(bits);
}

} // namespace

QString SensitivityModel::rowName(const Row& row) const
{
    if (!row.members.empty())
        return toQString(row.module);
    return toQString(m_view->space.units[row.unit].name);
}

QString SensitivityModel::lockText(const Row& row) const
{
    if (!row.members.empty())
        return lockedInside(row);
    QStringList words;
    for (const FormatLock& lock : m_locks)
        for (const std::size_t layer : m_view->space.units[row.unit].layers)
            if (fitsPattern(lock.layer, m_view->model.layers[layer].name)) {
                const QString text = lockWords(lock.format, m_view->space.options[row.unit]);
                if (!words.contains(text))
                    words << text;
            }
    return words.join(QStringLiteral(", "));
}

/// What a folded module hides: "2 of 5 layers".
QString SensitivityModel::lockedInside(const Row& row) const
{
    if (!m_folded.contains(row.module))
        return {};
    const auto locked = std::ranges::count_if(row.members, [this](std::size_t unit) {
        return !lockText(Row {{}, unit, {}}).isEmpty();
    });
    return locked == 0 ? QString() : tr("%1 of %2 layers").arg(locked).arg(row.members.size());
}

/// Of a folded module's cell: its worst layer, and in how many of them the recipe has this format.
QString SensitivityModel::moduleToolTip(const Row& row, int column, const QString& head) const
{
    QStringList lines;
    const Cell worst = cell(row, column);
    if (worst.state == Cell::State::Known)
        lines << (row.members.size() == 1
                      ? tr("%1: %2").arg(head, withUnit(worst.quality, metric()))
                      : tr("%1: %2, the worst of %3 layers")
                            .arg(head, withUnit(worst.quality, metric()))
                            .arg(row.members.size()));
    const auto chosen = std::ranges::count_if(row.members, [&](std::size_t unit) {
        const auto place = option(unit, column);
        return place && m_choice.size() > unit && m_choice[unit] == *place;
    });
    if (chosen > 0 && m_folded.contains(row.module))
        lines << tr("Chosen for %1 of %2 layers in the recipe shown")
                     .arg(chosen)
                     .arg(row.members.size());
    return lines.join(QLatin1Char('\n'));
}

QString SensitivityModel::toolTip(const Row& row, int column) const
{
    const auto& formats = m_view->header.settings.formats;
    const QString format = column == 0
        ? QStringLiteral("fp16")
        : toQString(formatTitle(formats[static_cast<std::size_t>(column - 1)]));
    const QString head = tr("%1, %2").arg(rowName(row), format);
    const Cell one = cell(row, column);
    if (!row.members.empty())
        return moduleToolTip(row, column, head);
    if (column == 0)
        return tr("%1: kept as it is, which counts as free of error").arg(head);
    const auto place = option(row.unit, column);
    if (!place)
        return tr("%1: comes out like another format here, or is no smaller than fp16").arg(head);
    const ScanOption& known = m_view->space.options[row.unit][*place];
    QStringList lines;
    switch (one.state) {
    case Cell::State::None:
        break;
    case Cell::State::Waiting:
        lines << tr("%1: not measured yet").arg(head);
        break;
    case Cell::State::Known:
        lines << (std::isinf(one.quality) && one.quality < 0
                      ? tr("%1: failed, or the output is not finite").arg(head)
                      : (one.estimated
                             ? tr("%1: about %2, estimated from the change of the weights")
                             : tr("%1: %2 with only this layer compressed"))
                            .arg(head, withUnit(one.quality, metric())));
        break;
    }
    lines << tr("%1 bits per weight with its tables and scales")
                 .arg(QLocale().toString(known.bitsPerWeight(m_view->space.units[row.unit]), 'f',
                                         2));
    if (!m_allowed[row.unit][*place])
        lines << tr("Ruled out by a lock: %1").arg(lockText(row));
    else if (m_choice.size() > row.unit && m_choice[row.unit] == *place)
        lines << tr("Chosen in the recipe shown");
    return lines.join(QLatin1Char('\n'));
}

QVariant SensitivityModel::data(const QModelIndex& index, int role) const
{
    if (!m_view
        || !checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    if (role >= ModuleRole)
        return rowData(row, role);
    const Cell one = cell(row, column);
    const bool known = one.state == Cell::State::Known;
    const auto place = row.members.empty() ? option(row.unit, column) : std::nullopt;
    switch (role) {
    case Qt::DisplayRole:
        if (column == 0 && place)
            return QStringLiteral("–");
        if (!known)
            return one.state == Cell::State::Waiting ? QStringLiteral("·") : QString();
        if (std::isinf(one.quality) && one.quality < 0)
            return QStringLiteral("×");
        return (one.estimated ? QStringLiteral("~") : QString())
            + qualityText(one.quality, metric());
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return toolTip(row, column);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignCenter);
    case ShareRole:
        return known ? QVariant(m_range.share(one.quality)) : QVariant();
    case ChosenRole:
        return place && m_choice.size() > row.unit && m_choice[row.unit] == *place;
    case ForbiddenRole:
        return place && !m_allowed[row.unit][*place];
    case EstimatedRole:
        return one.estimated;
    default:
        return {};
    }
}

QVariant SensitivityModel::rowData(const Row& row, int role) const
{
    const ScanSpace& space = m_view->space;
    switch (role) {
    case ModuleRole:
        return !row.members.empty();
    case FoldedRole:
        return !row.members.empty() && m_folded.contains(row.module);
    case LockRole:
        return lockText(row);
    case ShortNameRole:
        return nameWithin(toQString(row.under), rowName(row));
    case UnderRole:
        return !row.under.empty();
    case TiedRole:
        return row.members.empty() && space.units[row.unit].layers.size() > 1;
    case SizeShareRole: {
        double elements = 0;
        const auto units = row.members.empty() ? std::vector<std::size_t> {row.unit} : row.members;
        for (const std::size_t unit : units)
            elements += static_cast<double>(space.units[unit].elements);
        return elements / static_cast<double>(std::max<std::int64_t>(space.totalElements, 1));
    }
    default:
        return {};
    }
}

QVariant SensitivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (!m_view || section < 0
        || section >= (orientation == Qt::Horizontal ? columnCount() : rowCount()))
        return {};
    if (orientation == Qt::Horizontal) {
        const auto& formats = m_view->header.settings.formats;
        const auto place = static_cast<std::size_t>(section);
        const std::optional<CompressionSpec> spec =
            place == 0 ? std::nullopt : std::optional(formats[place - 1]);
        if (role == Qt::DisplayRole)
            return toQString(formatCode(spec));
        if (role == Qt::ToolTipRole)
            return tr("%1. Click to put the layers that lose most with it on top.")
                .arg(toQString(formatTitle(spec)));
        if (role == Qt::TextAlignmentRole)
            return int(Qt::AlignCenter);
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(section)];
    if (role >= ModuleRole)
        return rowData(row, role);
    const QString share = QLocale().toString(100 * rowData(row, SizeShareRole).toDouble(), 'f', 1);
    switch (role) {
    case Qt::DisplayRole:
        return rowName(row);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: {
        QString text = tr("%1, %2 % of all weights").arg(rowName(row), share);
        if (row.members.empty() && m_view->space.units[row.unit].layers.size() > 1)
            text += tr(", tied: these layers get one format");
        const QString lock = lockText(row);
        return lock.isEmpty() ? text : text + tr(", locked: %1").arg(lock);
    }
    default:
        return {};
    }
}

} // namespace bitfront
