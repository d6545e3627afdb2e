// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SensitivityModel that orders rows and folds modules.
#include "widgets/results/sensitivity_model.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bitfront {

namespace {

std::vector<std::string> partsOf(const std::string& name)
{
    std::vector<std::string> parts {{}};
    for (const char c : name.substr(0, name.find(" + "))) {
        if (c == '.')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

bool isNumber(const std::string& text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Components that all names begin with, their last ones not counted.
std::size_t commonParts(const std::vector<std::vector<std::string>>& names)
{
    std::size_t common = names.empty() ? 0 : names.front().size() - 1;
    for (const auto& parts : names) {
        std::size_t same = 0;
        while (same < std::min(common, parts.size() - 1) && parts[same] == names.front()[same])
            ++same;
        common = same;
    }
    return common;
}

/// The module that a layer is shown under: the first component that tells layers apart, and a
/// number behind it; empty for a layer of its own.
std::string moduleOf(const std::vector<std::string>& parts, std::size_t common)
{
    std::string module;
    std::size_t end = common + 1;
    if (end < parts.size() && isNumber(parts[end]))
        ++end;
    if (end >= parts.size())
        return {};
    for (std::size_t i = 0; i < end; ++i)
        module += (i > 0 ? "." : "") + parts[i];
    return module;
}

} // namespace

void SensitivityModel::arrange()
{
    m_rows.clear();
    if (!m_view)
        return;
    if (m_order == Order::Loss) {
        arrangeByLoss();
        return;
    }
    std::vector<std::vector<std::string>> names;
    for (const ScanUnit& unit : m_view->space.units)
        names.push_back(partsOf(unit.name));
    const std::size_t common = commonParts(names);
    for (std::size_t u = 0; u < names.size();) {
        const std::string module = moduleOf(names[u], common);
        std::size_t end = u + 1;
        while (!module.empty() && end < names.size() && moduleOf(names[end], common) == module)
            ++end;
        if (end - u > 1) {
            Row head {module, u, {}};
            for (std::size_t member = u; member < end; ++member)
                head.members.push_back(member);
            m_rows.push_back(std::move(head));
        }
        const std::string under = end - u > 1 ? module : std::string();
        for (; u < end; ++u)
            if (m_rows.empty() || m_rows.back().members.empty() || !m_folded.contains(module)
                || m_rows.back().module != module)
                m_rows.push_back({{}, u, {}, under});
    }
}

void SensitivityModel::arrangeByLoss()
{
    int column = m_orderColumn;
    if (column < 0 || column >= columnCount()) {
        column = columnCount() - 1;
        for (int one = columnCount() - 1; one > 0; --one)
            if (formatAt(one).find("4bit") != std::string::npos
                || formatAt(one).find("int4") != std::string::npos)
                column = one;
    }
    std::vector<std::size_t> units(m_view->space.units.size());
    std::iota(units.begin(), units.end(), std::size_t {0});
    const auto quality = [&](std::size_t unit) {
        const Cell one = cell(unit, column);
        return one.state == Cell::State::Known ? one.quality
                                               : std::numeric_limits<double>::infinity();
    };
    std::ranges::stable_sort(units, {}, quality);
    for (const std::size_t unit : units)
        m_rows.push_back({{}, unit, {}});
    m_orderColumn = column;
}

/// Selection and current cell stay with their units.
void SensitivityModel::arrangeAgain()
{
    emit layoutAboutToBeChanged();
    const std::vector<Row> before = m_rows;
    arrange();
    const QModelIndexList indexes = persistentIndexList();
    for (const QModelIndex& one : indexes) {
        const std::size_t unit = before[static_cast<std::size_t>(one.row())].unit;
        const auto now = std::ranges::find(m_rows, unit, &Row::unit);
        changePersistentIndex(one, index(static_cast<int>(now - m_rows.begin()), one.column()));
    }
    emit layoutChanged();
}

void SensitivityModel::setOrder(Order order, int column)
{
    if (order == m_order && (column < 0 || column == m_orderColumn))
        return;
    beginResetModel();
    m_order = order;
    m_orderColumn = column;
    arrange();
    endResetModel();
}

void SensitivityModel::setFolded(int row, bool folded)
{
    if (row < 0 || row >= rowCount() || m_rows[static_cast<std::size_t>(row)].members.empty())
        return;
    const Row head = m_rows[static_cast<std::size_t>(row)];
    if (m_folded.contains(head.module) == folded)
        return;
    const int count = static_cast<int>(head.members.size());
    const auto first = m_rows.begin() + row + 1;
    if (folded) {
        beginRemoveRows({}, row + 1, row + count);
        m_rows.erase(first, first + count);
        m_folded.insert(head.module);
        endRemoveRows();
    } else {
        beginInsertRows({}, row + 1, row + count);
        std::vector<Row> rows;
        for (const std::size_t unit : head.members)
            rows.push_back({{}, unit, {}, head.module});
        m_rows.insert(first, rows.begin(), rows.end());
        m_folded.erase(head.module);
        endInsertRows();
    }
    emit dataChanged(index(row, 0), index(row, columnCount() - 1));
    emit headerDataChanged(Qt::Vertical, row, row);
}

bool SensitivityModel::canFold() const
{
    return std::ranges::any_of(m_rows, [](const Row& row) { return !row.members.empty(); });
}

int SensitivityModel::rowOf(std::size_t unit)
{
    for (int row = 0; row < rowCount(); ++row) {
        const Row& one = m_rows[static_cast<std::size_t>(row)];
        if (std::ranges::find(one.members, unit) != one.members.end())
            setFolded(row, false);
        else if (one.members.empty() && one.unit == unit)
            return row;
    }
    return -1;
}

} // namespace bitfront
