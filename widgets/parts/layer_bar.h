// SPDX-License-Identifier: GPL-3.0-or-later
// All layers of a result in one bar, as wide as what they store: shows at a glance where the bytes
// are.
#pragma once

#include "core/plan/layer_storage.h"

#include <QWidget>

#include <vector>

namespace bitfront {

class LayerBar : public QWidget
{
    Q_OBJECT

public:
    explicit LayerBar(QWidget* parent = nullptr);
    void setLayers(const std::vector<LayerStorage>& layers);
    /// Index into the layers; −1 for none.
    void setCurrent(int layer);
    /// Layer at a place of the widget, −1 beside the bar.
    int layerAt(const QPointF& position) const;
    QSize sizeHint() const override;

signals:
    void layerClicked(int layer);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF segment(std::size_t layer) const;

    struct Segment
    {
        QString tip;
        double from = 0, to = 0; ///< shares of the whole
        bool kept = false;
    };
    std::vector<Segment> m_segments;
    int m_current = -1;
};

} // namespace bitfront
