// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/sensitivity_model.h"

#include "widgets/workbench/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitfront {

void SensitivityModel::setScan(ScanViewPtr view, std::size_t output)
{
    const auto layers = [](const ScanViewPtr& one) {
        std::vector<std::string> names;
        for (const ScanUnit& unit : one->space.units)
            names.push_back(unit.name);
        return names;
    };
    const bool grows = view && m_view && view->header.settings == m_view->header.settings
        && layers(view) == layers(m_view);
    if (grows) {
        m_view = std::move(view);
        m_output = output;
        updateRange();
        if (m_order == Order::Loss && m_view->isComplete())
            arrangeAgain();
        tellAll({});
        emit headerDataChanged(Qt::Horizontal, 0, std::max(columnCount() - 1, 0));
        return;
    }
    beginResetModel();
    m_view = std::move(view);
    m_output = output;
    m_choice.clear();
    m_folded.clear();
    m_columns.clear();
    m_options.clear();
    if (m_view) {
        m_columns.push_back(formatKey(std::nullopt));
        for (const CompressionSpec& spec : m_view->header.settings.formats)
            m_columns.push_back(formatKey(spec));
        for (const auto& options : m_view->space.options) {
            std::vector<int> places(m_columns.size(), -1);
            for (std::size_t o = 0; o < options.size(); ++o) {
                const auto column = std::ranges::find(m_columns, options[o].key);
                if (column != m_columns.end())
                    places[static_cast<std::size_t>(column - m_columns.begin())] = int(o);
            }
            m_options.push_back(std::move(places));
        }
    }
    updateRange();
    updateAllowed();
    arrange();
    endResetModel();
}

/// From the worst to the best that is known, in whole dB.
void SensitivityModel::updateRange()
{
    m_range = {};
    if (!m_view)
        return;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::size_t u = 0; u < m_options.size(); ++u)
        for (int column = 1; column < columnCount(); ++column) {
            const Cell one = cell(u, column);
            if (one.state != Cell::State::Known || !std::isfinite(one.quality))
                continue;
            low = std::min(low, one.quality);
            high = std::max(high, one.quality);
        }
    if (low > high)
        return;
    m_range = metric() == Metric::Iou ? HeatRange {low, high}
                                      : HeatRange {std::floor(low), std::ceil(high)};
}

void SensitivityModel::updateAllowed()
{
    m_allowed.clear();
    if (!m_view)
        return;
    try {
        m_allowed = applyLocks(m_view->space, m_view->model, m_locks);
    } catch (const Error&) { // of another scan; whoever owns them drops them
        m_allowed = allOptions(m_view->space);
    }
}

void SensitivityModel::setLocks(std::vector<FormatLock> locks)
{
    m_locks = std::move(locks);
    updateAllowed();
    tellAll({});
}

void SensitivityModel::setChoice(ScanChoice choice)
{
    if (choice == m_choice)
        return;
    m_choice = std::move(choice);
    tellAll({ChosenRole});
}

void SensitivityModel::tellAll(const QList<int>& roles)
{
    if (rowCount() == 0)
        return;
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), roles);
    if (roles.isEmpty())
        emit headerDataChanged(Qt::Vertical, 0, rowCount() - 1);
}

Metric SensitivityModel::metric() const
{
    return m_view && m_output < m_view->sensitivity.metrics.size()
        ? m_view->sensitivity.metrics[m_output]
        : Metric::Psnr;
}

std::optional<std::size_t> SensitivityModel::unitAt(int row) const
{
    if (row < 0 || row >= rowCount() || !m_rows[static_cast<std::size_t>(row)].members.empty())
        return std::nullopt;
    return m_rows[static_cast<std::size_t>(row)].unit;
}

std::vector<std::size_t> SensitivityModel::unitsAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    return one.members.empty() ? std::vector<std::size_t> {one.unit} : one.members;
}

std::string SensitivityModel::lockOf(std::size_t unit) const
{
    for (auto lock = m_locks.rbegin(); lock != m_locks.rend(); ++lock)
        for (const std::size_t layer : m_view->space.units[unit].layers)
            if (fitsPattern(lock->layer, m_view->model.layers[layer].name))
                return lock->format;
    return {};
}

std::string SensitivityModel::formatAt(int column) const
{
    return column >= 0 && column < columnCount() ? m_columns[static_cast<std::size_t>(column)]
                                                 : std::string();
}

std::optional<std::size_t> SensitivityModel::option(std::size_t unit, int column) const
{
    const int place = m_options[unit][static_cast<std::size_t>(column)];
    return place < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(place));
}

SensitivityModel::Cell SensitivityModel::cell(std::size_t unit, int column) const
{
    const auto place = option(unit, column);
    if (!place || column == 0)
        return {};
    if (!m_view->sensitivity.isMeasured(unit, *place))
        return {Cell::State::Waiting, 0, false};
    return {Cell::State::Known,
            qualityOfEnergy(metric(), m_view->sensitivity.cost(unit, *place, m_output)),
            !m_view->measured[unit][*place]};
}

/// Of a folded module its worst layer, which is a measurement, too; sums would be predictions.
SensitivityModel::Cell SensitivityModel::cell(const Row& row, int column) const
{
    if (row.members.empty())
        return cell(row.unit, column);
    Cell worst;
    if (!m_folded.contains(row.module))
        return worst;
    for (const std::size_t unit : row.members) {
        const Cell one = cell(unit, column);
        if (one.state == Cell::State::Known
            && (worst.state != Cell::State::Known || one.quality < worst.quality))
            worst = one;
        else if (worst.state == Cell::State::None)
            worst = one;
    }
    return worst;
}

int SensitivityModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SensitivityModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

} // namespace bitfront
