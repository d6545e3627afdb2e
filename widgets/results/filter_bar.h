// SPDX-License-Identifier: GPL-3.0-or-later
// Over the results table: a chip for each term of the filter, the field for new ones, and how many
// results are left.
#pragma once

#include "core/plan/record_filter.h"
#include "widgets/parts/labels.h"

#include <functional>
#include <vector>

class QToolButton;

namespace bitfront {

class Chip;
class FilterEdit;
class FlowLayout;
class Selection;

class FilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(Selection& selection, QWidget* parent = nullptr);
    FilterEdit& field() const { return *m_field; }
    /// "32 of 61 shown", at the right.
    void setCounts(const QString& text);
    QString counts() const;

protected:
    bool event(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void buildPresets();
    void refresh();
    void refreshMessage();
    void addChip(const QString& text, const QString& name, const QString& tip,
                 const std::function<void()>& remove);

    Selection& m_selection;
    QToolButton* m_presets;
    FlowLayout* m_row;
    FilterEdit* m_field;
    Label* m_message;
    Label* m_counts;
    std::vector<Chip*> m_chips;
    std::vector<FilterTerm> m_shownFilter; ///< what the chips say
    std::size_t m_shownHidden = 0;
    Metric m_shownMetric = Metric::Psnr; ///< behind "quality"
    std::vector<std::string> m_shownOutputs;
};

} // namespace bitfront
