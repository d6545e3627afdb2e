// SPDX-License-Identifier: GPL-3.0-or-later
// A slider over the sizes that a recipe may have, with a mark at each size that some measured
// configuration has. Values are average bits.
#pragma once

#include <QSlider>

#include <vector>

namespace bitfront {

class BudgetSlider : public QSlider
{
    Q_OBJECT

public:
    explicit BudgetSlider(QWidget* parent = nullptr);

    /// Steps are hundredths of a bit.
    void setBitRange(double least, double most);
    void setBits(double bits);
    double bits() const;
    /// Sizes to mark; those outside of the range are left out.
    void setMarks(std::vector<double> bits);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    double placeOf(double value) const; ///< in pixels from the left
    void moveTo(double x);

    std::vector<double> m_marks;
};

} // namespace bitfront
