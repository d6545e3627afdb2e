// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/configuration_tree.h"

#include "widgets/parts/marker.h"
#include "widgets/parts/number_text.h"
#include "widgets/parts/tick_box.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace bitfront {

namespace {

constexpr int kRowHeight = 28;
constexpr int kNamesRole =
    Qt::UserRole + 1; ///< canonical names below the item; empty for refinement
constexpr int kGroupRole = Qt::UserRole + 2; ///< GroupId of a group's own row
constexpr int kStrongRole = Qt::UserRole + 3;

class TreeDelegate : public QStyledItemDelegate
{
public:
    explicit TreeDelegate(ConfigurationTree* tree)
        : QStyledItemDelegate(tree)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {0, uiPx(kRowHeight)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (index.column() == 0)
            paintName(painter, option, index);
        else {
            painter->setFont(uiFont(13));
            painter->setPen(theme.text2);
            drawNumberRight(*painter, QRectF(option.rect).adjusted(0, 0, -20, 0),
                            index.data().toString());
        }
        painter->restore();
    }

private:
    static void paintName(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index)
    {
        const QRectF row = option.rect;
        const int side = uiPx(kTickBox);
        double x = row.left() + 4;
        paintTickBox(
            *painter,
            QRect(option.rect.left() + 4, option.rect.center().y() - side / 2 + 1, side, side),
            index.data(Qt::CheckStateRole).value<Qt::CheckState>(), option.widget);
        x += side + 8;
        const QVariant group = index.data(kGroupRole);
        if (group.isValid()) {
            paintMarker(*painter, static_cast<GroupId>(group.toInt()),
                        QPointF(x + 5, row.center().y() + 0.5), false, Theme::current().surface);
            x += 18;
        }
        const bool strong = index.data(kStrongRole).toBool();
        painter->setFont(uiFont(13, strong ? 600 : 400));
        painter->setPen(Theme::current().text);
        const QRectF area(x, row.top(), row.right() - x, row.height());
        painter->drawText(area, Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            int(area.width())));
    }

    bool editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem&,
                     const QModelIndex& index) override
    {
        if (event->type() != QEvent::MouseButtonRelease
            || static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton)
            return false;
        static_cast<ConfigurationTree*>(parent())->toggle(index);
        return true;
    }
};

} // namespace

ConfigurationTree::ConfigurationTree(ProjectSetup& setup, QWidget* parent)
    : QTreeWidget(parent)
    , m_setup(setup)
{
    setObjectName(QStringLiteral("configurationTree"));
    setAccessibleName(tr("Configurations to try"));
    setFrameShape(QFrame::NoFrame);
    setHeaderHidden(true);
    setColumnCount(2);
    setIndentation(uiPx(24));
    setUniformRowHeights(true);
    setMouseTracking(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setExpandsOnDoubleClick(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new TreeDelegate(this));
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::Fixed);
    header()->resizeSection(1, uiPx(104));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    build();
    connect(this, &QTreeWidget::itemExpanded, this, &ConfigurationTree::fitHeight);
    connect(this, &QTreeWidget::itemCollapsed, this, &ConfigurationTree::fitHeight);
    connect(&m_setup, &ProjectSetup::planChanged, this, &ConfigurationTree::refresh);
    refresh();
    fitHeight();
}

void ConfigurationTree::build()
{
    QTreeWidgetItem* groupItem = nullptr;
    QStringList groupNames;
    GroupId group = GroupId::PerChannel;
    const auto closeGroup = [&] {
        if (groupItem)
            groupItem->setData(0, kNamesRole, groupNames);
        groupNames.clear();
    };
    for (const ConfigFamily& family : configFamilies()) {
        if (!groupItem || family.group != group) {
            closeGroup();
            group = family.group;
            groupItem = new QTreeWidgetItem(
                this, {toQString(groupKey(group)) + QStringLiteral("  ") + groupTitleText(group)});
            groupItem->setData(0, kGroupRole, static_cast<int>(group));
            groupItem->setData(0, kStrongRole, true);
            groupItem->setExpanded(true);
        }
        auto* familyItem = new QTreeWidgetItem(groupItem, {family.title});
        QStringList names;
        for (const std::string& configName : family.names) {
            names << toQString(configName);
            auto* leaf =
                new QTreeWidgetItem(familyItem, {toQString(title(configForName(configName)))});
            leaf->setData(0, kNamesRole, QStringList {toQString(configName)});
            leaf->setToolTip(0, toQString(configName));
        }
        familyItem->setData(0, kNamesRole, names);
        groupNames << names;
    }
    closeGroup();
    m_more = addBranch(tr("More configurations"), moreConfigurations());
    m_more->setToolTip(0,
                       tr("Other block and group sizes, 2 and 3 bits, small floats: what the "
                          "thorough sweep adds"));
    m_refine = new QTreeWidgetItem(this, {tr("Refine the best two of each group")});
    m_refine->setData(0, kStrongRole, true);
    m_refine->setToolTip(
        0,
        tr("Tries again with the first, the last or the smallest kind of layers kept at 16 bits."));
}

QTreeWidgetItem* ConfigurationTree::addBranch(const QString& branchTitle,
                                              const std::vector<std::string>& configNames)
{
    auto* branch = new QTreeWidgetItem(this, {branchTitle});
    branch->setData(0, kStrongRole, true);
    QStringList names;
    for (const std::string& configName : configNames) {
        const CompressionConfig config = configForName(configName);
        auto* leaf = new QTreeWidgetItem(branch, {toQString(title(config))});
        leaf->setData(0, kNamesRole, QStringList {toQString(configName)});
        leaf->setData(0, kGroupRole, static_cast<int>(config.group));
        leaf->setToolTip(0, toQString(configName));
        names << toQString(configName);
    }
    branch->setData(0, kNamesRole, names);
    return branch;
}

/// The branch of what the user has made, as long as there is any.
void ConfigurationTree::listOwn()
{
    if (m_listed == m_setup.plan().own())
        return;
    m_listed = m_setup.plan().own();
    delete m_own;
    m_own = nullptr;
    if (!m_listed.empty()) {
        m_own = addBranch(tr("Own configurations"), m_listed);
        m_own->setToolTip(0, tr("Delete takes the marked one off this list"));
        m_own->setExpanded(true);
        // Before the line about refinement, which is about all of them.
        takeTopLevelItem(indexOfTopLevelItem(m_own));
        insertTopLevelItem(indexOfTopLevelItem(m_refine), m_own);
        m_own->setExpanded(true);
    }
    fitHeight();
}

bool ConfigurationTree::removeOwn(const QModelIndex& index)
{
    const QTreeWidgetItem* item = itemFromIndex(index.siblingAtColumn(0));
    if (!item || !m_own || item->parent() != m_own)
        return false;
    PlanChoice plan = m_setup.plan();
    plan.removeOwn(item->data(0, kNamesRole).toStringList().value(0).toStdString());
    m_setup.setPlan(plan);
    return true;
}

Qt::CheckState ConfigurationTree::stateOf(const QTreeWidgetItem* item) const
{
    if (item == m_refine)
        return m_setup.plan().refine ? Qt::Checked : Qt::Unchecked;
    const QStringList names = item->data(0, kNamesRole).toStringList();
    const auto on = std::count_if(names.begin(), names.end(), [this](const QString& configName) {
        return m_setup.plan().isSelected(configName.toStdString());
    });
    if (on == 0)
        return Qt::Unchecked;
    return on == names.size() ? Qt::Checked : Qt::PartiallyChecked;
}

void ConfigurationTree::refresh()
{
    listOwn();
    for (QTreeWidgetItemIterator it(this); *it; ++it) {
        QTreeWidgetItem* item = *it;
        item->setData(0, Qt::CheckStateRole, stateOf(item));
        if (item == m_refine) {
            const int refinements = m_setup.plan().plan().maxRefinements();
            item->setText(1, m_setup.plan().refine ? tr("up to %1").arg(refinements) : tr("none"));
            continue;
        }
        const QStringList names = item->data(0, kNamesRole).toStringList();
        const auto on =
            std::count_if(names.begin(), names.end(), [this](const QString& configName) {
                return m_setup.plan().isSelected(configName.toStdString());
            });
        if (names.size() > 1 || item->childCount() > 0)
            item->setText(1,
                          on == names.size() ? QString::number(on)
                              : on == 0 && item == m_more
                              ? tr("none of %1").arg(names.size())
                              : tr("%1 of %2").arg(on).arg(names.size()));
    }
}

void ConfigurationTree::toggle(const QModelIndex& index)
{
    const QTreeWidgetItem* item = itemFromIndex(index.siblingAtColumn(0));
    PlanChoice plan = m_setup.plan();
    const bool on = stateOf(item) != Qt::Checked;
    if (item == m_refine) {
        plan.refine = on;
    } else {
        std::vector<std::string> names;
        const QStringList below = item->data(0, kNamesRole).toStringList();
        for (const QString& configName : below)
            names.push_back(configName.toStdString());
        plan.select(names, on);
    }
    m_setup.setPlan(plan);
}

void ConfigurationTree::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && currentIndex().isValid()) {
        toggle(currentIndex());
        return;
    }
    if (event->key() == Qt::Key_Delete && currentIndex().isValid() && removeOwn(currentIndex()))
        return;
    QTreeWidget::keyPressEvent(event);
}

void ConfigurationTree::drawBranches(QPainter* painter, const QRect& rect,
                                     const QModelIndex& index) const
{
    if (!model()->hasChildren(index))
        return;
    const int size = uiPx(14);
    painter->drawPixmap(rect.right() - size, rect.center().y() - size / 2,
                        tintedPixmap(isExpanded(index) ? QStringLiteral("chevron-down")
                                                       : QStringLiteral("chevron-right"),
                                     Theme::current().text2, size, devicePixelRatioF()));
}

void ConfigurationTree::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                                const QModelIndex& index) const
{
    const bool focused = hasFocus() && index.row() == currentIndex().row()
        && index.parent() == currentIndex().parent();
    if (focused || (option.state & QStyle::State_MouseOver))
        painter->fillRect(QRect(0, option.rect.top(), viewport()->width(), option.rect.height()),
                          Theme::current().hover);
    QStyleOptionViewItem plain = option;
    plain.state &= ~(QStyle::State_Selected | QStyle::State_MouseOver | QStyle::State_HasFocus);
    QTreeWidget::drawRow(painter, plain, index);
}

QSize ConfigurationTree::sizeHint() const
{
    int rows = 0;
    for (QModelIndex index = model()->index(0, 0); index.isValid(); index = indexBelow(index))
        ++rows;
    return {uiPx(360), rows * uiPx(kRowHeight) + 4};
}

void ConfigurationTree::fitHeight()
{
    setFixedHeight(sizeHint().height());
}

} // namespace bitfront
