// SPDX-License-Identifier: GPL-3.0-or-later
// A big figure with a caption: one of the four numbers that sum up a result.
#pragma once

#include <QWidget>

namespace bitfront {

/// Caption over a large number with a small unit.
class Figure : public QWidget
{
    Q_OBJECT

public:
    explicit Figure(QWidget* parent = nullptr);
    void setFigure(const QString& caption, const QString& value, const QString& unit);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_caption, m_value, m_unit;
};

} // namespace bitfront
