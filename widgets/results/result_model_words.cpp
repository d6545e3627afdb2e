// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the results table: headers with their explanations, and rows as a screen reader says
// them.
#include "widgets/results/result_model.h"
#include "widgets/workbench/text.h"

#include <algorithm>

namespace bitfront {

QString ResultModel::accessibleRow(int record) const
{
    const ResultRecord& entry = m_snapshot->records[static_cast<std::size_t>(record)];
    QString text = tr("row %1 of %2, %3")
                       .arg(record + 1)
                       .arg(m_snapshot->records.size())
                       .arg(toQString(title(entry.config)));
    const Measurement* measured = entry.measurement();
    if (!measured)
        return tr("%1, failed").arg(text);
    if (const OutputQuality* value = quality(record, 2))
        text +=
            tr(", %1 %2").arg(qualityText(value->value, value->metric), metricUnit(value->metric));
    text += QStringLiteral(", ") + ratioText(measured->size.compressionRatio());
    if (m_snapshot->analysis.points[static_cast<std::size_t>(record)].onFront)
        text += tr(", on front");
    return text;
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const Column kind = columnKind(section);
    if (role == Qt::TextAlignmentRole) {
        const bool left = kind == Column::Name || kind == Column::Group;
        return int(Qt::AlignVCenter
                   | (left                        ? Qt::AlignLeft
                          : kind == Column::Front ? Qt::AlignHCenter
                                                  : Qt::AlignRight));
    }
    const std::size_t output = static_cast<std::size_t>(std::max(section - 2, 0));
    const bool known = output < m_outputHeads.size();
    if (role == Qt::ToolTipRole) {
        switch (kind) {
        case Column::Quality:
            return known
                ? tr("Quality of output %1 against the uncompressed model; higher is better.")
                      .arg(toQString(m_outputHeads[output].output))
                : QString();
        case Column::Bits:
            return tr("Average bits per parameter, scales and tables included.");
        case Column::Ratio:
            return tr("Size of the model at 16 bits divided by its compressed size.");
        case Column::Size:
            return tr("Size of all parameters in MiB (2^20 bytes).");
        case Column::Coverage:
            return tr("Compressed weight tensors of all that could be compressed.");
        case Column::Time:
            return tr("Compression and one forward pass, in seconds.");
        case Column::Front:
            return tr("No other result is both smaller and better.");
        default:
            return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (kind) {
    case Column::Name:
        return tr("Configuration");
    case Column::Group:
        return tr("Group");
    case Column::Quality: {
        if (!known)
            return tr("Quality");
        const OutputQuality& head = m_outputHeads[output];
        const QString unit = metricUnit(head.metric);
        QString text = metricTitle(head.metric);
        if (m_outputs.size() > 1)
            text += QLatin1Char(' ') + toQString(head.output);
        return unit.isEmpty() ? text : text + QStringLiteral(", ") + unit;
    }
    case Column::Bits:
        return tr("Bits");
    case Column::Ratio:
        return tr("Ratio");
    case Column::Size:
        return tr("Size, MB");
    case Column::Coverage:
        return tr("Coverage");
    case Column::Time:
        return tr("Time, s");
    case Column::Front:
        return tr("Front");
    }
    return {};
}

} // namespace bitfront
