// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/table_header.h"

#include "widgets/theme.h"

#include <QPainter>

namespace bitfront {

namespace {

constexpr int kHeight = 28;

} // namespace

TableHeader::TableHeader(QWidget* parent)
    : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
}

void TableHeader::setInsets(int first, int between, int last)
{
    m_first = first;
    m_between = between;
    m_last = last;
}

QSize TableHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(), uiPx(kHeight)};
}

void TableHeader::paintSection(QPainter* painter, const QRect& rect, int section) const
{
    const Theme& theme = Theme::current();
    painter->fillRect(rect, theme.surface);
    QString text = model()->headerData(section, Qt::Horizontal).toString();
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
    if (sorted)
        text += sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral(" ↑")
                                                           : QStringLiteral(" ↓");
    int end = count() - 1;
    while (end > 0 && isSectionHidden(logicalIndex(end)))
        --end;
    const bool last = logicalIndex(end) == section;
    const QRect area =
        rect.adjusted(section == 0 ? m_first : m_between, 0, last ? -m_last : -m_between, 0);
    const auto alignment =
        Qt::Alignment(model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
    painter->setFont(uiFont(11, 500));
    painter->setPen(sorted ? theme.text2 : theme.text3);
    painter->drawText(area, int(alignment),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
}

void TableHeader::paintEvent(QPaintEvent* event)
{
    QHeaderView::paintEvent(event);
    QPainter painter(viewport());
    painter.fillRect(QRect(0, viewport()->height() - 1, viewport()->width(), 1),
                     Theme::current().line);
}

} // namespace bitfront
