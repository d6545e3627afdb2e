// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of one record: how each is stored, what that cost, and why where it was left alone.
#pragma once

#include "core/plan/layer_info.h"
#include "core/plan/layer_storage.h"
#include "widgets/results/layer_names.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace bitfront {

class LayerModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        TypeColumn,
        ShapeColumn,
        StoredAsColumn, ///< "block 32"
        BitsColumn, ///< of one code
        StoredBitsColumn, ///< per weight, with side tables
        ErrorColumn,
        SizeColumn,
        ReasonColumn, ///< why untouched, or why not as configured
        ColumnCount
    };
    enum Role
    {
        FractionRole = Qt::UserRole + 1, ///< bits of one code / 16, for the bar
        KeptRole, ///< whether the layer stays at fp16
        SortRole,
        NameEndsRole ///< QPoint: characters that all names begin and end with
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// `model` tells types and shapes; may be null.
    void setLayers(std::vector<LayerStorage> layers, std::shared_ptr<const ModelInfo> model);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant display(const LayerStorage& layer, int column) const;
    QVariant sortValue(const LayerStorage& layer, int row, int column) const;
    QString toolTip(const LayerStorage& layer) const;

    std::vector<LayerStorage> m_layers;
    CommonEnds m_ends;
    std::shared_ptr<const ModelInfo> m_model;
};

} // namespace bitfront
