// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/sensitivity_delegate.h"

#include "widgets/parts/bars.h"
#include "widgets/parts/heat_scale.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/theme.h"

#include <QItemSelectionModel>
#include <QLocale>
#include <QPainter>

namespace bitfront {

namespace {

constexpr int kHeaderWidth = 208;
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
    if (chosen) {
        // Two rings: one of them stands out whatever is below.
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(t.surface, 4));
        painter->drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3);
        painter->setPen(QPen(t.text, 2));
        painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    }
    if (option.state & QStyle::State_HasFocus) {
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

QSize LayerHeader::sizeHint() const
{
    return {uiPx(kHeaderWidth), QHeaderView::sizeHint().height()};
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
        draw(QStringLiteral("lock"), area.right() - icon, t.accent);
        area.setRight(area.right() - icon - uiPx(4));
    }
    if (role(SensitivityModel::TiedRole).toBool()) {
        draw(QStringLiteral("link"), area.right() - icon, t.text2);
        area.setRight(area.right() - icon - uiPx(4));
    }
    painter->setFont(uiFont(13, module ? 600 : selected ? 500 : 400));
    painter->setPen(t.text);
    painter->drawText(
        area, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(model()->headerData(row, Qt::Vertical).toString(),
                                          Qt::ElideMiddle, int(area.width())));
    painter->restore();
}

} // namespace bitfront
