// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/sensitivity_delegate.h"

#include "widgets/parts/bars.h"
#include "widgets/parts/heat_scale.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/theme.h"

#include <QItemSelectionModel>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

constexpr int kLeastHeader = 160; ///< its width
constexpr double kUsualShare = 0.4; ///< of the table's width, at most for names
constexpr double kMostShare = 0.75; ///< of the table's width, when somebody drags
constexpr int kIndent = 12; ///< of layers under a module
constexpr int kEdge = 5; ///< what can be dragged
constexpr int kShareWidth = 52;
constexpr int kIconSize = 13;

/// What a lock rules out: the cell recedes, its number stays readable on the surface.
void paintForbidden(QPainter& painter, const QRectF& box, const QColor& heat)
{
    const Theme& t = Theme::current();
    painter.setPen(QPen(heat.isValid() ? mixed(heat, t.surface, 0.6) : t.line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
}

} // namespace

void SensitivityDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                const QModelIndex& index) const
{
    const Theme& t = Theme::current();
    const QVariant share = index.data(SensitivityModel::ShareRole);
    const bool forbidden = index.data(SensitivityModel::ForbiddenRole).toBool();
    const bool chosen = index.data(SensitivityModel::ChosenRole).toBool();
    const QColor heat = share.isValid() ? heatColor(share.toDouble()) : QColor();
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (forbidden) {
        paintForbidden(*painter, box, heat);
    } else if (heat.isValid()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(heat);
        painter->drawRoundedRect(box, 3, 3);
    }
    const bool onHeat = heat.isValid() && !forbidden;
    QFont font = uiFont(11, chosen ? 600 : 400);
    font.setItalic(index.data(SensitivityModel::EstimatedRole).toBool());
    painter->setFont(font);
    painter->setPen(onHeat ? heatTextColor(heat) : forbidden ? t.text3 : t.text2);
    painter->drawText(box, Qt::AlignCenter, index.data().toString());
    const bool focused = option.state & QStyle::State_HasFocus;
    if (chosen) {
        // Two rings: one of them stands out whatever is below. Within the outline of the focus.
        const QRectF ring = focused ? box.adjusted(2, 2, -2, -2) : box;
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(t.surface, 4));
        painter->drawRoundedRect(ring.adjusted(1, 1, -1, -1), 3, 3);
        painter->setPen(QPen(t.text, 2));
        painter->drawRoundedRect(ring.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    }
    if (focused && chosen) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(t.accent, 2));
        painter->drawRect(QRectF(option.rect).adjusted(1, 1, -1, -1));
    } else if (focused) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(t.surface, 1));
        painter->drawRect(QRectF(option.rect).adjusted(2.5, 2.5, -2.5, -2.5));
        painter->setPen(QPen(t.accent, 2));
        painter->drawRect(QRectF(option.rect).adjusted(1, 1, -1, -1));
    }
    painter->restore();
}

LayerHeader::LayerHeader(QWidget* parent)
    : QHeaderView(Qt::Vertical, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setAccessibleName(tr("Layers"));
}

int LayerHeader::room() const
{
    return parentWidget() ? parentWidget()->width() : 0;
}

QSize LayerHeader::sizeHint() const
{
    const int least = uiPx(kLeastHeader);
    const int wanted = m_ownWidth > 0
        ? std::clamp(m_ownWidth, least, std::max(least, int(room() * kMostShare)))
        : std::clamp(m_needed, least, std::max(least, int(room() * kUsualShare)));
    return {wanted, QHeaderView::sizeHint().height()};
}

void LayerHeader::setModel(QAbstractItemModel* model)
{
    QHeaderView::setModel(model);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, &LayerHeader::measure);
    connect(model, &QAbstractItemModel::modelReset, this, &LayerHeader::measure);
    connect(model, &QAbstractItemModel::layoutChanged, this, &LayerHeader::measure);
    connect(model, &QAbstractItemModel::headerDataChanged, this, &LayerHeader::measure);
    measure();
}

void LayerHeader::changeEvent(QEvent* event)
{
    QHeaderView::changeEvent(event);
    if (event->type() == QEvent::FontChange && model())
        measure();
}

/// What names have in common, and how wide the widest row is.
void LayerHeader::measure()
{
    const QFontMetrics plain(uiFont(13, 500)), strong(uiFont(13, 600));
    const int icon = uiPx(kIconSize) + uiPx(4);
    QStringList units, modules;
    int widest = 0;
    for (int row = 0; row < model()->rowCount(); ++row) {
        const auto role = [&](int which) { return model()->headerData(row, Qt::Vertical, which); };
        const bool module = role(SensitivityModel::ModuleRole).toBool();
        const QString name = role(SensitivityModel::ShortNameRole).toString();
        (module ? modules : units) << name;
        int width = (module ? strong : plain).horizontalAdvance(name) + 1;
        width += role(SensitivityModel::UnderRole).toBool() ? uiPx(kIndent) : 0;
        width += role(SensitivityModel::TiedRole).toBool() ? icon : 0;
        widest = std::max(widest, width);
    }
    m_units = commonEnds(units);
    m_modules = commonEnds(modules);
    // Room for a padlock is always there: locking must not move the table.
    const int needed = widest + uiPx(12) + 2 * icon + uiPx(kShareWidth) + uiPx(8);
    viewport()->update();
    if (needed != m_needed) {
        m_needed = needed;
        emit widthChanged();
    }
}

void LayerHeader::setOwnWidth(int width)
{
    m_ownWidth = width;
    emit widthChanged();
}

bool LayerHeader::isAtEdge(const QPoint& position) const
{
    return position.x() >= viewport()->width() - uiPx(kEdge);
}

void LayerHeader::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && isAtEdge(event->pos())) {
        m_dragging = true;
        m_dragFrom = viewport()->width() - event->pos().x();
        return;
    }
    QHeaderView::mousePressEvent(event);
}

void LayerHeader::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        setOwnWidth(std::max(event->pos().x() + m_dragFrom, 1));
        return;
    }
    QHeaderView::mouseMoveEvent(event);
    if (event->buttons() == Qt::NoButton && isAtEdge(event->pos()))
        viewport()->setCursor(Qt::SplitHCursor);
    else
        viewport()->unsetCursor();
}

void LayerHeader::mouseReleaseEvent(QMouseEvent* event)
{
    if (std::exchange(m_dragging, false))
        return;
    QHeaderView::mouseReleaseEvent(event);
}

void LayerHeader::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && isAtEdge(event->pos()))
        setOwnWidth(0);
    else
        QHeaderView::mouseDoubleClickEvent(event);
}

void LayerHeader::paintSection(QPainter* painter, const QRect& rect, int row) const
{
    const Theme& t = Theme::current();
    const auto role = [&](int which) { return model()->headerData(row, Qt::Vertical, which); };
    const bool module = role(SensitivityModel::ModuleRole).toBool();
    const bool selected = selectionModel() && selectionModel()->rowIntersectsSelection(row);
    painter->save();
    painter->fillRect(rect, selected ? t.accentSoft : t.surface);
    QRectF area = QRectF(rect).adjusted(uiPx(12), 0, -uiPx(8), 0);
    const double ratio = painter->device()->devicePixelRatioF();
    const int icon = uiPx(kIconSize);
    const auto draw = [&](const QString& name, double x, const QColor& color) {
        painter->drawPixmap(QPointF(x, rect.center().y() - icon / 2.0),
                            tintedPixmap(name, color, icon, ratio));
    };
    if (module)
        draw(role(SensitivityModel::FoldedRole).toBool() ? QStringLiteral("chevron-right")
                                                         : QStringLiteral("chevron-down"),
             area.left(), t.text2);
    area.setLeft(area.left() + icon + uiPx(4));
    painter->setFont(uiFont(11));
    painter->setPen(t.text2);
    const double share = role(SensitivityModel::SizeShareRole).toDouble();
    const QString percent = share > 0 && share < 0.001
        ? QStringLiteral("<0.1 %")
        : QStringLiteral("%1 %").arg(QLocale().toString(100 * share, 'f', share < 0.1 ? 1 : 0));
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, percent);
    area.setRight(area.right() - uiPx(kShareWidth));
    if (!role(SensitivityModel::LockRole).toString().isEmpty()) {
        draw(QStringLiteral("lock"), area.right() - icon, module ? t.text2 : t.accent);
        area.setRight(area.right() - icon - uiPx(4));
    }
    if (role(SensitivityModel::TiedRole).toBool()) {
        draw(QStringLiteral("link"), area.right() - icon, t.text2);
        area.setRight(area.right() - icon - uiPx(4));
    }
    if (role(SensitivityModel::UnderRole).toBool())
        area.setLeft(area.left() + uiPx(kIndent));
    painter->setFont(uiFont(13, module ? 600 : selected ? 500 : 400));
    painter->setPen(t.text);
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                      elidedName(role(SensitivityModel::ShortNameRole).toString(),
                                 module ? m_modules : m_units, painter->fontMetrics(),
                                 int(area.width())));
    painter->restore();
}

} // namespace bitfront
