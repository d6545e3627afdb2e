// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/target_bar.h"

#include "widgets/parts/buttons.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

#include <cmath>

namespace bitfront {

namespace {

QDoubleSpinBox* makeField(const QString& name, const QString& accessible)
{
    auto* field = new QDoubleSpinBox;
    field->setObjectName(name);
    field->setAccessibleName(accessible);
    field->setKeyboardTracking(false);
    field->setFont(uiFont(13));
    field->setFixedWidth(uiPx(84));
    return field;
}

/// Sets what has changed elsewhere; a number that is being typed stays.
void setShown(QDoubleSpinBox& field, double value)
{
    const double shown = std::round(value * std::pow(10, field.decimals()));
    const double now = std::round(field.value() * std::pow(10, field.decimals()));
    if (!field.hasFocus() || shown != now)
        field.setValue(value);
}

} // namespace

TargetBar::TargetBar(Selection& selection, QWidget* parent)
    : QWidget(parent)
    , m_selection(selection)
    , m_quality(makeField(QStringLiteral("targetQuality"), tr("Least quality")))
    , m_ratio(makeField(QStringLiteral("targetRatio"), tr("Least compression ratio")))
    , m_lead(new Label({}, 13, 400, Tone::Text2))
    , m_winner(makeButton({}, ButtonRole::Link))
    , m_count(new Label({}, 13, 400, Tone::Text3))
{
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(16, 8, 10, 0);
    across->setSpacing(8);
    across->addWidget(new Label(tr("Quality ≥"), 13, 400, Tone::Text2));
    across->addWidget(m_quality);
    across->addSpacing(8);
    across->addWidget(new Label(tr("Ratio ≥"), 13, 400, Tone::Text2));
    across->addWidget(m_ratio);
    m_ratio->setRange(0.1, 100);
    m_ratio->setDecimals(2);
    m_ratio->setSingleStep(0.1);
    m_ratio->setSuffix(QStringLiteral("×"));
    across->addSpacing(8);
    across->addWidget(m_lead);
    m_winner->setObjectName(QStringLiteral("targetWinner"));
    m_winner->setToolTip(tr("Click to select it"));
    across->addWidget(m_winner);
    m_count->setElided(true);
    across->addWidget(m_count, 1);
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("closeTargets"));
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setFixedSize(uiPx(28), uiPx(28));
    close->setAccessibleName(tr("Hide the targets"));
    close->setToolTip(tr("Hide the targets"));
    across->addWidget(close);
    connect(close, &QToolButton::clicked, this, [this] {
        ViewState view = m_selection.view();
        view.targetsShown = false;
        m_selection.changeView(std::move(view), tr("hiding targets"));
    });
    connect(m_quality, &QDoubleSpinBox::valueChanged, this, &TargetBar::setQuality);
    connect(m_ratio, &QDoubleSpinBox::valueChanged, this, &TargetBar::setRatio);
    connect(m_winner, &QPushButton::clicked, this, [this] { m_selection.reveal(m_record); });
    connect(&m_selection, &Selection::viewChanged, this, &TargetBar::refresh);
    connect(&m_selection, &Selection::shownChanged, this, &TargetBar::refresh);
    refresh();
}

void TargetBar::setQuality(double quality)
{
    if (!m_selection.snapshot())
        return;
    ViewState view = m_selection.view();
    view.targetQuality[m_selection.snapshot()->judged.output] = quality;
    m_selection.changeView(std::move(view), tr("a target"), Selection::TargetStep);
}

void TargetBar::setRatio(double ratio)
{
    ViewState view = m_selection.view();
    view.targetRatio = ratio;
    m_selection.changeView(std::move(view), tr("a target"), Selection::TargetStep);
}

void TargetBar::refresh()
{
    const SnapshotPtr& snapshot = m_selection.snapshot();
    const ViewState& view = m_selection.view();
    setVisible(view.targetsShown && snapshot);
    if (!snapshot || !view.targetsShown)
        return;
    const QSignalBlocker quiet(m_quality), quietToo(m_ratio);
    fitToMetric(snapshot->judged.metric);
    setShown(*m_quality, targets().quality.value_or(0));
    setShown(*m_ratio, targets().ratio.value_or(1));
    refreshAnswer();
}

/// Only where it is another one: a field that is fit anew loses what is being typed.
void TargetBar::fitToMetric(Metric metric)
{
    if (m_metric == metric)
        return;
    m_metric = metric;
    const bool iou = metric == Metric::Iou;
    m_quality->setRange(iou ? 0 : -100, iou ? 1 : 300);
    m_quality->setDecimals(iou ? 3 : 1);
    m_quality->setSingleStep(iou ? 0.01 : 1);
    const QString unit = metricUnit(metric);
    m_quality->setSuffix(unit.isEmpty() ? unit : QLatin1Char(' ') + unit);
}

/// As the plot draws them; the fields show them rounded.
Targets TargetBar::targets() const
{
    const MetricChoice& judged = m_selection.snapshot()->judged;
    const ViewState& view = m_selection.view();
    const auto quality = view.targetQuality.find(judged.output);
    return {quality == view.targetQuality.end() ? judged.floor : quality->second,
            view.targetRatio.value_or(1)};
}

void TargetBar::refreshAnswer()
{
    const ResultSnapshot& snapshot = *m_selection.snapshot();
    std::vector<bool> shown;
    for (const Visibility visibility : m_selection.visibilities())
        shown.push_back(visibility == Visibility::Shown);
    const TargetAnswer answer = meetTargets(snapshot.analysis, targets(), shown);
    m_record = answer.winner;
    m_winner->setVisible(m_record != kNoRecord);
    if (m_record == kNoRecord) {
        m_lead->setText(tr("No result reaches both."));
        m_count->clear();
        return;
    }
    const AnalysedPoint& point = snapshot.analysis.points[static_cast<std::size_t>(m_record)];
    const ResultRecord& record = snapshot.records[static_cast<std::size_t>(m_record)];
    m_lead->setText(tr("Smallest:"));
    m_winner->setText(tr("%1, %2 at %3")
                          .arg(toQString(shortCode(record.config)),
                               qualityWithUnit(snapshot.judged.metric, point.quality),
                               ratioText(point.ratio)));
    m_count->setText(answer.survivors == 1 ? tr("the only one that reaches both")
                                           : tr("of %1 that reach both").arg(answer.survivors));
}

QString TargetBar::answer() const
{
    return m_record == kNoRecord ? m_lead->text()
                                 : m_lead->text() + QLatin1Char(' ') + m_winner->text();
}

} // namespace bitfront
