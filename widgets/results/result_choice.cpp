// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/result_choice.h"

#include "widgets/parts/marker.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QPainter>

#include <algorithm>
#include <functional>
#include <map>

namespace bitfront {

namespace {

QIcon markerIcon(const CompressionConfig& config)
{
    QPixmap picture(32, 32);
    picture.setDevicePixelRatio(2);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    paintMarker(painter, config.group, {8, 8}, config.isRefinement(), Theme::current().field);
    return picture;
}

} // namespace

ResultChoice::ResultChoice(const QString& name, const QString& accessibleName, QWidget* parent)
    : QComboBox(parent)
{
    setObjectName(name);
    setAccessibleName(accessibleName);
    setMinimumContentsLength(14);
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMaxVisibleItems(16);
}

std::vector<ResultChoice::Entry> ResultChoice::entriesOf(const std::vector<ResultRecord>& records)
{
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (const Measurement* measured = records[i].measurement())
            entries.push_back(
                {static_cast<int>(i), records[i].config.name, measured->size.compressionRatio()});
    }
    std::ranges::stable_sort(entries, std::ranges::greater(), &Entry::ratio);
    return entries;
}

/// What is listed stays where all of it is wanted, in this order.
void ResultChoice::dropUnlessPartOf(const std::vector<Entry>& wanted)
{
    std::size_t found = 0;
    for (const Entry& entry : wanted)
        found += found < m_entries.size() && m_entries[found] == entry ? 1 : 0;
    if (found == m_entries.size())
        return;
    clear();
    m_entries.clear();
}

void ResultChoice::setRecords(const std::vector<ResultRecord>& records, int current)
{
    std::vector<Entry> wanted = entriesOf(records);
    dropUnlessPartOf(wanted);
    std::map<std::pair<GroupId, bool>, QIcon> icons;
    std::size_t listed = 0; // of m_entries, as far as they are passed
    for (std::size_t i = 0; i < wanted.size() && count() < static_cast<int>(wanted.size()); ++i) {
        if (listed < m_entries.size() && m_entries[listed] == wanted[i]) {
            ++listed;
            continue;
        }
        const CompressionConfig& config =
            records[static_cast<std::size_t>(wanted[i].record)].config;
        QIcon& icon = icons[{config.group, config.isRefinement()}];
        if (icon.isNull())
            icon = markerIcon(config);
        const int row = static_cast<int>(i);
        insertItem(row, icon,
                   tr("%1, %2").arg(toQString(shortCode(config)), ratioText(wanted[i].ratio)),
                   wanted[i].record);
        setItemData(row, toQString(title(config)), Qt::ToolTipRole);
    }
    m_entries = std::move(wanted);
    if (const int row = findData(current); row != currentIndex())
        setCurrentIndex(row);
}

} // namespace bitfront
