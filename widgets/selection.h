// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen and what is looked at, shared by plot, table, detail and comparison: the only
// sideways channel of the window. Choosing is immediate; every change of the view can be undone.
#pragma once

#include "widgets/result_snapshot.h"
#include "widgets/view_state.h"

#include <QObject>
#include <QUndoStack>

#include <array>
#include <utility>
#include <vector>

namespace bitfront {

class Selection : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostPins = 5;

    explicit Selection(QObject* parent = nullptr);

    /// Another run, or none: nothing chosen, everything in view, nothing to undo.
    void reset();
    /// The results as they are now; ids keep their meaning while a run grows. May be null.
    void setSnapshot(SnapshotPtr snapshot);
    const SnapshotPtr& snapshot() const { return m_snapshot; }

    RecordId current() const { return m_current; }
    /// All chosen records in the order of choosing, the current one among them.
    const std::vector<RecordId>& selected() const { return m_selected; }
    bool isSelected(RecordId record) const;
    void setSelected(std::vector<RecordId> records, RecordId current);
    /// Adds a record to the selection and makes it current, or takes it out.
    void toggle(RecordId record);

    /// Pinned records by letter, A first; kNoRecord where a letter is free.
    const std::array<RecordId, kMostPins>& pins() const { return m_pins; }
    /// 'A' to 'E', or 0.
    char pinLetter(RecordId record) const;
    /// False when all letters are taken.
    bool togglePin(RecordId record);

    /// The two records side by side in the comparison; kNoRecord while one is missing.
    std::pair<RecordId, RecordId> compared() const { return m_compared; }
    void setCompared(RecordId a, RecordId b);

    const ViewState& view() const { return m_view; }
    /// Replaces the view as one step to undo, called `text`. Steps of the same `kind` (>= 0) that
    /// follow within a moment are one step: a wheel turns in clicks, a line is dragged in pixels.
    void changeView(ViewState view, const QString& text, int kind = -1);
    QUndoStack& undoStack() { return m_undo; }

    Visibility visibility(RecordId record) const;
    bool isShown(RecordId record) const { return visibility(record) == Visibility::Shown; }
    const std::vector<Visibility>& visibilities() const { return m_visibility; }
    int count(Visibility visibility) const;

    // The usual changes of the view.
    void addFilter(const std::vector<FilterTerm>& terms);
    void removeFilter(std::size_t position);
    void clearFilter();
    void hide(const std::vector<RecordId>& records);
    void showHidden();
    void setGroupVisible(GroupId group, bool visible);
    void setRefinementsVisible(bool visible);
    /// Makes a record current; changes the view where it would not be seen.
    void reveal(RecordId record);

    enum StepKind
    {
        ZoomStep,
        TargetStep
    };

public slots:
    /// kNoRecord clears. Also the whole selection.
    void setCurrent(int record);

signals:
    void currentChanged(int record);
    void selectedChanged();
    void pinsChanged();
    void comparedChanged();
    void viewChanged();
    void shownChanged(); ///< some record became visible or invisible, or came in

private:
    friend class ViewStep;
    void applyView(const ViewState& view);
    void updateVisibility();
    Visibility visibilityNow(RecordId record, const std::vector<bool>& fits) const;
    void dropUnseen();

    SnapshotPtr m_snapshot;
    RecordId m_current = kNoRecord;
    RecordId m_lost = kNoRecord; ///< was current until the view lost it
    std::vector<RecordId> m_selected;
    std::array<RecordId, kMostPins> m_pins;
    std::pair<RecordId, RecordId> m_compared {kNoRecord, kNoRecord};
    ViewState m_view;
    std::vector<Visibility> m_visibility; ///< by record
    QUndoStack m_undo;
};

} // namespace bitfront
