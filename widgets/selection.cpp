// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/selection.h"

#include <QElapsedTimer>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kMergeMs = 700; ///< steps of one kind nearer in time than this are one step

} // namespace

/// One undoable change of the view, as the view before and after it.
class ViewStep : public QUndoCommand
{
public:
    ViewStep(Selection& selection, ViewState after, const QString& text, int kind)
        : QUndoCommand(text)
        , m_selection(selection)
        , m_before(selection.view())
        , m_after(std::move(after))
        , m_kind(kind)
    {
        m_since.start();
    }

    int id() const override { return m_kind; }
    void redo() override { m_selection.applyView(m_after); }
    void undo() override { m_selection.applyView(m_before); }

    bool mergeWith(const QUndoCommand* other) override
    {
        if (m_since.elapsed() > kMergeMs)
            return false;
        m_after = static_cast<const ViewStep*>(other)->m_after;
        m_since.restart();
        setObsolete(m_after == m_before);
        return true;
    }

private:
    Selection& m_selection;
    ViewState m_before, m_after;
    int m_kind;
    QElapsedTimer m_since;
};

Selection::Selection(QObject* parent)
    : QObject(parent)
{
    m_pins.fill(kNoRecord);
}

void Selection::reset()
{
    m_undo.clear();
    m_snapshot.reset();
    setCurrent(kNoRecord);
    setCompared(kNoRecord, kNoRecord);
    m_pins.fill(kNoRecord);
    m_lost = kNoRecord;
    emit pinsChanged();
    applyView({});
    updateVisibility();
}

void Selection::setSnapshot(SnapshotPtr snapshot)
{
    m_snapshot = std::move(snapshot);
    updateVisibility();
}

bool Selection::isSelected(RecordId record) const
{
    return std::ranges::find(m_selected, record) != m_selected.end();
}

void Selection::setCurrent(int record)
{
    setSelected(record == kNoRecord ? std::vector<RecordId>() : std::vector<RecordId> {record},
                record);
}

void Selection::setSelected(std::vector<RecordId> records, RecordId current)
{
    m_lost = kNoRecord;
    const bool another = current != m_current;
    const bool others = records != m_selected;
    m_current = current;
    m_selected = std::move(records);
    if (another)
        emit currentChanged(current);
    if (others)
        emit selectedChanged();
}

void Selection::toggle(RecordId record)
{
    std::vector<RecordId> records = m_selected;
    if (std::erase(records, record) > 0) {
        const RecordId next = records.empty() ? kNoRecord : records.back();
        setSelected(std::move(records), m_current == record ? next : m_current);
        return;
    }
    records.push_back(record);
    setSelected(std::move(records), record);
}

char Selection::pinLetter(RecordId record) const
{
    const auto found = std::ranges::find(m_pins, record);
    return record == kNoRecord || found == m_pins.end()
        ? char(0)
        : static_cast<char>('A' + (found - m_pins.begin()));
}

bool Selection::togglePin(RecordId record)
{
    if (record == kNoRecord)
        return false;
    auto place = std::ranges::find(m_pins, record);
    const bool pinned = place != m_pins.end();
    if (!pinned)
        place = std::ranges::find(m_pins, kNoRecord);
    if (place == m_pins.end())
        return false;
    *place = pinned ? kNoRecord : record;
    emit pinsChanged();
    return true;
}

void Selection::setCompared(RecordId a, RecordId b)
{
    const std::pair<RecordId, RecordId> pair {a, b};
    if (pair == m_compared)
        return;
    m_compared = pair;
    emit comparedChanged();
}

void Selection::changeView(ViewState view, const QString& text, int kind)
{
    if (!(view == m_view))
        m_undo.push(new ViewStep(*this, std::move(view), text, kind));
}

void Selection::applyView(const ViewState& view)
{
    const bool othersSeen = view.filter != m_view.filter || view.hidden != m_view.hidden
        || view.hiddenGroups != m_view.hiddenGroups || view.refinements != m_view.refinements;
    m_view = view;
    if (othersSeen) // a zoom step must not read 10,000 records
        updateVisibility();
    emit viewChanged();
}

Visibility Selection::visibility(RecordId record) const
{
    return record >= 0 && static_cast<std::size_t>(record) < m_visibility.size()
        ? m_visibility[static_cast<std::size_t>(record)]
        : Visibility::Hidden;
}

int Selection::count(Visibility visibility) const
{
    return static_cast<int>(std::ranges::count(m_visibility, visibility));
}

Visibility Selection::visibilityNow(RecordId record, const std::vector<bool>& fits) const
{
    const CompressionConfig& config = m_snapshot->records[static_cast<std::size_t>(record)].config;
    if (m_view.hidden.count(record) > 0 || m_view.hiddenGroups.count(config.group) > 0
        || (!m_view.refinements && config.isRefinement()))
        return Visibility::Hidden;
    return fits[static_cast<std::size_t>(record)] ? Visibility::Shown : Visibility::Filtered;
}

void Selection::updateVisibility()
{
    std::vector<Visibility> now;
    if (m_snapshot) {
        const std::vector<bool> fits = filterRecords(
            m_view.filter, {m_snapshot->records, m_snapshot->analysis, m_snapshot->outputIndex});
        for (std::size_t i = 0; i < fits.size(); ++i)
            now.push_back(visibilityNow(static_cast<RecordId>(i), fits));
    }
    const bool changed = now != m_visibility;
    m_visibility = std::move(now);
    if (!changed)
        return;
    dropUnseen();
    emit shownChanged();
}

/// What cannot be seen cannot be chosen; what comes back into view is chosen again.
void Selection::dropUnseen()
{
    if (m_current == kNoRecord && m_lost != kNoRecord && isShown(m_lost)) {
        setCurrent(m_lost);
        return;
    }
    std::vector<RecordId> seen = m_selected;
    std::erase_if(seen, [this](RecordId record) { return !isShown(record); });
    const RecordId lost = m_current != kNoRecord && !isShown(m_current) ? m_current : m_lost;
    const RecordId current = isShown(m_current) ? m_current
        : seen.empty()                          ? kNoRecord
                                                : seen.back();
    setSelected(std::move(seen), current);
    m_lost = lost;
}

void Selection::addFilter(const std::vector<FilterTerm>& terms)
{
    ViewState view = m_view;
    for (const FilterTerm& term : terms)
        if (std::ranges::find(view.filter, term) == view.filter.end())
            view.filter.push_back(term);
    changeView(std::move(view), tr("filter"));
}

void Selection::removeFilter(std::size_t position)
{
    if (position >= m_view.filter.size())
        return;
    ViewState view = m_view;
    view.filter.erase(view.filter.begin() + static_cast<std::ptrdiff_t>(position));
    changeView(std::move(view), tr("removal of a filter"));
}

void Selection::clearFilter()
{
    ViewState view = m_view;
    view.filter.clear();
    changeView(std::move(view), tr("removal of all filters"));
}

void Selection::hide(const std::vector<RecordId>& records)
{
    ViewState view = m_view;
    view.hidden.insert(records.begin(), records.end());
    changeView(std::move(view), tr("hiding"));
}

void Selection::showHidden()
{
    ViewState view = m_view;
    view.hidden.clear();
    changeView(std::move(view), tr("showing hidden results"));
}

void Selection::setGroupVisible(GroupId group, bool visible)
{
    ViewState view = m_view;
    if (visible)
        view.hiddenGroups.erase(group);
    else
        view.hiddenGroups.insert(group);
    changeView(std::move(view), visible ? tr("showing a group") : tr("hiding a group"));
}

void Selection::setRefinementsVisible(bool visible)
{
    ViewState view = m_view;
    view.refinements = visible;
    changeView(std::move(view), visible ? tr("showing refinements") : tr("hiding refinements"));
}

void Selection::reveal(RecordId record)
{
    if (!m_snapshot || record < 0 || record >= static_cast<int>(m_snapshot->records.size()))
        return;
    if (!isShown(record)) {
        const CompressionConfig& config =
            m_snapshot->records[static_cast<std::size_t>(record)].config;
        ViewState view = m_view;
        view.hidden.erase(record);
        view.hiddenGroups.erase(config.group);
        view.refinements = view.refinements || config.isRefinement();
        const FilterContext context {m_snapshot->records, m_snapshot->analysis,
                                     m_snapshot->outputIndex};
        std::erase_if(view.filter,
                      [&](const FilterTerm& term) { return !matches(term, context, record); });
        changeView(std::move(view), tr("showing a result"));
    }
    setCurrent(record);
}

} // namespace bitfront
