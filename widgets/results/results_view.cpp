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

#include <algorithm>
#include <set>

namespace bitfront {

namespace {

constexpr int kNameWidth = 280;
constexpr int kLeastHeight = 48; ///< the header and most of a row, in very low windows

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
    m_proxy->setSelection(&selection);
    m_proxy->setSourceModel(&model);
    setModel(m_proxy);
    setItemDelegate(new ResultDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumHeight(uiPx(kLeastHeight));
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
    noteSorting();
    connect(header(), &QHeaderView::sortIndicatorChanged, this, &ResultsView::noteSorting);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, [this] {
        layOutColumns();
        sortAgain();
        m_lastCurrent = kNoRecord;
        followSelection();
    });
    connect(&m_selection, &Selection::selectedChanged, this, &ResultsView::followSelection);
    connect(&m_selection, &Selection::currentChanged, this, &ResultsView::followSelection);
    connect(&m_selection, &Selection::shownChanged, this, &ResultsView::followShown);
    connect(&m_selection, &Selection::pinsChanged, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        if (recordOf(index) != kNoRecord)
            emit recordActivated(recordOf(index));
    });
    layOutColumns();
}

int ResultsView::recordOf(const QModelIndex& index) const
{
    return index.isValid() ? index.siblingAtColumn(0).data(ResultModel::RecordIdRole).toInt()
                           : kNoRecord;
}

/// A row that is chosen comes into sight; that it moves on when results land is no reason to take
/// from the user what is looked at.
void ResultsView::followSelection()
{
    if (m_leading)
        return;
    m_following = true;
    QItemSelection rows;
    QModelIndex current;
    for (const RecordId record : m_selection.selected()) {
        const int row = m_model.rowOf(record);
        const QModelIndex index =
            row < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model.index(row, 0));
        if (!index.isValid())
            continue;
        rows.select(index, index);
        if (record == m_selection.current())
            current = index;
    }
    const auto flags = QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows;
    selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    selectionModel()->select(rows, flags);
    if (current.isValid() && (m_inSight || m_selection.current() != m_lastCurrent))
        scrollTo(current);
    if (current.isValid() || m_selection.current() == kNoRecord)
        m_lastCurrent = m_selection.current();
    m_following = false;
}

void ResultsView::noteSorting()
{
    const int column = header()->sortIndicatorSection();
    if (m_sortingAgain || column < 0 || column >= m_model.columnCount())
        return;
    m_sortKind = m_model.columnKind(column);
    m_sortOffset = column - m_model.columnOf(m_sortKind);
}

/// Another run may judge more or fewer outputs: what is sorted by has moved to another column.
void ResultsView::sortAgain()
{
    const int first = m_model.columnOf(m_sortKind);
    const int column = first + m_sortOffset;
    const bool there = column < m_model.columnCount() && m_model.columnKind(column) == m_sortKind;
    m_sortingAgain = true;
    sortByColumn(there ? column : first, header()->sortIndicatorOrder());
    m_sortingAgain = false;
}

/// Rows come and go without anybody choosing them.
void ResultsView::followShown()
{
    m_inSight =
        !currentIndex().isValid() || viewport()->rect().intersects(visualRect(currentIndex()));
    m_following = true;
    m_proxy->refilter();
    m_following = false;
    followSelection();
}

void ResultsView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTreeView::selectionChanged(selected, deselected);
    if (m_following || m_leading)
        return;
    std::set<RecordId> rows;
    const QModelIndexList indexes = selectionModel()->selectedRows();
    for (const QModelIndex& index : indexes)
        rows.insert(recordOf(index));
    rows.erase(kNoRecord);
    // Those that were chosen before keep their order, as the comparison knows them.
    std::vector<RecordId> records;
    for (const RecordId record : m_selection.selected()) {
        if (rows.erase(record) > 0)
            records.push_back(record);
    }
    records.insert(records.end(), rows.begin(), rows.end());
    const RecordId pointed = recordOf(currentIndex());
    const bool among = std::ranges::find(records, pointed) != records.end();
    m_leading = true;
    m_selection.setSelected(records,
                            among                 ? pointed
                                : records.empty() ? kNoRecord
                                                  : records.back());
    m_leading = false;
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
    drawPin(painter, row, index);
}

void ResultsView::drawPin(QPainter* painter, const QRect& row, const QModelIndex& index) const
{
    const char letter = m_selection.pinLetter(recordOf(index));
    if (letter == 0)
        return;
    const Theme& theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(uiFont(10, 600));
    const int side = painter->fontMetrics().height() + 2;
    const QRect box(header()->sectionViewportPosition(0) + header()->sectionSize(0) - side - 8,
                    row.center().y() - side / 2 + 1, side, side);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.text);
    painter->drawRoundedRect(box, 3, 3);
    painter->setPen(theme.surface);
    painter->drawText(box, Qt::AlignCenter, QString(QLatin1Char(letter)));
    painter->restore();
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

void ResultsView::copyRows() const
{
    QModelIndexList rows = selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, [](const QModelIndex& index) { return index.row(); });
    QStringList lines;
    for (const QModelIndex& row : rows) {
        QStringList cells;
        for (int column = 0; column < m_proxy->columnCount(); ++column)
            cells << row.siblingAtColumn(column).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    if (!lines.isEmpty())
        QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void ResultsView::togglePin()
{
    if (m_selection.current() != kNoRecord && !m_selection.togglePin(m_selection.current()))
        emit pinsExhausted();
}

void ResultsView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    const int record = recordOf(index);
    if (record == kNoRecord)
        return;
    QMenu menu;
    menu.addAction(m_selection.pinLetter(record) != 0 ? tr("&Unpin") : tr("&Pin"), this,
                   &ResultsView::togglePin);
    menu.addAction(tr("&Compare"), this, [this, record] { emit compareRequested(record); });
    menu.addAction(tr("&Duplicate and change…"), this, [this, record] {
        m_selection.setCurrent(record);
        emit duplicateRequested();
    });
    menu.addAction(m_selection.selected().size() > 1 ? tr("&Hide these") : tr("&Hide"), this,
                   [this] { m_selection.hide(m_selection.selected()); });
    menu.addSeparator();
    menu.addAction(m_selection.selected().size() > 1 ? tr("Copy &rows") : tr("Copy &row"), this,
                   &ResultsView::copyRows);
    const QString name = index.siblingAtColumn(0).data(Qt::ToolTipRole).toString();
    if (!name.isEmpty())
        menu.addAction(tr("Copy &name"), this,
                       [name] { QApplication::clipboard()->setText(name); });
    menu.exec(event->globalPos());
}

bool ResultsView::actByKey(const QKeyEvent& event)
{
    if (event.matches(QKeySequence::Copy)) {
        copyRows();
        return true;
    }
    if (event.modifiers() != Qt::NoModifier)
        return false;
    switch (event.key()) {
    case Qt::Key_Escape:
        if (m_selection.current() == kNoRecord)
            return false;
        m_selection.setCurrent(kNoRecord);
        return true;
    case Qt::Key_P:
        togglePin();
        return true;
    case Qt::Key_C:
        if (m_selection.current() != kNoRecord)
            emit compareRequested(m_selection.current());
        return true;
    case Qt::Key_Delete:
        m_selection.hide(m_selection.selected());
        return true;
    default:
        return false;
    }
}

void ResultsView::keyPressEvent(QKeyEvent* event)
{
    if (!actByKey(*event))
        QTreeView::keyPressEvent(event);
}

} // namespace bitfront
