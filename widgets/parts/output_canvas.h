// SPDX-License-Identifier: GPL-3.0-or-later
// One sample of an output before and after compression: pictures side by side, or lines over each
// other with the spread of their errors.
#pragma once

#include "core/inspect/sample_drawing.h"
#include "widgets/parts/waiting.h"

#include <QImage>
#include <QWidget>

#include <memory>

namespace bitfront {

class OutputCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit OutputCanvas(QWidget* parent = nullptr);
    /// `drawing` is of `view`; neither may be null.
    void setSample(std::shared_ptr<const OutputView> view,
                   std::shared_ptr<const SampleDrawing> drawing);
    void clear();
    /// What is shown is about to be replaced; ends with the next sample, or when cleared.
    void waitFor(const QString& words) { m_waiting.begin(words); }
    const Waiting& waiting() const { return m_waiting; }
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
    void paintScale(QPainter& painter, const QRectF& area) const;
    void paintErrors(QPainter& painter, const QRectF& area) const;
    QRectF pictureBox(int index) const;
    QRectF lineBox() const;
    std::int64_t valueAt(const QPoint& position, QString& place) const;

    std::shared_ptr<const OutputView> m_view;
    std::shared_ptr<const SampleDrawing> m_drawing;
    QImage m_pictures[3]; ///< baseline, compressed, difference
    Waiting m_waiting;
};

} // namespace bitfront
