// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/filter_bar.h"

#include "widgets/parts/chip.h"
#include "widgets/parts/flow_layout.h"
#include "widgets/results/filter_edit.h"
#include "widgets/results/filter_text.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QEvent>
#include <QFocusEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kRowHeight = 32;

std::vector<std::string> outputNames(const SnapshotPtr& snapshot)
{
    std::vector<std::string> names;
    if (!snapshot)
        return names;
    for (const ResultRecord& record : snapshot->records) {
        if (const Measurement* measured = record.measurement()) {
            for (const OutputQuality& output : measured->outputs)
                names.push_back(output.output);
            break;
        }
    }
    return names;
}

} // namespace

FilterBar::FilterBar(Selection& selection, QWidget* parent)
    : QWidget(parent)
    , m_selection(selection)
    , m_presets(new QToolButton)
    , m_field(new FilterEdit)
    , m_message(new Label({}, 11, 400, Tone::Text2))
    , m_counts(new Label({}, 11, 400, Tone::Text2))
{
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(10, 4, 16, 4);
    across->setSpacing(8);
    m_presets->setObjectName(QStringLiteral("filterPresets"));
    m_presets->setIcon(themedIcon(QStringLiteral("filter")));
    m_presets->setFixedSize(uiPx(28), uiPx(kRowHeight));
    m_presets->setToolTip(tr("Ready-made filters"));
    m_presets->setAccessibleName(tr("Ready-made filters"));
    m_presets->setPopupMode(QToolButton::InstantPopup);
    across->addWidget(m_presets, 0, Qt::AlignTop);
    auto* flow = new QWidget;
    m_row = new FlowLayout(8, flow);
    m_row->addWidget(m_field);
    across->addWidget(flow, 2);
    m_message->setObjectName(QStringLiteral("filterMessage"));
    m_message->setElided(true);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_counts->setObjectName(QStringLiteral("filterCounts"));
    // Beside the first row, also where there are more.
    for (Label* words : {m_message, m_counts})
        words->setFixedHeight(uiPx(kRowHeight));
    across->addWidget(m_message, 1, Qt::AlignTop);
    across->addWidget(m_counts, 0, Qt::AlignTop);
    buildPresets();
    connect(m_field, &FilterEdit::submitted, &m_selection, &Selection::addFilter);
    connect(m_field, &FilterEdit::parsedChanged, this, &FilterBar::refreshMessage);
    connect(&m_selection, &Selection::viewChanged, this, &FilterBar::refresh);
    connect(&m_selection, &Selection::shownChanged, this, &FilterBar::refresh);
    refresh();
}

void FilterBar::buildPresets()
{
    auto* menu = new QMenu(m_presets);
    const std::pair<QString, const char*> presets[] = {
        {tr("On the &front"), "front:yes"},
        {tr("Five of each &group"), "anchor:yes"},
        {tr("&Above the floor"), "floor:above"},
        {tr("&Base configurations only"), "refined:no"},
        {tr("&Refinements only"), "refined:yes"},
        {tr("&Every layer compressed"), "coverage=100%"},
        {tr("Fa&iled"), "failed:yes"},
    };
    for (const auto& [text, term] : presets) {
        const std::vector<FilterTerm> terms = parseFilter(term).terms;
        connect(menu->addAction(text), &QAction::triggered, this,
                [this, terms] { m_selection.addFilter(terms); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("&Clear filter")), &QAction::triggered, &m_selection,
            &Selection::clearFilter);
    m_presets->setMenu(menu);
}

void FilterBar::addChip(const QString& text, const QString& name, const QString& tip,
                        const std::function<void()>& remove)
{
    auto* chip = new Chip(text, Chip::Kind::Filter);
    chip->setObjectName(name);
    chip->setToolTip(tip);
    chip->setAccessibleName(tr("Remove filter %1").arg(text));
    // Queued: the click removes the chip itself.
    connect(chip, &Chip::clicked, this, remove, Qt::QueuedConnection);
    m_row->insertWidget(static_cast<int>(m_chips.size()), chip);
    m_chips.push_back(chip);
    chip->show();
}

void FilterBar::refresh()
{
    const ViewState& view = m_selection.view();
    if (std::vector<std::string> outputs = outputNames(m_selection.snapshot());
        outputs != m_shownOutputs) {
        m_shownOutputs = outputs;
        m_field->setOutputs(std::move(outputs));
    }
    // Zoom and targets are part of the view too, and change with every click of a wheel.
    const Metric judged =
        m_selection.snapshot() ? m_selection.snapshot()->judged.metric : Metric::Psnr;
    if (view.filter == m_shownFilter && view.hidden.size() == m_shownHidden
        && judged == m_shownMetric) {
        refreshMessage();
        return;
    }
    m_shownFilter = view.filter;
    m_shownHidden = view.hidden.size();
    m_shownMetric = judged;
    for (Chip* chip : m_chips) {
        m_row->removeWidget(chip);
        chip->hide();
        chip->deleteLater();
    }
    m_chips.clear();
    for (std::size_t i = 0; i < view.filter.size(); ++i) {
        const QString words = filterChipText(view.filter[i], judged);
        addChip(words, QStringLiteral("filterChip%1").arg(i),
                toQString(view.filter[i].text) + QLatin1Char('\n') + tr("Click to remove"),
                [this, i] { m_selection.removeFilter(i); });
    }
    if (!view.hidden.empty())
        addChip(tr("%1 hidden").arg(view.hidden.size()), QStringLiteral("hiddenChip"),
                tr("Hidden by hand\nClick to show them again"),
                [this] { m_selection.showHidden(); });
    updateGeometry();
    refreshMessage();
}

void FilterBar::refreshMessage()
{
    const ParsedFilter& parsed = m_field->parsed();
    if (m_field->text().trimmed().isEmpty()) {
        m_message->clear();
        return;
    }
    m_message->setTone(m_field->showsError() ? Tone::Err : Tone::Text2);
    if (parsed.error) {
        m_message->setText(toQString(parsed.error->message));
        return;
    }
    const SnapshotPtr& snapshot = m_selection.snapshot();
    if (!snapshot)
        return;
    const auto fits =
        filterRecords(parsed.terms, {snapshot->records, snapshot->analysis, snapshot->outputIndex});
    int count = 0;
    for (std::size_t i = 0; i < fits.size(); ++i)
        count += fits[i] && m_selection.isShown(static_cast<RecordId>(i));
    m_message->setText(count == 1 ? tr("1 result matches; Enter applies")
                                  : tr("%1 results match; Enter applies").arg(count));
}

void FilterBar::setCounts(const QString& text)
{
    m_counts->setText(text);
}

QString FilterBar::counts() const
{
    return m_counts->text();
}

/// Chips may need a second line, or no longer.
bool FilterBar::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)
        setFixedHeight(std::max(uiPx(40), layout()->heightForWidth(width())));
    return QWidget::event(event);
}

/// A focus proxy would do the same, but Tab then never comes to what stands before it.
void FilterBar::focusInEvent(QFocusEvent* event)
{
    m_field->setFocus(event->reason());
}

} // namespace bitfront
