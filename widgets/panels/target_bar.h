// SPDX-License-Identifier: GPL-3.0-or-later
// The two targets as numbers, and the answer they give: which result is the smallest that is still
// good enough.
#pragma once

#include "core/plan/targets.h"
#include "widgets/parts/labels.h"

#include <optional>

class QDoubleSpinBox;
class QPushButton;

namespace bitfront {

class Selection;

class TargetBar : public QWidget
{
    Q_OBJECT

public:
    explicit TargetBar(Selection& selection, QWidget* parent = nullptr);
    /// "Smallest: p6 g8, 50.6 dB at 2.44×": what the bar says.
    QString answer() const;

private:
    void refresh();
    void fitToMetric(Metric metric);
    void refreshAnswer();
    Targets targets() const;
    void setQuality(double quality);
    void setRatio(double ratio);

    Selection& m_selection;
    QDoubleSpinBox* m_quality;
    QDoubleSpinBox* m_ratio;
    Label* m_lead;
    QPushButton* m_winner;
    Label* m_count;
    int m_record = -1;
    std::optional<Metric> m_metric; ///< that the quality's field is fit for
};

} // namespace bitfront
