// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/layers_page.h"

#include "widgets/panels/layer_inset.h"
#include "widgets/parts/layer_bar.h"
#include "widgets/parts/menu_key.h"
#include "widgets/results/layer_model.h"
#include "widgets/results/result_delegate.h"
#include "widgets/results/table_header.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

namespace bitfront {

namespace {

struct ColumnWidth
{
    LayerModel::Column column;
    int width;
    bool optional; ///< shown where there is room, in this order
};
constexpr ColumnWidth kWidths[] = {
    {LayerModel::BitsColumn, 80, false},      {LayerModel::ErrorColumn, 66, false},
    {LayerModel::SizeColumn, 56, false},      {LayerModel::StoredAsColumn, 110, true},
    {LayerModel::StoredBitsColumn, 76, true}, {LayerModel::ShapeColumn, 120, true},
    {LayerModel::TypeColumn, 90, true},       {LayerModel::ReasonColumn, 220, true},
};
constexpr int kNameWidth = 116;
constexpr int kLeastHeight = 28 + 3 * 28; ///< header and three rows

} // namespace

LayersPage::LayersPage(Inspector& inspector, QWidget* parent)
    : QWidget(parent)
    , m_model(new LayerModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_view(new QTreeView)
    , m_bar(new LayerBar)
    , m_inset(new LayerInset(inspector))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    buildView();
    column->addWidget(m_view, 1);
    column->addWidget(m_inset);
    connect(m_bar, &LayerBar::layerClicked, this, &LayersPage::selectLayer);
    connect(m_inset, &LayerInset::closed, this, [this] { m_view->selectionModel()->clear(); });
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &LayersPage::openCurrent);
}

void LayersPage::buildView()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(LayerModel::SortRole);
    m_view->setObjectName(QStringLiteral("layersTable"));
    m_view->setAccessibleName(tr("Layers"));
    m_view->setModel(m_sorted);
    m_view->installEventFilter(this);
    m_view->setItemDelegate(new LayerDelegate(this));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setRootIsDecorated(false);
    m_view->setIndentation(0);
    m_view->setUniformRowHeights(true);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // A few rows are enough before the whole panel begins to scroll.
    m_view->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_view->setMinimumHeight(uiPx(kLeastHeight));
    auto* header = new TableHeader(m_view);
    header->setInsets(16, 8, 16);
    m_view->setHeader(header);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(LayerModel::NameColumn, Qt::AscendingOrder);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(LayerModel::NameColumn, QHeaderView::Stretch);
    for (const ColumnWidth& entry : kWidths) {
        header->setSectionResizeMode(entry.column, QHeaderView::Fixed);
        header->resizeSection(entry.column, uiPx(entry.width));
    }
    layOutColumns();
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        m_view->setCurrentIndex(m_view->indexAt(at));
        openMenu(m_view->viewport()->mapToGlobal(at));
    });
}

/// What one wants to do about a layer that loses too much.
void LayersPage::openMenu(const QPoint& at)
{
    const QModelIndex current = m_sorted->mapToSource(m_view->currentIndex());
    if (!current.isValid() || current.row() >= static_cast<int>(m_layers.size()))
        return;
    const QString layer = QString::fromStdString(m_layers[std::size_t(current.row())].layer);
    QMenu menu;
    menu.setObjectName(QStringLiteral("layerMenu"));
    const auto keep = [&](const QString& text, KeptFormat format) {
        QAction* action = menu.addAction(
            text, this, [this, layer, format] { emit keepRequested(layer, format); });
        action->setToolTip(tr("Measures this result once more, with only this layer changed"));
    };
    keep(tr("Keep this layer at &8 bits") + QStringLiteral("\t8"), KeptFormat::EightBits);
    keep(tr("Keep this layer at &fp16") + QStringLiteral("\tF"), KeptFormat::Half);
    menu.addSeparator();
    menu.addAction(tr("Show in &Sensitivity") + QStringLiteral("\tS"), this,
                   [this, layer] { emit sensitivityRequested(layer); });
    menu.addAction(tr("&Copy the table"), this, &LayersPage::copyTable);
    menu.exec(at);
}

/// The name takes the rest; a wide panel shows more.
void LayersPage::layOutColumns()
{
    int room = width() - uiPx(kNameWidth);
    for (const ColumnWidth& entry : kWidths) {
        const bool shown = !entry.optional || room >= uiPx(entry.width);
        m_view->setColumnHidden(entry.column, !shown);
        room -= shown ? uiPx(entry.width) : room; // a column left out ends the row
    }
}

void LayersPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layOutColumns();
}

void LayersPage::setRecord(const ResultRecord& record, std::shared_ptr<const ModelInfo> model)
{
    const QModelIndex current = m_sorted->mapToSource(m_view->currentIndex());
    const int open = m_inset->isOpen() && current.isValid() ? current.row() : -1;
    m_config = record.config;
    m_layers = record.measurement()->layers;
    m_following = true;
    m_model->setLayers(m_layers, std::move(model));
    m_bar->setLayers(m_layers);
    m_following = false;
    // The same layer stays open: how another configuration treats it is what one wants to see.
    if (open >= 0 && open < static_cast<int>(m_layers.size()))
        selectLayer(open);
    else
        m_inset->close();
}

void LayersPage::clear()
{
    m_layers.clear();
    m_model->setLayers({}, nullptr);
    m_bar->setLayers({});
    m_inset->close();
}

void LayersPage::selectLayer(int layer)
{
    const QModelIndex index = m_sorted->mapFromSource(m_model->index(layer, 0));
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
}

void LayersPage::openCurrent()
{
    if (m_following)
        return;
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    const int layer = rows.isEmpty() ? -1 : m_sorted->mapToSource(rows.front()).row();
    m_bar->setCurrent(layer);
    if (layer < 0)
        m_inset->close();
    else
        m_inset->showLayer(m_config, m_layers[static_cast<std::size_t>(layer)]);
    if (layer >= 0)
        emit layerChosen(QString::fromStdString(m_layers[static_cast<std::size_t>(layer)].layer));
}

void LayersPage::copyTable() const
{
    QStringList lines;
    for (int row = -1; row < m_sorted->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < m_sorted->columnCount(); ++column)
            cells << (row < 0 ? m_sorted->headerData(column, Qt::Horizontal)
                              : m_sorted->index(row, column).data())
                         .toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

/// Keys of the table: copy, and Escape, which closes the layer before it is the window's.
bool LayersPage::eventFilter(QObject* watched, QEvent* event)
{
    // Where the open layer takes room from the table, its row stays in sight.
    if (event->type() == QEvent::Resize && m_inset->isOpen())
        QMetaObject::invokeMethod(
            m_view, [this] { m_view->scrollTo(m_view->currentIndex()); }, Qt::QueuedConnection);
    const bool press = event->type() == QEvent::KeyPress;
    if (!press && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    auto& key = *static_cast<QKeyEvent*>(event);
    if (key.key() == Qt::Key_Escape && m_inset->isOpen()) {
        if (press)
            m_view->selectionModel()->clear();
        event->accept();
        return true;
    }
    if (press && key.matches(QKeySequence::Copy)) {
        copyTable();
        return true;
    }
    if (isMenuKey(key) && m_view->currentIndex().isValid()) {
        if (press)
            openMenu(m_view->viewport()->mapToGlobal(
                m_view->visualRect(m_view->currentIndex()).center()));
        event->accept();
        return true;
    }
    // Letters are the table's before they are the window's.
    if ((key.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier && actByKey(key.key(), press)) {
        event->accept();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// Whether the key means something here; does it where it is `pressed`.
bool LayersPage::actByKey(int key, bool pressed)
{
    const QModelIndex current = m_sorted->mapToSource(m_view->currentIndex());
    if (!current.isValid() || current.row() >= static_cast<int>(m_layers.size()))
        return false;
    const QString layer = QString::fromStdString(m_layers[std::size_t(current.row())].layer);
    switch (key) {
    case Qt::Key_8:
    case Qt::Key_F:
        if (pressed)
            emit keepRequested(layer, key == Qt::Key_8 ? KeptFormat::EightBits : KeptFormat::Half);
        return true;
    case Qt::Key_S:
        if (pressed)
            emit sensitivityRequested(layer);
        return true;
    default:
        return false;
    }
}

} // namespace bitfront
