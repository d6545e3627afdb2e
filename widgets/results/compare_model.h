// SPDX-License-Identifier: GPL-3.0-or-later
// Layers of two results side by side, the biggest difference of bytes first.
#pragma once

#include "core/plan/comparison.h"
#include "widgets/results/layer_names.h"

#include <QAbstractTableModel>

#include <vector>

namespace bitfront {

class CompareModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        LayerColumn,
        AColumn,
        BColumn,
        DeltaColumn,
        ErrorColumn,
        ColumnCount
    };
    enum Role
    {
        SameRole = Qt::UserRole + 2, ///< both store the layer alike: LayerDelegate draws it grey
        NameEndsRole = Qt::UserRole + 4, ///< as LayerModel's
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Copies what it needs.
    void setLayers(const std::vector<LayerDelta>& layers);
    /// Storages of a row; null where a result has no such layer.
    const LayerStorage* a(int row) const;
    const LayerStorage* b(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        std::string layer;
        std::optional<LayerStorage> a, b;
        std::int64_t bits = 0;
        bool differs = false;
    };
    QVariant display(const Row& row, int column) const;

    std::vector<Row> m_rows;
    CommonEnds m_ends;
};

} // namespace bitfront
