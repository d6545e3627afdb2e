// SPDX-License-Identifier: GPL-3.0-or-later
// Formats as boxes to tick, in rows and columns. The first row ticks whole columns, the first
// column whole rows, the corner all of them; mouse, arrows, Space and Return.
#pragma once

#include "core/plan/compression_config.h"

#include <QAbstractTableModel>
#include <QTableView>

#include <vector>

namespace bitfront {

class FormatModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    struct Line
    {
        QString title; ///< short, in the table
        QString tip;
    };
    enum class Family
    {
        Palettes, ///< rows: bits; columns: what shares a table
        Integers ///< rows: type and scheme; columns: what shares a scale
    };

    explicit FormatModel(Family family, QObject* parent = nullptr);

    void setChosen(std::vector<CompressionSpec> formats);
    /// One format, or those of a row, a column or the whole table.
    std::vector<CompressionSpec> formatsAt(const QModelIndex& index) const;
    /// Cell of a format; invalid where this table has none.
    QModelIndex indexOf(const CompressionSpec& format) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    void addPalettes();
    void addIntegers();
    Qt::CheckState stateAt(const QModelIndex& index) const;
    QString wordsAt(const QModelIndex& index) const;

    std::vector<Line> m_rows, m_columns;
    std::vector<std::vector<CompressionSpec>> m_cells;
    std::vector<CompressionSpec> m_chosen;
};

class FormatTable : public QTableView
{
    Q_OBJECT

public:
    FormatTable(FormatModel& model, const QString& accessible, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void ticked(const std::vector<bitfront::CompressionSpec>& formats, bool on);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void toggle(const QModelIndex& index);
    void setSizes();

    FormatModel& m_model;
};

} // namespace bitfront
