// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/metrics_card.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/number_field.h"
#include "widgets/setup/file_cards.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QGridLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kNotJudged = -1;

void disableUnfit(QComboBox* combo, const OutputInfo& info)
{
    auto* items = qobject_cast<QStandardItemModel*>(combo->model());
    for (int i = 0; i < combo->count(); ++i) {
        if (combo->itemData(i).toInt() == kNotJudged)
            continue;
        const std::string reason =
            metricUnfitReason(info, static_cast<Metric>(combo->itemData(i).toInt()));
        if (reason.empty())
            continue;
        items->item(i)->setEnabled(false);
        items->item(i)->setToolTip(toQString(reason));
    }
}

} // namespace

MetricsCard::MetricsCard(ProjectSetup& setup, QWidget* parent)
    : StepCard(QStringLiteral("chart"), tr("Metrics"), parent)
    , m_setup(setup)
    , m_invitation(new Label(tr("Once the model has run on the inputs, its outputs are listed here "
                                "with a metric to confirm."),
                             13, 400, Tone::Text2))
    , m_rows(new QWidget)
    , m_reason(new Label({}, 11, 400, Tone::Text3))
    , m_confirm(makeButton({}, ButtonRole::Primary))
{
    setObjectName(QStringLiteral("metricsCard"));
    m_confirm->setObjectName(QStringLiteral("confirmMetrics"));
    m_invitation->setWrapped(true);
    m_reason->setWrapped(true);
    body()->addWidget(m_invitation);
    body()->addWidget(m_rows);
    body()->addWidget(m_reason);
    body()->addWidget(m_confirm, 0, Qt::AlignLeft);
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    grid->setColumnMinimumWidth(0, uiPx(64));
    grid->setColumnStretch(4, 1);
    setAction(tr("What do these mean?"));
    connect(m_confirm, &QPushButton::clicked, this, [this] { m_setup.confirmMetrics(); });
    connect(&m_setup, &ProjectSetup::metricsChanged, this, &MetricsCard::refresh);
    connect(&m_setup, &ProjectSetup::inputsChanged, this, &MetricsCard::refresh);
    refresh();
}

QString MetricsCard::signature() const
{
    QString text = m_setup.inputsPath();
    for (const OutputSetup& output : m_setup.outputs())
        text += QLatin1Char('|') + toQString(output.info.name);
    return text;
}

void MetricsCard::refresh()
{
    const bool known = !m_setup.outputs().empty();
    m_invitation->setVisible(!known);
    m_rows->setVisible(known);
    if (signature() != m_shown)
        rebuildRows();
    for (std::size_t i = 0; i < m_setup.outputs().size(); ++i)
        updateRow(i);
    const bool confirmed = m_setup.metricsConfirmed();
    const bool judged = !m_setup.metrics().empty();
    m_reason->setText(known ? reasonText() : QString());
    m_reason->setVisible(known);
    m_confirm->setVisible(known && judged && !confirmed);
    m_confirm->setText(m_setup.outputs().size() == 1 && judged
                           ? tr("Use %1").arg(metricTitle(m_setup.metrics().front().metric))
                           : tr("Use these metrics"));
    ErrorText error;
    if (known && !judged)
        error = {tr("No output can be judged."),
                 toQString(metricUnfitReason(m_setup.outputs().front().info, Metric::Psnr)), false};
    setError(error);
    if (!known)
        setState(State::Missing, tr("Waiting for inputs"));
    else if (!judged)
        setState(State::Failed, tr("Cannot be used"));
    else if (confirmed)
        setState(State::Ready, tr("Ready"));
    else
        setState(State::Attention, tr("Suggested, please confirm"));
}

QString MetricsCard::reasonText() const
{
    const auto& outputs = m_setup.outputs();
    if (m_setup.metricsConfirmed()) {
        const QString floors =
            tr("Results below the floor are not refined and stay out of the front.");
        return m_setup.confirmation().isEmpty()
            ? floors
            : m_setup.confirmation() + QLatin1Char(' ') + floors;
    }
    QStringList reasons;
    for (const OutputSetup& output : outputs) {
        const QString suggested =
            tr("%1 is suggested: %2.")
                .arg(metricTitle(output.suggestion.metric), toQString(output.suggestion.reason));
        const QString reason =
            output.metric ? suggested : toQString(metricUnfitReason(output.info, Metric::Psnr));
        reasons << (outputs.size() == 1
                        ? reason
                        : toQString(output.info.name) + QStringLiteral(": ") + reason);
    }
    reasons.removeDuplicates();
    return reasons.join(QLatin1Char('\n')) + QLatin1Char('\n')
        + tr("Confirm to continue, or choose another metric.");
}

void MetricsCard::rebuildRows()
{
    m_shown = signature();
    auto* grid = static_cast<QGridLayout*>(m_rows->layout());
    while (QLayoutItem* item = grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    // New widgets come last for the Tab key; these belong between what stands above and below.
    QWidget* before = m_confirm->previousInFocusChain();
    int line = 0;
    for (const OutputSetup& output : m_setup.outputs()) {
        const auto index = static_cast<std::size_t>(line);
        auto* nameLabel = new Label(toQString(output.info.name), 13, 500);
        // As wide as the names need, but they give way before the controls do.
        nameLabel->setElided(true);
        nameLabel->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
        nameLabel->setToolTip(tensorLine(output.info.name, output.info.shape, output.info.dtype));
        auto* combo = new QComboBox;
        combo->setAccessibleName(tr("Metric of %1").arg(toQString(output.info.name)));
        combo->setObjectName(QStringLiteral("metric_") + toQString(output.info.name));
        for (const Metric metric : {Metric::Psnr, Metric::Snr, Metric::Iou})
            combo->addItem(metricTitle(metric), static_cast<int>(metric));
        combo->addItem(tr("Not judged"), kNotJudged);
        disableUnfit(combo, output.info);
        connect(combo, &QComboBox::activated, this, [this, combo, index](int item) {
            const int value = combo->itemData(item).toInt();
            m_setup.setMetric(index,
                              value == kNotJudged ? std::nullopt
                                                  : std::optional(static_cast<Metric>(value)));
        });
        auto* floor = new NumberField;
        floor->setAccessibleName(tr("Floor of %1").arg(toQString(output.info.name)));
        floor->setObjectName(QStringLiteral("floor_") + toQString(output.info.name));
        floor->setButtonSymbols(QAbstractSpinBox::NoButtons);
        floor->setFixedWidth(uiPx(84));
        floor->setToolTip(tr("Results below this are not refined and stay out of the front."));
        connect(floor, &NumberField::valueChanged, this,
                [this, index](double value) { m_setup.setFloor(index, value); });
        grid->addWidget(nameLabel, line, 0);
        grid->addWidget(combo, line, 1);
        grid->addWidget(new Label(tr("Floor"), 13, 400, Tone::Text3), line, 2);
        grid->addWidget(floor, line, 3);
        setTabOrder(before, combo);
        setTabOrder(combo, floor);
        before = floor;
        ++line;
    }
    setTabOrder(before, m_confirm);
}

void MetricsCard::updateRow(std::size_t output)
{
    const OutputSetup& setup = m_setup.outputs()[output];
    auto* grid = static_cast<QGridLayout*>(m_rows->layout());
    const int line = static_cast<int>(output);
    auto* combo = static_cast<QComboBox*>(grid->itemAtPosition(line, 1)->widget());
    auto* floor = static_cast<NumberField*>(grid->itemAtPosition(line, 3)->widget());
    const QSignalBlocker quietCombo(combo);
    const QSignalBlocker quietFloor(floor);
    combo->setCurrentIndex(
        combo->findData(setup.metric ? static_cast<int>(*setup.metric) : kNotJudged));
    const bool iou = setup.metric == Metric::Iou;
    // A floor of an earlier run may lie beyond what one would choose.
    floor->setRange(std::min(iou ? 0.0 : -100.0, setup.floor),
                    std::max(iou ? 1.0 : 200.0, setup.floor));
    floor->setSingleStep(iou ? 0.05 : 1);
    floor->setSuffix(iou ? QString() : tr(" dB"));
    floor->setValue(setup.floor);
    floor->setEnabled(setup.metric.has_value());
}

} // namespace bitfront
