// SPDX-License-Identifier: GPL-3.0-or-later
// The card beside a point under the mouse: everything known about one record, at a glance.
#pragma once

#include "widgets/plot_scene.h"

#include <QFrame>
#include <QList>
#include <QPair>

namespace bitfront {

class PlotCard : public QFrame
{
    Q_OBJECT

public:
    explicit PlotCard(QWidget* parent);

    /// Shows the first of `stack`, the records that lie under the mouse together.
    void setRecord(const ResultSnapshot& snapshot, const PlotScene& scene,
                   const std::vector<RecordId>& stack);
    /// Moves next to `point` inside `bounds`, to the quadrant where the fewest of `markers` are.
    void placeBeside(const QPointF& point, const QRect& bounds, const std::vector<QRectF>& markers);
    /// What the card says, line by line; also the text for screen readers.
    QStringList lines() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int cardHeight() const;

    PlotPoint m_point;
    QString m_title, m_subtitle, m_hint;
    QList<QPair<QString, QString>> m_rows;
};

} // namespace bitfront
