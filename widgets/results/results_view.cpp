// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/results_view.h"

#include "widgets/results/result_delegate.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/results/table_header.h"
#include "widgets/selection.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

namespace bitfront {

namespace {

constexpr int kNameWidth = 280;

struct ColumnWidth
{
    ResultModel::Column column;
    int width;
};
constexpr ColumnWidth kWidths[] = {
    {ResultModel::Column::Group, 56}, {ResultModel::Column::Quality, 82},
    {ResultModel::Column::Bits, 56},  {ResultModel::Column::Ratio, 68},
    {ResultModel::Column::Size, 76},  {ResultModel::Column::Coverage, 80},
    {ResultModel::Column::Time, 66},  {ResultModel::Column::Front, 50},
};
/// Dropped in this order when the table is narrow.
constexpr ResultModel::Column kOptional[] = {
    ResultModel::Column::Time, ResultModel::Column::Coverage, ResultModel::Column::Size};

int widthOf(ResultModel::Column column)
{
    for (const ColumnWidth& entry : kWidths) {
        if (entry.column == column)
            return uiPx(entry.width);
    }
    return uiPx(kNameWidth);
}

} // namespace

ResultsView::ResultsView(ResultModel& model, Selection& selection, QWidget* parent)
    : QTreeView(parent)
    , m_model(model)
    , m_selection(selection)
    , m_proxy(new ResultProxy(this))
{
    setObjectName(QStringLiteral("resultsTable"));
    setAccessibleName(tr("Results"));
    m_proxy->setSourceModel(&model);
    setModel(m_proxy);
    setItemDelegate(new ResultDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* head = new TableHeader(this);
    head->setInsets(34, 8, 8);
    setHeader(head);
    setSortingEnabled(true);
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(false);
    header()->setSectionsClickable(true);
    header()->setHighlightSections(false);
    header()->setMinimumSectionSize(uiPx(40));
    sortByColumn(m_model.columnOf(ResultModel::Column::Ratio), Qt::DescendingOrder);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, [this] {
        layOutColumns();
        showRecord(m_selection.current());
    });
    connect(&m_selection, &Selection::currentChanged, this, &ResultsView::showRecord);
    layOutColumns();
}

void ResultsView::showRecord(int record)
{
    const int row = m_model.rowOf(record);
    const QModelIndex index =
        row < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model.index(row, 0));
    m_showing = true;
    if (index.isValid()) {
        setCurrentIndex(index);
        scrollTo(index);
    } else {
        selectionModel()->clear();
    }
    m_showing = false;
}

void ResultsView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTreeView::currentChanged(current, previous);
    if (m_showing || !current.isValid())
        return;
    const int record = current.siblingAtColumn(0).data(ResultModel::RecordIdRole).toInt();
    if (record != kNoRecord)
        m_selection.setCurrent(record);
}

void ResultsView::layOutColumns()
{
    int needed = uiPx(kNameWidth);
    for (int column = 1; column < m_model.columnCount(); ++column) {
        setColumnHidden(column, false);
        header()->setSectionResizeMode(column, QHeaderView::Fixed);
        header()->resizeSection(column, widthOf(m_model.columnKind(column)));
        needed += widthOf(m_model.columnKind(column));
    }
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (const ResultModel::Column kind : kOptional) {
        if (needed <= viewport()->width())
            break;
        setColumnHidden(m_model.columnOf(kind), true);
        needed -= widthOf(kind);
    }
}

void ResultsView::resizeEvent(QResizeEvent* event)
{
    QTreeView::resizeEvent(event);
    layOutColumns();
}

void ResultsView::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const QRect row(0, option.rect.top(), viewport()->width(), option.rect.height());
    const bool selected = selectionModel()->isRowSelected(index.row(), index.parent());
    if (selected)
        painter->fillRect(row, theme.accentSoft);
    QTreeView::drawRow(painter, option, index);
    if (selected)
        painter->fillRect(QRect(0, row.top(), 2, row.height()), theme.accent);
    drawStatus(painter, row, index);
}

void ResultsView::drawStatus(QPainter* painter, const QRect& row, const QModelIndex& index) const
{
    const QModelIndex first = index.siblingAtColumn(0);
    const QString text = first.data(ResultModel::StatusTextRole).toString();
    if (text.isEmpty())
        return;
    const bool failed = first.data(ResultModel::FailedRole).toBool();
    const int from = header()->sectionViewportPosition(2);
    int to = viewport()->width() - 8;
    if (!failed) {
        const int time = m_model.columnOf(ResultModel::Column::Time);
        if (!isColumnHidden(time))
            to = header()->sectionViewportPosition(time) - 8;
    }
    painter->save();
    painter->setFont(uiFont(13));
    const bool selected = selectionModel()->isRowSelected(index.row(), index.parent());
    painter->setPen(failed         ? Theme::current().err
                        : selected ? Theme::current().text2
                                   : Theme::current().text3);
    const QRect area(from + 8, row.top(), to - from - 8, row.height());
    painter->drawText(area, Qt::AlignVCenter | (failed ? Qt::AlignLeft : Qt::AlignRight),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
    painter->restore();
}

void ResultsView::copyRow() const
{
    if (!currentIndex().isValid())
        return;
    QStringList cells;
    for (int column = 0; column < m_proxy->columnCount(); ++column)
        cells << currentIndex().siblingAtColumn(column).data().toString();
    QApplication::clipboard()->setText(cells.join(QLatin1Char('\t')));
}

void ResultsView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (!index.isValid())
        return;
    QMenu menu;
    menu.addAction(tr("Copy row"), this, &ResultsView::copyRow);
    const QString name = index.siblingAtColumn(0).data(Qt::ToolTipRole).toString();
    if (!name.isEmpty())
        menu.addAction(tr("Copy name"), this, [name] { QApplication::clipboard()->setText(name); });
    menu.exec(event->globalPos());
}

void ResultsView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        copyRow();
    else if (event->key() == Qt::Key_Escape)
        m_selection.setCurrent(kNoRecord);
    else
        QTreeView::keyPressEvent(event);
}

} // namespace bitfront
