// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/budget_row.h"

#include "widgets/parts/labels.h"
#include "widgets/parts/number_field.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>

namespace bitfront {

namespace {

constexpr double kMinuteMs = 60000;

template<class Spin>
Spin* field(const char* name, const QString& accessible, int width)
{
    auto* spin = new Spin;
    spin->setObjectName(QLatin1String(name));
    spin->setAccessibleName(accessible);
    spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    spin->setKeyboardTracking(false);
    spin->setFixedWidth(uiPx(width));
    return spin;
}

} // namespace

BudgetRow::BudgetRow(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_kind(new QComboBox)
    , m_minutes(field<QSpinBox>("budgetMinutes", tr("Minutes"), 92))
    , m_results(field<QSpinBox>("budgetResults", tr("Number of results"), 92))
    , m_quality(field<NumberField>("budgetQuality", tr("Least quality"), 84))
    , m_and(new Label(tr("and"), 13, 400, Tone::Text2))
    , m_ratio(field<NumberField>("budgetRatio", tr("Least compression"), 72))
{
    m_kind->setObjectName(QStringLiteral("budgetKind"));
    m_kind->setAccessibleName(tr("When the sweep stops"));
    m_kind->addItems({tr("everything is tried"), tr("a time"), tr("a number of results"),
                      tr("the first result with")});
    m_minutes->setRange(1, 7 * 24 * 60);
    m_minutes->setValue(30);
    m_minutes->setSuffix(tr(" min"));
    m_results->setRange(1, 10000);
    m_results->setValue(20);
    m_ratio->setRange(1, 64);
    m_ratio->setSingleStep(0.5);
    m_ratio->setValue(3);
    m_ratio->setSuffix(QStringLiteral("×"));
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(8);
    auto* words = new Label(tr("Stop after"), 13, 400, Tone::Text2);
    words->setBuddy(m_kind);
    across->addWidget(words);
    for (QWidget* part : {static_cast<QWidget*>(m_kind), static_cast<QWidget*>(m_minutes),
                          static_cast<QWidget*>(m_results), static_cast<QWidget*>(m_quality),
                          static_cast<QWidget*>(m_and), static_cast<QWidget*>(m_ratio)})
        across->addWidget(part);
    across->addStretch();
    connect(m_kind, &QComboBox::currentIndexChanged, this, &BudgetRow::apply);
    for (QSpinBox* spin : {m_minutes, m_results})
        connect(spin, &QSpinBox::valueChanged, this, &BudgetRow::apply);
    for (NumberField* spin : {m_quality, m_ratio})
        connect(spin, &NumberField::valueChanged, this, &BudgetRow::apply);
    connect(&m_setup, &ProjectSetup::metricsChanged, this, &BudgetRow::refresh);
    connect(&m_setup, &ProjectSetup::planChanged, this, &BudgetRow::refresh);
    refresh();
}

void BudgetRow::apply()
{
    SweepBudget budget;
    switch (m_kind->currentIndex()) {
    case Time:
        budget.maxMs = m_minutes->value() * kMinuteMs;
        break;
    case Results:
        budget.maxResults = m_results->value();
        break;
    case Targets:
        budget.targets = bitfront::Targets {m_quality->value(), m_ratio->value()};
        break;
    default:
        break;
    }
    m_setup.setBudget(budget);
}

void BudgetRow::refresh()
{
    const SweepBudget& budget = m_setup.budget();
    const auto metrics = m_setup.metrics();
    const bool iou = !metrics.empty() && metrics.front().metric == Metric::Iou;
    const QSignalBlocker quiet[] = {QSignalBlocker(m_kind), QSignalBlocker(m_minutes),
                                    QSignalBlocker(m_results), QSignalBlocker(m_quality),
                                    QSignalBlocker(m_ratio)};
    const QString unit = iou ? QString() : tr(" dB");
    if (m_quality->value() == 0 || m_quality->suffix() != unit) {
        m_quality->setRange(0, iou ? 1 : 200);
        m_quality->setSingleStep(iou ? 0.05 : 1);
        m_quality->setValue(iou ? 0.9 : 35);
        m_quality->setSuffix(unit);
    }
    if (budget.maxMs)
        m_minutes->setValue(static_cast<int>(*budget.maxMs / kMinuteMs));
    if (budget.maxResults)
        m_results->setValue(*budget.maxResults);
    if (budget.targets) {
        m_quality->setValue(budget.targets->quality.value_or(m_quality->value()));
        m_ratio->setValue(budget.targets->ratio.value_or(m_ratio->value()));
    }
    const int kind = budget.targets ? Targets
        : budget.maxResults         ? Results
        : budget.maxMs              ? Time
                                    : Everything;
    m_kind->setCurrentIndex(kind);
    showFields(kind);
}

void BudgetRow::showFields(int kind)
{
    m_minutes->setVisible(kind == Time);
    m_results->setVisible(kind == Results);
    for (QWidget* part : {static_cast<QWidget*>(m_quality), static_cast<QWidget*>(m_and),
                          static_cast<QWidget*>(m_ratio)})
        part->setVisible(kind == Targets);
}

} // namespace bitfront
