// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/layer_model.h"

#include "widgets/workbench/text.h"

#include <QLocale>
#include <QPoint>

#include <cmath>

namespace bitfront {

namespace {

constexpr double kBitsPerKilobyte = 8.0 * 1024.0;
constexpr double kFp16Bits = 16.0;

bool kept(const LayerStorage& layer)
{
    return layer.kind == StorageKind::Untouched;
}

bool isText(int column)
{
    return column == LayerModel::NameColumn || column == LayerModel::TypeColumn
        || column == LayerModel::ShapeColumn || column == LayerModel::StoredAsColumn
        || column == LayerModel::ReasonColumn;
}

double kilobytes(const LayerStorage& layer)
{
    return static_cast<double>(layer.bits.total()) / kBitsPerKilobyte;
}

} // namespace

void LayerModel::setLayers(std::vector<LayerStorage> layers, std::shared_ptr<const ModelInfo> model)
{
    beginResetModel();
    m_layers = std::move(layers);
    m_model = std::move(model);
    QStringList names;
    for (const LayerStorage& layer : m_layers)
        names << toQString(layer.layer);
    m_ends = commonEnds(names);
    endResetModel();
}

int LayerModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_layers.size());
}

int LayerModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant LayerModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LayerStorage& layer = m_layers[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(layer, index.column());
    case Qt::ToolTipRole:
        return toolTip(layer);
    case FractionRole:
        return kept(layer) ? 1.0 : layer.bitsPerCode / kFp16Bits;
    case KeptRole:
        return kept(layer);
    case NameEndsRole:
        return QPoint(m_ends.first, m_ends.last);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isText(index.column()) ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::AccessibleTextRole:
        return index.column() == NameColumn ? tr("%1, %2 bits, %3")
                                                  .arg(toQString(layer.layer))
                                                  .arg(layer.bitsPerCode)
                                                  .arg(toQString(layer.granularityText()))
                                            : display(layer, index.column());
    case SortRole:
        return sortValue(layer, index.row(), index.column());
    default:
        return {};
    }
}

QVariant LayerModel::sortValue(const LayerStorage& layer, int row, int column) const
{
    switch (column) {
    case NameColumn:
        return row;
    case BitsColumn:
        return layer.bitsPerCode;
    case StoredBitsColumn:
        return layer.bitsPerWeight();
    case ErrorColumn:
        return kept(layer) ? -1e9 : layer.weightErrorDb.value_or(-1e9);
    case SizeColumn:
        return kilobytes(layer);
    default:
        return display(layer, column);
    }
}

QVariant LayerModel::display(const LayerStorage& layer, int column) const
{
    const LayerInfo* info = m_model ? m_model->layer(layer.layer) : nullptr;
    switch (column) {
    case NameColumn:
        return toQString(layer.layer);
    case TypeColumn:
        return info ? toQString(info->shortType()) : QString();
    case ShapeColumn:
        return info ? toQString(shapeText(info->shape)) : QString();
    case StoredAsColumn:
        return toQString(layer.granularityText());
    case StoredBitsColumn:
        return QLocale().toString(layer.bitsPerWeight(), 'f', 2);
    case ReasonColumn:
        return toQString(layer.reason);
    case BitsColumn:
        return QString::number(kept(layer) ? 16 : layer.bitsPerCode);
    case ErrorColumn:
        if (kept(layer))
            return tr("kept");
        if (!layer.weightErrorDb)
            return {};
        if (std::isinf(*layer.weightErrorDb))
            return QStringLiteral("−∞");
        return QLocale()
            .toString(*layer.weightErrorDb, 'f', 1)
            .replace(QLatin1Char('-'), QChar(0x2212));
    case SizeColumn:
        return QLocale().toString(kilobytes(layer), 'f', 1);
    default:
        return {};
    }
}

QString LayerModel::toolTip(const LayerStorage& layer) const
{
    QString text = toQString(layer.layer);
    if (const LayerInfo* info = m_model ? m_model->layer(layer.layer) : nullptr) {
        text += tr("\n%1, %2, %3 weights")
                    .arg(toQString(info->shortType()), toQString(shapeText(info->shape)),
                         countText(info->elements()));
        if (!info->tiedWith.empty())
            text += tr("\nshared with %1").arg(toQString(info->tiedWith.front()));
    }
    text += tr("\n%1, %2 bits per weight with side tables")
                .arg(toQString(layer.granularityText()),
                     QLocale().toString(layer.bitsPerWeight(), 'f', 2));
    if (!layer.reason.empty())
        text += QLatin1Char('\n') + toQString(layer.reason);
    return text;
}

QVariant LayerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (isText(section) ? Qt::AlignLeft : Qt::AlignRight));
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case BitsColumn:
            return tr("Bits of one stored code. Scales and tables come on top.");
        case StoredBitsColumn:
            return tr("Stored bits per weight, scales and tables included.");
        case ErrorColumn:
            return tr("Energy of the change of the weights against the weights themselves, in dB. "
                      "Lower is better.");
        case SizeColumn:
            return tr("Stored size with scales and tables, in KiB.");
        default:
            return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Layer");
    case TypeColumn:
        return tr("Type");
    case ShapeColumn:
        return tr("Shape");
    case StoredAsColumn:
        return tr("Stored as");
    case StoredBitsColumn:
        return tr("Bits/weight");
    case ReasonColumn:
        return tr("Note");
    case BitsColumn:
        return tr("Bits");
    case ErrorColumn:
        return tr("Error, dB");
    case SizeColumn:
        return tr("KB");
    default:
        return {};
    }
}

} // namespace bitfront
