// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/recipe_bar.h"

#include "widgets/parts/budget_slider.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/flow_layout.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kBitsPerMegabyte = 8.0 * 1024 * 1024;
constexpr int kMostRounds = 4;
constexpr int kUsualRounds = 2;

RecipeTarget::Kind kindOf(const QComboBox& unit)
{
    return static_cast<RecipeTarget::Kind>(unit.currentData().toInt());
}

} // namespace

RecipeBar::RecipeBar(ScanController& scan, QWidget* parent)
    : QWidget(parent)
    , m_scan(scan)
    , m_slider(new BudgetSlider)
    , m_field(new QDoubleSpinBox)
    , m_unit(new QComboBox)
    , m_predicted(new Label({}, 13, 500))
    , m_rounds(new QComboBox)
    , m_verify(makeButton(tr("Verify"), ButtonRole::Neutral))
    , m_frontier(makeButton(tr("Draw frontier"), ButtonRole::Neutral))
{
    auto* margins = new QVBoxLayout(this);
    margins->setContentsMargins(16, 6, 8, 4);
    auto* line = new QWidget;
    auto* flow = new FlowLayout(8, line);
    margins->addWidget(line);
    auto* budget = new QWidget;
    auto* across = new QHBoxLayout(budget);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(8);
    m_slider->setObjectName(QStringLiteral("budgetSlider"));
    m_slider->setAccessibleName(tr("Size of the recipe"));
    m_slider->setToolTip(tr("How large the model may be. The marks are sizes of measured "
                            "configurations with one format for all layers."));
    m_field->setObjectName(QStringLiteral("budgetField"));
    m_field->setAccessibleName(tr("Size of the recipe, as a number"));
    m_field->setKeyboardTracking(false);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setFixedWidth(uiPx(68));
    m_unit->setObjectName(QStringLiteral("budgetUnit"));
    m_unit->setAccessibleName(tr("Unit of the size"));
    m_unit->addItem(tr("bits"), int(RecipeTarget::Kind::Bits));
    m_unit->addItem(tr("MB"), int(RecipeTarget::Kind::Megabytes));
    m_unit->addItem(tr("ratio"), int(RecipeTarget::Kind::Ratio));
    for (QWidget* part : {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_field),
                          static_cast<QWidget*>(m_unit)})
        across->addWidget(part);
    flow->addWidget(budget);
    m_predicted->setObjectName(QStringLiteral("predictedWords"));
    m_predicted->setMinimumWidth(uiPx(122));
    m_predicted->setFixedHeight(uiPx(32));
    flow->addWidget(m_predicted);
    m_rounds->setObjectName(QStringLiteral("refineRounds"));
    m_rounds->setAccessibleName(tr("Refinement"));
    m_rounds->setToolTip(tr("Measures formats again around the best recipe so far and solves once "
                            "more: some forward passes per layer and round, worth most at low "
                            "bits"));
    m_rounds->addItem(tr("Not refined"), 0);
    for (int rounds = 1; rounds <= kMostRounds; ++rounds)
        m_rounds->addItem(rounds == 1 ? tr("Refine once") : tr("Refine %1 times").arg(rounds),
                          rounds);
    m_rounds->setCurrentIndex(kUsualRounds);
    flow->addWidget(m_rounds);
    m_verify->setObjectName(QStringLiteral("verifyRecipe"));
    m_verify->setToolTip(tr("Measures the recipe and puts it into the run"));
    flow->addWidget(m_verify);
    m_frontier->setObjectName(QStringLiteral("drawFrontier"));
    m_frontier->setToolTip(tr("Finds and measures recipes of 3, 3.5, 4, 4.5, 5, 6, 7 and 8 bits"));
    flow->addWidget(m_frontier);

    connect(m_slider, &QSlider::valueChanged, this, &RecipeBar::takeSlider);
    connect(m_field, &QDoubleSpinBox::valueChanged, this, &RecipeBar::takeField);
    connect(m_unit, &QComboBox::activated, this, [this] {
        showUnit();
        emit moved();
    });
    connect(m_verify, &QPushButton::clicked, this, &RecipeBar::verifyRequested);
    connect(m_frontier, &QPushButton::clicked, this, &RecipeBar::frontierRequested);
    connect(&m_scan, &ScanController::predicted, this, &RecipeBar::showForecast);
    connect(&m_scan, &ScanController::workChanged, this, &RecipeBar::updateButtons);
    showUnit();
}

RecipeTarget RecipeBar::target() const
{
    const RecipeTarget::Kind kind = kindOf(*m_unit);
    return {kind, kind == RecipeTarget::Kind::Bits ? m_bits : m_field->value()};
}

int RecipeBar::rounds() const
{
    return m_rounds->currentData().toInt();
}

double RecipeBar::toUnit(double bits) const
{
    const ScanViewPtr& view = m_scan.view();
    const double elements = view ? static_cast<double>(view->space.totalElements) : 1;
    switch (kindOf(*m_unit)) {
    case RecipeTarget::Kind::Megabytes:
        return bits * elements / kBitsPerMegabyte;
    case RecipeTarget::Kind::Ratio:
        return 16 / bits;
    default:
        return bits;
    }
}

double RecipeBar::toBits(double value) const
{
    const ScanViewPtr& view = m_scan.view();
    const double elements = view ? static_cast<double>(view->space.totalElements) : 1;
    switch (kindOf(*m_unit)) {
    case RecipeTarget::Kind::Megabytes:
        return value * kBitsPerMegabyte / elements;
    case RecipeTarget::Kind::Ratio:
        return 16 / value;
    default:
        return value;
    }
}

/// The field in the unit that is chosen, with as many decimals as tell hundredths of a bit apart.
void RecipeBar::showUnit()
{
    m_following = true;
    const double low = toUnit(m_slider->minimum() / 100.0);
    const double high = toUnit(m_slider->maximum() / 100.0);
    const double step = std::abs(toUnit(m_bits) - toUnit(m_bits + 0.05));
    const int decimals =
        std::clamp(static_cast<int>(std::ceil(-std::log10(std::max(step, 1e-9)))) + 1, 2, 6);
    m_field->setDecimals(kindOf(*m_unit) == RecipeTarget::Kind::Megabytes ? std::max(decimals, 3)
                                                                          : 2);
    // Rounded up: the size that it says is never smaller than what fits.
    m_field->setRange(std::min(low, high), std::max(low, high) * 1.0001);
    m_field->setSingleStep(step);
    m_field->setValue(toUnit(m_bits));
    m_following = false;
}

void RecipeBar::takeSlider()
{
    if (m_following)
        return;
    m_bits = m_slider->bits();
    m_following = true;
    m_field->setValue(toUnit(m_bits));
    m_following = false;
    emit moved();
}

void RecipeBar::takeField()
{
    if (m_following)
        return;
    m_bits = toBits(m_field->value());
    m_following = true;
    m_slider->setBits(m_bits);
    m_following = false;
    emit moved();
}

void RecipeBar::setTargetBits(double bits)
{
    m_bits = std::clamp(bits, m_slider->minimum() / 100.0, m_slider->maximum() / 100.0);
    m_following = true;
    m_slider->setBits(m_bits);
    m_field->setValue(toUnit(m_bits));
    m_following = false;
    emit moved();
}

void RecipeBar::setMarks(std::vector<double> bits)
{
    m_slider->setMarks(std::move(bits));
}

void RecipeBar::setOutput(std::size_t output)
{
    m_output = output;
    showForecast();
}

void RecipeBar::adoptScan()
{
    const ScanViewPtr& view = m_scan.view();
    if (view && view->isComplete()) {
        const BudgetRange range =
            budgetRange(view->space, view->sensitivity, allOptions(view->space));
        m_following = true;
        m_slider->setBitRange(range.least, range.most);
        m_bits = std::clamp(m_bits, m_slider->minimum() / 100.0, m_slider->maximum() / 100.0);
        m_slider->setBits(m_bits);
        m_following = false;
        showUnit();
    }
    updateButtons();
}

QString RecipeBar::predictionText() const
{
    return m_predicted->text();
}

void RecipeBar::showForecast()
{
    const RecipeForecast& forecast = m_scan.forecast();
    updateButtons();
    if (!forecast.recipe) {
        const double least = forecast.range.least;
        m_predicted->setText(
            least > 0 && least > m_bits
                ? tr("Needs %1").arg(QLocale().toString(toUnit(least), 'f', m_field->decimals()))
                : QString());
        m_predicted->setToolTip(
            tr("With the locks of now even the smallest formats take more than this."));
        return;
    }
    const RecipePrediction& recipe = *forecast.recipe;
    const ScanViewPtr& view = m_scan.view();
    if (!view || m_output >= recipe.qualities.size())
        return;
    const Metric metric = view->sensitivity.metrics[m_output];
    const QString unit = metricUnit(metric);
    QString quality = qualityText(recipe.qualities[m_output], metric);
    if (!unit.isEmpty())
        quality += QLatin1Char(' ') + unit;
    m_predicted->setText(tr("%1 predicted").arg(quality));
    const QString solver = recipe.exact
        ? tr("Solved exactly: no other choice of formats has a smaller sum.")
        : tr("Not solved to the end: a better choice of formats may exist.");
    m_predicted->setToolTip(
        tr("%1 bits. The errors of the layers, each measured alone, are added up; Verify measures "
           "the recipe itself. %2 (%3 ms)")
            .arg(QLocale().toString(recipe.averageBits, 'f', 3), solver,
                 QLocale().toString(forecast.elapsedMs, 'f', 1)));
}

void RecipeBar::updateButtons()
{
    const ScanViewPtr& view = m_scan.view();
    const bool ready = view && view->isComplete();
    const QString obstacle = m_scan.obstacle();
    const bool free = ready && !m_scan.isWorking() && obstacle.isEmpty();
    m_verify->setEnabled(free && m_scan.forecast().recipe.has_value());
    m_frontier->setEnabled(free);
    for (QWidget* part : {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_field),
                          static_cast<QWidget*>(m_unit)})
        part->setEnabled(ready);
}

} // namespace bitfront
