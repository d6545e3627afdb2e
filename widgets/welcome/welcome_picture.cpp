// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/welcome/welcome_picture.h"

#include "widgets/parts/marker.h"
#include "widgets/theme.h"
#include "widgets/welcome/demo_samples.h"

#include <QPainter>
#include <QPainterPath>

namespace bitfront {

namespace {

constexpr int kHeight = 240;
constexpr int kCaption = 18;

} // namespace

WelcomePicture::WelcomePicture(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(uiPx(kHeight));
    setAccessibleName(tr("Results of the demo: quality against compression"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void WelcomePicture::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int caption = uiPx(kCaption);
    painter.setFont(uiFont(11));
    painter.setPen(theme.text3);
    painter.drawText(QRect(8, 0, width() - 16, caption), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("↑ better quality"));
    painter.drawText(QRect(8, height() - caption, width() - 16, caption),
                     Qt::AlignRight | Qt::AlignVCenter, tr("smaller model →"));

    const QRectF area = QRectF(rect()).adjusted(16, caption + 14, -16, -caption - 22);
    double low = 1e9, high = -1e9, left = 1e9, right = -1e9;
    for (const DemoSample& sample : kDemoSamples) {
        low = qMin(low, sample.quality);
        high = qMax(high, sample.quality);
        left = qMin(left, sample.ratio);
        right = qMax(right, sample.ratio);
    }
    const auto at = [&](const DemoSample& sample) {
        return QPointF(area.left() + (sample.ratio - left) / (right - left) * area.width(),
                       area.bottom() - (sample.quality - low) / (high - low) * area.height());
    };
    painter.setPen(QPen(theme.line, 1));
    const double base = height() - caption - 6.5;
    painter.drawLine(QPointF(8, base), QPointF(width() - 8, base));
    QPainterPath front;
    for (const DemoSample& sample : kDemoSamples) {
        if (!sample.onFront)
            continue;
        const QPointF point = at(sample);
        if (front.elementCount() == 0) {
            front.moveTo(point);
        } else {
            front.lineTo(front.currentPosition().x(), point.y());
            front.lineTo(point);
        }
    }
    painter.setPen(QPen(theme.text, 1.5));
    painter.drawPath(front);
    for (const bool onFront : {false, true}) {
        painter.setOpacity(onFront ? 1 : 0.5);
        for (const DemoSample& sample : kDemoSamples) {
            if (sample.onFront == onFront)
                paintMarker(painter, sample.group, at(sample), sample.refinement, theme.window, 8);
        }
    }
}

} // namespace bitfront
