// SPDX-License-Identifier: GPL-3.0-or-later
// A scan as a table: a row for each unit (or for a folded module), a column for each format, the
// quality with only that unit compressed in the cells.
#pragma once

#include "widgets/parts/heat_scale.h"
#include "widgets/workbench/scan_view.h"

#include <QAbstractTableModel>

#include <set>
#include <string>
#include <vector>

namespace bitfront {

class SensitivityModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role
    {
        ShareRole = Qt::UserRole + 1, ///< 0 … 1 on the colour scale; none where nothing is known
        ChosenRole, ///< whether the recipe shown stores the unit so
        ForbiddenRole, ///< whether the locks rule it out
        EstimatedRole, ///< extrapolated, not measured
        ModuleRole, ///< of rows: whether it is a module's
        FoldedRole, ///< of rows: whether the module is folded
        LockRole, ///< of rows: words of its lock, of a folded module how many are; empty: free
        TiedRole, ///< of rows: whether several layers move together
        ShortNameRole, ///< of rows: the name without that of the module it stands under
        UnderRole, ///< of rows: whether it stands under a module
        SizeShareRole ///< of rows: 0 … 1 of all weights
    };
    enum class Order
    {
        Forward, ///< as in the model, by module
        Loss ///< the unit that loses most first, in one column
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// `output` is an index into Sensitivity::metrics; `view` may be null.
    void setScan(ScanViewPtr view, std::size_t output);
    void setLocks(std::vector<FormatLock> locks);
    /// The recipe whose formats are marked; empty for none.
    void setChoice(ScanChoice choice);
    void setOrder(Order order, int column = -1); ///< −1: the widest 4-bit format
    Order order() const { return m_order; }
    int orderColumn() const { return m_orderColumn; }
    void setFolded(int row, bool folded);
    bool canFold() const; ///< whether there are modules to fold

    const ScanViewPtr& scan() const { return m_view; }
    HeatRange range() const { return m_range; }
    Metric metric() const;
    /// Of a row; empty for a module's.
    std::optional<std::size_t> unitAt(int row) const;
    /// Units of a row: one, or all of a module.
    std::vector<std::size_t> unitsAt(int row) const;
    int rowOf(std::size_t unit); ///< unfolds its module where needed; −1 when there is none
    /// The format that a unit is locked to, FormatLock::format; empty when it is free.
    std::string lockOf(std::size_t unit) const;
    /// Of a column; "fp16" for the first.
    std::string formatAt(int column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        std::string module; ///< of a module's row; empty for a unit's
        std::size_t unit = 0;
        std::vector<std::size_t> members; ///< of a module
        std::string under {}; ///< of a unit: the module whose row it follows
    };
    struct Cell
    {
        enum class State
        {
            None, ///< the unit has no such format
            Waiting, ///< not measured yet
            Known
        };
        State state = State::None;
        double quality = 0;
        bool estimated = false;
    };
    void arrange();
    void arrangeByLoss();
    void arrangeAgain();
    void updateAllowed();
    void updateRange();
    Cell cell(std::size_t unit, int column) const;
    Cell cell(const Row& row, int column) const;
    std::optional<std::size_t> option(std::size_t unit, int column) const;
    QString toolTip(const Row& row, int column) const;
    QString rowName(const Row& row) const;
    QString lockText(const Row& row) const;
    QString lockedInside(const Row& row) const;
    QString moduleToolTip(const Row& row, int column, const QString& head) const;
    QVariant rowData(const Row& row, int role) const;
    void tellAll(const QList<int>& roles);

    ScanViewPtr m_view;
    std::size_t m_output = 0;
    std::vector<FormatLock> m_locks;
    AllowedOptions m_allowed;
    ScanChoice m_choice;
    HeatRange m_range;
    Order m_order = Order::Forward;
    int m_orderColumn = -1;
    std::set<std::string> m_folded;
    std::vector<Row> m_rows;
    std::vector<std::string> m_columns; ///< keys of formats, fp16 first
    std::vector<std::vector<int>> m_options; ///< per unit and column; −1 for none
};

} // namespace bitfront
