// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme_focus.h"

#include "widgets/theme.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QFocusEvent>
#include <QPainter>

namespace bitfront {

namespace {

constexpr int kWidth = 2;

class Ring : public QWidget
{
public:
    explicit Ring(QWidget* parent)
        : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setGeometry(parent->rect());
        raise();
        QWidget::show();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const double half = kWidth / 2.0;
        painter.setPen(
            QPen(Theme::current().accent, kWidth, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(QRectF(rect()).adjusted(half, half, -half, -half));
    }
};

bool isByKey(Qt::FocusReason reason)
{
    return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason
        || reason == Qt::ShortcutFocusReason;
}

} // namespace

void FocusRing::install(QApplication& application)
{
    if (!application.findChild<FocusRing*>(QString(), Qt::FindDirectChildrenOnly))
        new FocusRing(application);
}

FocusRing::FocusRing(QApplication& application)
    : QObject(&application)
{
    application.installEventFilter(this);
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn) {
        auto* area = qobject_cast<QAbstractScrollArea*>(watched);
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        // Back from another window or a menu it is as it was.
        const bool back = reason == Qt::ActiveWindowFocusReason || reason == Qt::PopupFocusReason;
        if (area && (isByKey(reason) || (back && area == m_area)))
            show(*area);
        else if (area)
            m_area.clear();
    } else if (event->type() == QEvent::FocusOut) {
        if (watched == m_area)
            hide();
    } else if (event->type() == QEvent::Resize && m_ring && watched == m_area) {
        m_ring->setGeometry(m_area->rect());
    }
    return QObject::eventFilter(watched, event);
}

void FocusRing::show(QAbstractScrollArea& area)
{
    hide();
    m_area = &area;
    m_ring = new Ring(&area);
}

void FocusRing::hide()
{
    delete m_ring;
}

} // namespace bitfront
