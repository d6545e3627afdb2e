// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of an output with the quality of each, the worst first.
#pragma once

#include "core/inspect/output_view.h"

#include <QAbstractTableModel>

#include <vector>

namespace bitfront {

class SampleModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        SampleColumn,
        QualityColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setRanking(std::vector<SampleQuality> ranking, Metric metric);
    /// The sample of a row; −1 beside them.
    std::int64_t sampleOf(int row) const;
    int rowOf(std::int64_t sample) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SampleQuality> m_ranking;
    Metric m_metric = Metric::Psnr;
};

} // namespace bitfront
