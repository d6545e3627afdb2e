// SPDX-License-Identifier: GPL-3.0-or-later
// The budget of a recipe: a slider and a field for exact values in one of three units, what is
// predicted for it, and the buttons that measure.
#pragma once

#include "widgets/workbench/scan_controller.h"

#include <QWidget>

#include <map>
#include <string>

class QComboBox;
class QDoubleSpinBox;
class QPushButton;

namespace bitfront {

class BudgetSlider;
class Label;

class RecipeBar : public QWidget
{
    Q_OBJECT

public:
    explicit RecipeBar(ScanController& scan, QWidget* parent = nullptr);

    /// What the slider asks for, in the unit that is shown.
    RecipeTarget target() const;
    void setTargetBits(double bits);
    int rounds() const;
    /// Sizes of measured uniform configurations, to mark.
    void setMarks(std::vector<double> bits);
    /// Which output's quality is told, as an index into Sensitivity::metrics.
    void setOutput(std::size_t output);
    /// Takes the range of the scan shown; call when there is another one.
    void adoptScan();
    QString predictionText() const;
    BudgetSlider& slider() const { return *m_slider; }

signals:
    void moved(); ///< by the user
    void verifyRequested();
    void frontierRequested();

private:
    void showForecast();
    void showRange(double most);
    void showUnit();
    void showQualityUnit();
    bool asksQuality() const;
    void takeSlider();
    void takeField();
    double toUnit(double bits) const;
    QString withUnit(double value) const;
    double toBits(double value) const;
    void updateButtons();

    ScanController& m_scan;
    BudgetSlider* m_slider;
    QDoubleSpinBox* m_field;
    QComboBox* m_unit;
    Label* m_predicted;
    QComboBox* m_rounds;
    QPushButton* m_verify;
    QPushButton* m_frontier;
    double m_bits = 4;
    BudgetRange m_range; ///< without locks
    double m_most = 0; ///< the slider's end in bits, with the locks of now
    std::size_t m_output = 0;
    std::map<std::string, double> m_qualities; ///< asked for, by output
    Metric m_qualityMetric = Metric::Psnr; ///< of the field, where it is a quality
    bool m_following = false; ///< while slider and field follow each other
};

} // namespace bitfront
