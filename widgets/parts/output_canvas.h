// SPDX-License-Identifier: GPL-3.0-or-later
// One sample of an output before and after compression: pictures side by side, or lines over each
// other with the spread of their errors.
#pragma once

#include "core/inspect/output_view.h"

#include <QImage>
#include <QWidget>

#include <memory>

namespace bitfront {

class OutputCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit OutputCanvas(QWidget* parent = nullptr);
    /// `view` must stay alive; null clears. `plane` is the channel of a picture.
    void setSample(const OutputView* view, std::int64_t sample, std::int64_t plane);
    /// What is shown, in words.
    QStringList captions() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    void makePictures();
    void paintPictures(QPainter& painter) const;
    void paintLines(QPainter& painter, const QRectF& area) const;
    void paintErrors(QPainter& painter, const QRectF& area) const;
    QRectF pictureBox(int index) const;
    QRectF lineBox() const;

    const OutputView* m_view = nullptr;
    std::int64_t m_sample = 0, m_plane = 0;
    QImage m_pictures[3]; ///< baseline, compressed, difference
    double m_reach = 0; ///< largest difference of the sample
};

} // namespace bitfront
