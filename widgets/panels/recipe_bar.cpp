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
    m_unit->addItem(tr("quality"), int(RecipeTarget::Kind::Quality));
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
    flow->addWidget(m_verify);
    m_frontier->setObjectName(QStringLiteral("drawFrontier"));
    flow->addWidget(m_frontier);

    connect(m_slider, &QSlider::valueChanged, this, &RecipeBar::takeSlider);
    connect(m_field, &QDoubleSpinBox::valueChanged, this, &RecipeBar::takeField);
    connect(m_unit, &QComboBox::activated, this, [this] {
        showUnit();
        emit moved();
    });
    connect(m_verify, &QPushButton::clicked, this, &RecipeBar::verifyRequested);
    connect(m_frontier, &QPushButton::clicked, this, &RecipeBar::frontierRequested);
    connect(m_rounds, &QComboBox::activated, this, &RecipeBar::updateButtons);
    connect(&m_scan, &ScanController::predicted, this, &RecipeBar::showForecast);
    connect(&m_scan, &ScanController::workChanged, this, &RecipeBar::updateButtons);
    showUnit();
}

RecipeTarget RecipeBar::target() const
{
    const RecipeTarget::Kind kind = kindOf(*m_unit);
    RecipeTarget target {kind, kind == RecipeTarget::Kind::Bits ? m_bits : m_field->value()};
    const ScanViewPtr& view = m_scan.view();
    // By name: the one that is looked at need not be the one that the run ranks by.
    if (asksQuality() && view && view->sensitivity.outputs.size() > 1
        && m_output < view->sensitivity.outputs.size())
        target.output = view->sensitivity.outputs[m_output];
    return target;
}

/// The smallest of at least a quality, instead of the best of at most a size.
bool RecipeBar::asksQuality() const
{
    return kindOf(*m_unit) == RecipeTarget::Kind::Quality;
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

/// "4.53 bits", "0.412 MB", "3.53×".
QString RecipeBar::withUnit(double value) const
{
    const QString number = QLocale().toString(value, 'f', m_field->decimals());
    return kindOf(*m_unit) == RecipeTarget::Kind::Ratio
        ? number + QStringLiteral("×")
        : number + QLatin1Char(' ') + m_unit->currentText();
}

/// The field in the unit that is chosen, with as many decimals as tell hundredths of a bit apart.
void RecipeBar::showUnit()
{
    m_unit->setAccessibleName(asksQuality() ? tr("What the recipe must reach")
                                            : tr("Unit of the size"));
    m_field->setAccessibleName(asksQuality() ? tr("Least quality of the recipe")
                                             : tr("Size of the recipe, as a number"));
    updateButtons();
    if (asksQuality()) {
        showQualityUnit();
        return;
    }
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
    m_field->setToolTip(tr("From %1 to %2: what the formats of the scan can come to")
                            .arg(withUnit(m_field->minimum()), withUnit(std::max(low, high))));
    if (kindOf(*m_unit) == RecipeTarget::Kind::Bits) // what the field says is what is asked for
        m_bits = std::ceil(m_bits * 100 - 1e-6) / 100;
    m_field->setValue(toUnit(m_bits));
    m_following = false;
}

/// The field as a quality of the judged output; it begins with what the size before would give.
void RecipeBar::showQualityUnit()
{
    const ScanViewPtr& view = m_scan.view();
    const auto& recipe = m_scan.forecast().recipe;
    if (!view || m_output >= view->sensitivity.metrics.size())
        return;
    m_qualityMetric = view->sensitivity.metrics[m_output];
    const bool share = m_qualityMetric == Metric::Iou;
    const double usual = share ? 0.9 : 40;
    const auto asked = m_qualities.find(view->sensitivity.outputs.at(m_output));
    const double now = asked != m_qualities.end()       ? asked->second
        : recipe && m_output < recipe->qualities.size() ? recipe->qualities[m_output]
                                                        : usual;
    const double scale = share ? 1000 : 10;
    m_following = true;
    m_field->setDecimals(share ? 3 : 1);
    m_field->setRange(share ? 0 : -100, share ? 1 : 300);
    m_field->setSingleStep(share ? 0.01 : 1);
    m_field->setToolTip({});
    m_field->setValue(std::floor((std::isfinite(now) ? now : usual) * scale) / scale);
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
    const ScanViewPtr& view = m_scan.view();
    if (asksQuality() && view && m_output < view->sensitivity.outputs.size())
        m_qualities[view->sensitivity.outputs[m_output]] = m_field->value();
    if (!asksQuality()) {
        m_bits = toBits(m_field->value());
        m_following = true;
        m_slider->setBits(m_bits);
        m_following = false;
    }
    emit moved();
}

void RecipeBar::setTargetBits(double bits)
{
    if (asksQuality()) {
        m_unit->setCurrentIndex(m_unit->findData(int(RecipeTarget::Kind::Bits)));
        showUnit();
    }
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
    const bool other = output != m_output;
    m_output = output;
    showForecast();
    if (other && asksQuality()) {
        showQualityUnit();
        emit moved();
    }
}

void RecipeBar::adoptScan()
{
    const ScanViewPtr& view = m_scan.view();
    if (view && view->isComplete()) {
        m_range = budgetRange(view->space, view->sensitivity, allOptions(view->space));
        showRange(m_range.most);
    }
    updateButtons();
}

/// The slider from the smallest formats to `most` average bits.
void RecipeBar::showRange(double most)
{
    m_most = most;
    m_following = true;
    m_slider->setBitRange(m_range.least, most);
    m_bits = std::clamp(m_bits, m_slider->minimum() / 100.0, m_slider->maximum() / 100.0);
    m_slider->setBits(m_bits);
    m_following = false;
    const Metric metric = m_output < m_scan.view()->sensitivity.metrics.size()
        ? m_scan.view()->sensitivity.metrics[m_output]
        : Metric::Psnr;
    // A quality of the same kind is still what is asked for.
    if (!asksQuality() || metric != m_qualityMetric)
        showUnit();
}

QString RecipeBar::predictionText() const
{
    return m_predicted->text();
}

void RecipeBar::showForecast()
{
    const RecipeForecast& forecast = m_scan.forecast();
    updateButtons();
    // Layers locked to fp16 may take more than the largest formats.
    const double most = std::max(m_range.most, forecast.range.least > 0 ? forecast.range.most : 0);
    if (m_scan.view() && most != m_most) {
        const double before = m_bits;
        showRange(most);
        // What was foreseen is of a size that cannot be asked for any more.
        if (!asksQuality() && m_bits < before) {
            emit moved();
            return;
        }
    }
    if (!forecast.recipe && asksQuality()) {
        m_predicted->setText(forecast.target.isSize() ? QString() : tr("Not reached"));
        m_predicted->setToolTip(tr("With the locks of now no choice of formats is that good."));
        return;
    }
    if (!forecast.recipe) {
        const double least = forecast.range.least;
        m_predicted->setText(
            least > 0 && least > m_bits ? tr("Needs %1").arg(withUnit(toUnit(least))) : QString());
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
    if (asksQuality() && !forecast.target.isSize()) { // the size is what is asked for
        m_bits = recipe.averageBits;
        m_following = true;
        m_slider->setBits(m_bits);
        m_following = false;
        quality = tr("%1 bits").arg(QLocale().toString(recipe.averageBits, 'f', 2));
    }
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
    const auto most = [this](std::size_t recipes) {
        const SearchEstimate search = m_scan.searchEstimate(recipes, rounds());
        return search.time.highMs > 0 ? tr("At most %1 short runs, %2.")
                                            .arg(search.runs)
                                            .arg(toQString(durationText(search.time)))
                                      : tr("At most %1 short runs.").arg(search.runs);
    };
    m_verify->setToolTip(
        tr("Finds the best recipe, measures it and puts it into the run. %1").arg(most(1)));
    m_frontier->setToolTip(
        tr("Finds and measures recipes of 3, 3.5, 4, 4.5, 5, 6, 7 and 8 bits. %1")
            .arg(most(std::size(ScanController::kFrontierBits))));
    m_slider->setEnabled(ready && !asksQuality()); // follows what a quality takes
    m_field->setEnabled(ready);
    m_unit->setEnabled(ready);
}

} // namespace bitfront
