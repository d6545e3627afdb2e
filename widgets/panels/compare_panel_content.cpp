// SPDX-License-Identifier: GPL-3.0-or-later
// Which two results the comparison shows, and what it says about them.
#include "widgets/panels/compare_panel.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/results/compare_model.h"
#include "widgets/results/result_choice.h"
#include "widgets/selection.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QPushButton>
#include <QStackedLayout>
#include <QTreeView>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace bitfront {

namespace {

const std::vector<ResultRecord> kNothing;

RunIdentity identityOf(const RunHeader& header)
{
    return {header.model.fileName, header.model.sha256, header.inputsSha256, header.metrics};
}

bool measured(const std::vector<ResultRecord>& records, int index)
{
    return index >= 0 && index < static_cast<int>(records.size())
        && records[static_cast<std::size_t>(index)].measurement() != nullptr;
}

/// How many names both have.
int common(const std::vector<ResultRecord>& a, const std::vector<ResultRecord>& b)
{
    std::unordered_set<std::string_view> names;
    for (const ResultRecord& other : b)
        names.insert(other.config.name);
    return static_cast<int>(std::ranges::count_if(
        a, [&](const ResultRecord& record) { return names.contains(record.config.name); }));
}

} // namespace

const std::vector<ResultRecord>& ComparePanel::recordsOf(bool first) const
{
    if (m_other && first == m_otherIsA)
        return m_other->records;
    return m_run.snapshot() ? m_run.snapshot()->records : kNothing;
}

int ComparePanel::chosenOf(bool first) const
{
    if (m_other && first == m_otherIsA)
        return m_otherChosen;
    return first ? m_selection.compared().first : m_selection.compared().second;
}

const ResultRecord* ComparePanel::record(bool first) const
{
    const auto& records = recordsOf(first);
    const int index = chosenOf(first);
    return measured(records, index) ? &records[static_cast<std::size_t>(index)] : nullptr;
}

void ComparePanel::compareCurrent()
{
    const RecordId current = m_selection.current();
    const auto& selected = m_selection.selected();
    if (m_other) {
        choose(!m_otherIsA, m_otherIsA ? m_b->findData(current) : m_a->findData(current));
        return;
    }
    if (selected.size() >= 2) {
        m_selection.setCompared(selected[selected.size() - 2], selected.back());
        return;
    }
    for (const RecordId pin : m_selection.pins()) {
        if (pin != kNoRecord && pin != current) {
            m_selection.setCompared(pin, current);
            return;
        }
    }
    const RecordId before = m_selection.compared().first;
    if (m_selection.compared().second == kNoRecord && before != kNoRecord && before != current)
        m_selection.setCompared(before, current);
    else
        m_selection.setCompared(current, kNoRecord);
}

void ComparePanel::openOther(const QString& folder)
{
    m_queue.run(
        this,
        [this, folder](const std::stop_token&) -> BackgroundQueue::Completion {
            auto other = std::make_shared<const RunContents>(readRun(toPath(folder)));
            return [this, other, folder] { adoptOther(other, folder); };
        },
        [this](const Failure& failure) {
            m_otherWords->setTone(Tone::Err);
            m_otherWords->setText(toQString(failure.message));
        });
}

void ComparePanel::adoptOther(std::shared_ptr<const RunContents> other, const QString& folder)
{
    if (!m_run.hasRun())
        return;
    const std::string reason =
        incomparableReason(identityOf(m_run.header()), identityOf(other->header));
    m_otherWords->setTone(reason.empty() ? Tone::Text2 : Tone::Err);
    if (!reason.empty()) {
        m_otherWords->setText(toQString(reason));
        return;
    }
    const auto& here = recordsOf(!m_otherIsA);
    m_other = std::move(other);
    m_otherIsA = false;
    m_shown.clear();
    const int both = common(here, m_other->records);
    m_otherWords->setText(
        tr("B is from %1. %2 configurations are in both runs, %3 only here, %4 only there.")
            .arg(QFileInfo(folder).fileName())
            .arg(both)
            .arg(static_cast<int>(here.size()) - both)
            .arg(static_cast<int>(m_other->records.size()) - both));
    // The same configuration over there, if there is one.
    int a = m_selection.compared().first;
    if (!measured(here, a))
        a = m_selection.current();
    const auto same = std::ranges::find_if(m_other->records, [&](const ResultRecord& candidate) {
        return measured(here, a)
            && candidate.config.name == here[static_cast<std::size_t>(a)].config.name;
    });
    m_otherChosen =
        same == m_other->records.end() ? 0 : static_cast<int>(same - m_other->records.begin());
    m_selection.setCompared(a, kNoRecord);
    refresh();
}

void ComparePanel::dropOther()
{
    m_other.reset();
    m_otherIsA = false;
    m_otherChosen = kNoRecord;
    m_shown.clear(); // results of another run may have the same names
    m_otherWords->clear();
    refresh();
}

void ComparePanel::swap()
{
    const auto [a, b] = m_selection.compared();
    m_otherIsA = m_other && !m_otherIsA;
    m_selection.setCompared(b, a);
    refresh();
}

void ComparePanel::choose(bool first, int index)
{
    const QComboBox& combo = first ? *m_a : *m_b;
    if (index < 0)
        return;
    const int chosen = combo.itemData(index).toInt();
    if (m_other && first == m_otherIsA) {
        m_otherChosen = chosen;
        refresh();
        return;
    }
    const auto [a, b] = m_selection.compared();
    m_selection.setCompared(first ? chosen : a, first ? b : chosen);
}

void ComparePanel::refresh()
{
    if (!isVisible())
        return;
    m_otherButton->setText(m_other ? tr("Back to this run") : tr("Other run…"));
    const ResultRecord *a = record(true), *b = record(false);
    const bool anything = m_run.snapshot() && !m_run.snapshot()->records.empty();
    if (!anything || (!a && !b)) {
        m_state->setText(anything ? tr("Ctrl+click two points, or select one and press C, to see "
                                       "them side by side.")
                                  : tr("There is nothing to compare yet."));
        m_pages->setCurrentIndex(0);
        m_shown.clear();
        return;
    }
    m_a->setRecords(recordsOf(true), chosenOf(true));
    m_b->setRecords(recordsOf(false), chosenOf(false));
    m_pages->setCurrentIndex(1);
    // A sweep that goes on changes nothing about the two.
    const auto identity = [](const ResultRecord* record) {
        return record ? record->config.name + '\n' + record->finishedAt + '\n' : "-\n";
    };
    const std::string shown = identity(a) + identity(b) + m_run.snapshot()->judged.output
        + (m_other ? "\nother" : "") + (m_otherIsA ? " first" : "");
    if (shown == m_shown)
        return;
    m_shown = shown;
    showPair();
}

void ComparePanel::showPair()
{
    const ResultRecord *a = record(true), *b = record(false);
    if (!a || !b) {
        const QString only = toQString(shortCode((a ? a : b)->config));
        m_headline->setText(tr("Choose a second result to compare with %1.").arg(only));
        showRows({});
        m_layers->setLayers({});
        openLayer();
        return;
    }
    const Comparison comparison = compareResults(*a, *b);
    m_headline->setText(compareHeadline(comparison, m_run.snapshot()->judged.output));
    showRows(compareRows(*a, *b, comparison));
    const std::string open = m_layer;
    m_layers->setLayers(comparison.layers);
    // The layer one looks at stays open.
    for (int row = 0; row < m_layers->rowCount() && !open.empty(); ++row) {
        if (m_layers->index(row, 0).data().toString() == toQString(open))
            m_layerView->setCurrentIndex(m_layers->index(row, 0));
    }
    openLayer();
}

QString ComparePanel::headline() const
{
    return m_pages->currentIndex() == 0 ? m_state->text() : m_headline->text();
}

void ComparePanel::showRows(const std::vector<CompareRow>& rows)
{
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int line = 0;
    const auto cell = [&](const QString& text, int column, Tone tone, int weight) {
        auto* label = new Label(text, 13, weight, tone);
        if (column == 0)
            label->setElided(true);
        else
            label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_rows->addWidget(label, line, column);
    };
    for (const CompareRow& row : rows) {
        cell(row.name, 0, Tone::Text2, 400);
        cell(row.a, 1, Tone::Text, 400);
        cell(row.b, 2, Tone::Text, 400);
        cell(row.difference, 3, Tone::Text2, 500);
        ++line;
    }
}

/// The weights of the chosen layer under both.
void ComparePanel::openLayer()
{
    const ResultRecord *a = record(true), *b = record(false);
    const QModelIndexList rows = m_layerView->selectionModel()->selectedRows();
    const bool open = a && b && !rows.isEmpty();
    const LayerStorage* first = open ? m_layers->a(rows.front().row()) : nullptr;
    const LayerStorage* second = open ? m_layers->b(rows.front().row()) : nullptr;
    m_layerOpen = first && second;
    fitColumns();
    if (!first || !second) {
        m_histogram->clear();
        return;
    }
    m_layer = first->layer;
    m_histogramTitle->setText(toQString(first->layer));
    m_histogram->waitFor(tr("Reading the weights…"));
    m_inspector.requestPair(a->config, *first, b->config, *second);
    emit layerChosen(toQString(first->layer));
}

} // namespace bitfront
