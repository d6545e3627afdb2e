// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/sensitivity_view.h"

#include "widgets/parts/menu_key.h"
#include "widgets/results/sensitivity_delegate.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/results/table_header.h"
#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kRowHeight = 22;
constexpr int kLeastColumn = 40;

QString keyed(const QString& text, Qt::Key key)
{
    return text + QLatin1Char('\t') + QKeySequence(key).toString(QKeySequence::NativeText);
}

} // namespace

SensitivityView::SensitivityView(SensitivityModel& model, QWidget* parent)
    : QTableView(parent)
    , m_model(model)
{
    setObjectName(QStringLiteral("sensitivityTable"));
    setAccessibleName(tr("Quality with only one layer compressed, by layer and format"));
    setModel(&m_model);
    setItemDelegate(new SensitivityDelegate(this));
    auto* columns = new TableHeader(this);
    columns->setInsets(2, 2, 2);
    columns->setSectionsClickable(true);
    setHorizontalHeader(columns);
    columns->show();
    auto* rows = new LayerHeader(this);
    setVerticalHeader(rows);
    rows->show();
    connect(rows, &LayerHeader::widthChanged, this, [this] { updateGeometries(); });
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setCornerButtonEnabled(false);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    connect(columns, &QHeaderView::sectionClicked, this, &SensitivityView::sortBy);
    connect(verticalHeader(), &QHeaderView::sectionPressed, this, [this](int row) {
        if (m_model.index(row, 0).data(SensitivityModel::ModuleRole).toBool())
            fold(row);
    });
    verticalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(verticalHeader(), &QWidget::customContextMenuRequested, this,
            &SensitivityView::openRowMenu);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, verticalHeader()->viewport(),
            qOverload<>(&QWidget::update));
    connect(&m_model, &QAbstractItemModel::modelReset, this, &SensitivityView::setSizes);
    setSizes();
}

void SensitivityView::setSizes()
{
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(uiPx(kRowHeight));
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    const QFontMetrics metrics(uiFont(11, 600));
    for (int column = 0; column < m_model.columnCount(); ++column) {
        const QString words =
            m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        setColumnWidth(column,
                       std::max(uiPx(kLeastColumn), metrics.horizontalAdvance(words) + uiPx(8)));
    }
}

void SensitivityView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        setSizes();
}

std::vector<std::size_t> SensitivityView::chosenUnits() const
{
    std::vector<int> rows;
    const QModelIndexList cells = selectionModel()->selectedIndexes();
    for (const QModelIndex& cell : cells)
        rows.push_back(cell.row());
    if (rows.empty() && currentIndex().isValid())
        rows.push_back(currentIndex().row());
    std::vector<std::size_t> units;
    for (const int row : rows)
        for (const std::size_t unit : m_model.unitsAt(row))
            units.push_back(unit);
    std::ranges::sort(units);
    units.erase(std::unique(units.begin(), units.end()), units.end());
    return units;
}

void SensitivityView::showUnit(std::size_t unit)
{
    const int row = m_model.rowOf(unit);
    if (row < 0)
        return;
    const int column = std::max(currentIndex().column(), 0);
    setCurrentIndex(m_model.index(row, column));
    scrollTo(m_model.index(row, column));
}

void SensitivityView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    const auto unit = m_model.unitAt(current.row());
    emit unitChosen(current.isValid() && unit ? static_cast<int>(*unit) : -1);
}

void SensitivityView::fold(int row)
{
    m_model.setFolded(row, !m_model.index(row, 0).data(SensitivityModel::FoldedRole).toBool());
}

/// By the loss in that column; once more, or fp16: as in the model.
void SensitivityView::sortBy(int column)
{
    const bool again =
        m_model.order() == SensitivityModel::Order::Loss && m_model.orderColumn() == column;
    m_model.setOrder(again || column == 0 ? SensitivityModel::Order::Forward
                                          : SensitivityModel::Order::Loss,
                     column);
}

/// Locks to the format of the current cell; where that is the lock already, it goes.
void SensitivityView::lockToCurrent()
{
    const QModelIndex current = currentIndex();
    if (!current.isValid() || !m_model.unitAt(current.row())
        || current.data(Qt::DisplayRole).toString().isEmpty())
        return;
    const std::size_t unit = *m_model.unitAt(current.row());
    const std::string format = m_model.formatAt(current.column());
    emit lockRequested({unit},
                       m_model.lockOf(unit) == format ? QString() : QString::fromStdString(format));
}

bool SensitivityView::chosenAreTied() const
{
    const auto units = chosenUnits();
    return std::ranges::any_of(units, [this](std::size_t unit) {
        return m_model.scan()->space.units[unit].layers.size() > 1;
    });
}

bool SensitivityView::actByKey(int key)
{
    const QModelIndex current = currentIndex();
    const auto units = chosenUnits();
    if (!m_model.scan() || !current.isValid() || units.empty())
        return false;
    const bool module = current.data(SensitivityModel::ModuleRole).toBool();
    switch (key) {
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (module)
            fold(current.row());
        else
            lockToCurrent();
        return true;
    case kLockKey:
        lockToCurrent();
        return true;
    case kEightKey:
        emit lockRequested(units, QStringLiteral("8+"));
        return true;
    case kHalfKey:
        emit lockRequested(units, QStringLiteral("fp16"));
        return true;
    case kFreeKey:
    case Qt::Key_Delete:
        emit lockRequested(units, {});
        return true;
    case kTieKey:
        if (units.size() > 1 || chosenAreTied())
            emit tieRequested(units, !chosenAreTied());
        return true;
    default:
        return false;
    }
}

/// Letters are this table's before they are the window's.
bool SensitivityView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto& key = *static_cast<QKeyEvent*>(event);
        const Qt::Key own[] = {kLockKey, kEightKey, kHalfKey, kFreeKey, kTieKey};
        if ((key.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier
            && std::ranges::find(own, key.key()) != std::end(own)) {
            event->accept();
            return true;
        }
    }
    return QTableView::event(event);
}

void SensitivityView::keyPressEvent(QKeyEvent* event)
{
    const auto plain = event->modifiers() & ~Qt::KeypadModifier;
    if (isMenuKey(*event)) {
        openMenu(viewport()->mapToGlobal(visualRect(currentIndex()).center()));
        return;
    }
    if (plain == Qt::NoModifier && actByKey(event->key()))
        return;
    QTableView::keyPressEvent(event);
}

void SensitivityView::contextMenuEvent(QContextMenuEvent* event)
{
    openMenu(event->globalPos());
}

/// Of a row's name: of that row, or of all that are chosen if it is one of them.
void SensitivityView::openRowMenu(const QPoint& at)
{
    const int row = verticalHeader()->logicalIndexAt(at);
    if (row < 0)
        return;
    if (!selectionModel()->rowIntersectsSelection(row))
        setCurrentIndex(m_model.index(row, std::max(currentIndex().column(), 0)));
    openMenu(verticalHeader()->viewport()->mapToGlobal(at));
}

void SensitivityView::openMenu(const QPoint& at)
{
    const auto units = chosenUnits();
    if (!m_model.scan() || units.empty())
        return;
    const QModelIndex current = currentIndex();
    QMenu menu;
    menu.setObjectName(QStringLiteral("sensitivityMenu"));
    const bool one = current.isValid() && m_model.unitAt(current.row()).has_value();
    if (one && !current.data().toString().isEmpty()
        && m_model.lockOf(*m_model.unitAt(current.row())) != m_model.formatAt(current.column())) {
        const QString format =
            m_model.headerData(current.column(), Qt::Horizontal, Qt::DisplayRole).toString();
        menu.addAction(keyed(tr("&Lock to %1").arg(format), kLockKey), this,
                       &SensitivityView::lockToCurrent);
    }
    menu.addAction(keyed(tr("Keep at &8 bits or more"), kEightKey), this,
                   [this, units] { emit lockRequested(units, QStringLiteral("8+")); });
    menu.addAction(keyed(tr("Keep at &fp16"), kHalfKey), this,
                   [this, units] { emit lockRequested(units, QStringLiteral("fp16")); });
    QAction* free = menu.addAction(keyed(tr("&Unlock"), kFreeKey), this,
                                   [this, units] { emit lockRequested(units, {}); });
    free->setEnabled(one ? !current.data(SensitivityModel::LockRole).toString().isEmpty() : true);
    menu.addSeparator();
    const bool tied = chosenAreTied();
    QAction* tie =
        menu.addAction(keyed(tied ? tr("Un&tie these layers…") : tr("&Tie these layers…"), kTieKey),
                       this, [this, units, tied] { emit tieRequested(units, !tied); });
    tie->setEnabled(tied || units.size() > 1);
    menu.exec(at);
}

void SensitivityView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (!index.isValid() || event->button() != Qt::LeftButton)
        return;
    if (index.data(SensitivityModel::ModuleRole).toBool())
        fold(index.row());
    else
        lockToCurrent();
}

} // namespace bitfront
