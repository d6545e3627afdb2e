// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/flow_layout.h"

#include <QWidget>

#include <algorithm>

namespace bitfront {

FlowLayout::FlowLayout(int spacing, QWidget* parent)
    : QLayout(parent)
{
    setSpacing(spacing);
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout()
{
    qDeleteAll(m_items);
}

void FlowLayout::insertWidget(int position, QWidget* widget)
{
    addWidget(widget);
    m_items.move(m_items.size() - 1, std::min<qsizetype>(position, m_items.size() - 1));
    invalidate();
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange({0, 0, width, 0}, false);
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

QSize FlowLayout::sizeHint() const
{
    int width = 0, height = 0;
    for (const QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
        height = std::max(height, item->sizeHint().height());
    }
    return {width, height};
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items)
        size = size.expandedTo(item->isEmpty() ? QSize() : item->minimumSize());
    return size;
}

/// Fills line by line, all as high as the highest item; everything of one line is centred on it.
/// Returns the height needed.
int FlowLayout::arrange(const QRect& rect, bool place) const
{
    int x = rect.left(), y = rect.top(), lineHeight = 0;
    for (const QLayoutItem* item : m_items)
        lineHeight = std::max(lineHeight, item->isEmpty() ? 0 : item->sizeHint().height());
    QList<std::pair<QLayoutItem*, QRect>> line;
    const auto endLine = [&] {
        if (place) {
            for (const auto& [item, box] : line)
                item->setGeometry(box.translated(0, (lineHeight - box.height()) / 2));
        }
        line.clear();
    };
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize size = item->sizeHint().boundedTo({rect.width(), item->sizeHint().height()});
        if (!line.isEmpty() && x + size.width() > rect.right() + 1) {
            endLine();
            y += lineHeight + spacing();
            x = rect.left();
        }
        line.append({item, QRect({x, y}, size)});
        x += size.width() + spacing();
    }
    endLine();
    return y + lineHeight - rect.top();
}

} // namespace bitfront
