// SPDX-License-Identifier: GPL-3.0-or-later
// Order of the results table: running rows first, missing numbers last, whatever the column and
// direction; and what is filtered out or hidden left out.
#pragma once

#include <QSortFilterProxyModel>

namespace bitfront {

class Selection;

class ResultProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ResultProxy(QObject* parent = nullptr);

    /// Only what `selection` shows gets a row; refilter() after it has changed. May be null.
    void setSelection(const Selection* selection);
    void refilter() { invalidateFilter(); }

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    const Selection* m_selection = nullptr;
};

} // namespace bitfront
