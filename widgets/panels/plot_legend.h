// SPDX-License-Identifier: GPL-3.0-or-later
// The plot's legend: chips that show and hide groups, and the menu of everything else about how the
// plot looks.
#pragma once

#include "core/plan/sweep_plan.h"
#include "widgets/view_state.h"

#include <QHash>
#include <QWidget>

class QAction;
class QMenu;
class QToolButton;

namespace bitfront {

class Chip;
class Selection;

class PlotLegend : public QWidget
{
    Q_OBJECT

public:
    explicit PlotLegend(Selection& selection, QWidget* parent = nullptr);

    /// Chips for what the plan holds.
    void setPlan(const SweepPlan& plan);
    /// Recipes are in no plan: their chip is shown once there are any.
    void setMixedShown(bool shown);
    /// Leaves out the chip of refinements, and the words of the others where there is little room.
    void setRoom(int width);
    QSize minimumSizeHint() const override;
    /// Actions of the menu, for the window's menu bar and its keys.
    QAction* labelsAction() const { return m_labels; }
    QAction* groupFrontsAction() const { return m_groupFronts; }
    QAction* frontOnlyAction() const { return m_frontOnly; }
    QAction* targetsAction() const { return m_targets; }
    QMenu* menu() const { return m_menu; }

signals:
    void labelsToggled(bool shown);
    void groupFrontsToggled(bool shown);
    void zoomResetRequested();

private:
    void buildMenu();
    void buildAxes();
    QAction* addToggle(const QString& name, const QString& text, const QKeySequence& key);
    void follow();
    void toggleFrontOnly(bool on);
    void toggleTargets(bool on);

    Selection& m_selection;
    QHash<int, Chip*> m_chips; ///< by GroupId
    Chip* m_refinements = nullptr;
    bool m_refines = false;
    QToolButton* m_button = nullptr;
    QMenu* m_menu = nullptr;
    QHash<int, QAction*> m_axes; ///< by PlotAxis
    QAction* m_logarithmic = nullptr;
    QAction* m_labels = nullptr;
    QAction* m_groupFronts = nullptr;
    QAction* m_frontOnly = nullptr;
    QAction* m_targets = nullptr;
};

} // namespace bitfront
