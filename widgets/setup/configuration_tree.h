// SPDX-License-Identifier: GPL-3.0-or-later
// The configurations of a sweep as a tree with check boxes: groups, families, single
// configurations, and the refinement. Shows what ProjectSetup holds and asks it for changes.
#pragma once

#include <QStyledItemDelegate>
#include <QTreeWidget>

#include <string>
#include <vector>

namespace bitfront {

class ProjectSetup;

class ConfigurationTree : public QTreeWidget
{
    Q_OBJECT

public:
    explicit ConfigurationTree(ProjectSetup& setup, QWidget* parent = nullptr);

    /// Ticks everything below the item, or unticks it when it is ticked.
    void toggle(const QModelIndex& index);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void drawBranches(QPainter* painter, const QRect& rect,
                      const QModelIndex& index) const override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void refresh();
    void fitHeight();
    QTreeWidgetItem* addBranch(const QString& branchTitle,
                               const std::vector<std::string>& configNames);
    void listOwn();
    bool removeOwn(const QModelIndex& index);
    Qt::CheckState stateOf(const QTreeWidgetItem* item) const;

    ProjectSetup& m_setup;
    QTreeWidgetItem* m_refine = nullptr;
    QTreeWidgetItem* m_more = nullptr;
    QTreeWidgetItem* m_own = nullptr; ///< as long as there are any
    std::vector<std::string> m_listed; ///< below it
};

} // namespace bitfront
