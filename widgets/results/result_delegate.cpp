// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/result_delegate.h"

#include "widgets/parts/bars.h"
#include "widgets/parts/marker.h"
#include "widgets/parts/number_text.h"
#include "widgets/results/layer_model.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace bitfront {

namespace {

constexpr int kRowHeight = 28;
constexpr int kMarkerColumn = 34;
constexpr int kInset = 8;

void drawCross(QPainter* painter, QPointF centre)
{
    painter->setPen(QPen(Theme::current().failed, 1.8, Qt::SolidLine, Qt::RoundCap));
    painter->drawLine(centre + QPointF(-3.5, -3.5), centre + QPointF(3.5, 3.5));
    painter->drawLine(centre + QPointF(-3.5, 3.5), centre + QPointF(3.5, -3.5));
}

/// The source of a proxied index: its model knows groups and refinements.
QModelIndex sourceOf(const QModelIndex& index)
{
    const auto* proxy = qobject_cast<const ResultProxy*>(index.model());
    return proxy ? proxy->mapToSource(index) : index;
}

} // namespace

QSize ResultDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {0, uiPx(kRowHeight)};
}

void ResultDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    if (selected) // over the hover colour that the view has drawn
        painter->fillRect(option.rect, Theme::current().accentSoft);
    const qreal ratio = painter->device()->devicePixelRatioF();
    if (index.column() == 0)
        paintName(painter, option.rect, index, selected, ratio);
    else
        paintValue(painter, option.rect, index, selected, ratio);
    painter->restore();
}

void ResultDelegate::paintName(QPainter* painter, const QRectF& cell, const QModelIndex& index,
                               bool selected, qreal) const
{
    const Theme& theme = Theme::current();
    const QPointF centre(cell.left() + 19, cell.center().y() + 0.5);
    const double progress = index.data(ResultModel::ProgressRole).toDouble();
    if (progress >= 0) {
        paintProgressRing(*painter, centre, progress);
    } else if (index.data(ResultModel::FailedRole).toBool()) {
        drawCross(painter, centre);
    } else {
        const QModelIndex source = sourceOf(index);
        const auto* model = static_cast<const ResultModel*>(source.model());
        paintMarker(*painter, model->group(source.row()), centre, model->isRefinement(source.row()),
                    selected ? theme.accentSoft : theme.surface);
    }
    painter->setFont(uiFont(13, selected ? 500 : 400));
    painter->setPen(theme.text);
    const QRectF area = cell.adjusted(uiPx(kMarkerColumn), 0, -kInset, 0);
    painter->drawText(area, Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                        int(area.width())));
}

void ResultDelegate::paintValue(QPainter* painter, const QRectF& cell, const QModelIndex& index,
                                bool selected, qreal ratio) const
{
    const Theme& theme = Theme::current();
    const auto column =
        static_cast<ResultModel::Column>(index.data(ResultModel::ColumnKindRole).toInt());
    const QString text = index.data().toString();
    const QRectF area = cell.adjusted(kInset, 0, -kInset, 0);
    const bool running = index.data(ResultModel::ProgressRole).toDouble() >= 0;
    const bool hasStatus =
        !index.siblingAtColumn(0).data(ResultModel::StatusTextRole).toString().isEmpty();
    painter->setFont(uiFont(13, selected ? 500 : 400));
    if (column == ResultModel::Column::Group) {
        painter->setPen(theme.text2);
        painter->drawText(area, Qt::AlignVCenter, text);
    } else if (column == ResultModel::Column::Front) {
        if (!text.isEmpty()) {
            const int side = uiPx(14);
            painter->drawPixmap(
                QPointF(cell.center().x() - side / 2.0, cell.center().y() - side / 2.0),
                tintedPixmap(QStringLiteral("check"), theme.text, side, ratio));
        }
    } else if (!text.isEmpty()) {
        painter->setPen(theme.text);
        drawNumberRight(*painter, area, text);
    } else if (!hasStatus || (running && column == ResultModel::Column::Quality)) {
        painter->setPen(selected ? theme.text2 : theme.text3);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, QStringLiteral("—"));
    }
}

QSize LayerDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {0, uiPx(kRowHeight)};
}

void LayerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool kept = index.data(LayerModel::KeptRole).toBool();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected)
        painter->fillRect(option.rect, theme.accentSoft);
    const QRectF cell = option.rect;
    const QString text = index.data().toString();
    painter->setFont(uiFont(13));
    painter->setPen(kept ? (selected ? theme.text2 : theme.text3) : theme.text);
    const bool isName = index.column() == LayerModel::NameColumn;
    if (index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft) {
        if (!isName)
            painter->setPen(selected || !kept ? theme.text2 : theme.text3);
        const QRectF area = cell.adjusted(isName ? 16 : kInset, 0, -kInset, 0);
        const QPoint ends = isName ? index.data(LayerModel::NameEndsRole).toPoint() : QPoint();
        painter->drawText(
            area, Qt::AlignVCenter,
            elidedName(text, {ends.x(), ends.y()}, painter->fontMetrics(), int(area.width())));
    } else if (index.data(LayerModel::FractionRole).isValid()
               && index.column() == LayerModel::BitsColumn) {
        const double number = numberWidth(uiFont(13), QStringLiteral("16")) + 6;
        paintBitBar(*painter, cell.right() - kInset - number, cell.center().y(),
                    index.data(LayerModel::FractionRole).toDouble() * 16, kept);
        painter->setPen(kept ? theme.text3 : theme.text);
        drawNumberRight(*painter, cell.adjusted(0, 0, -kInset, 0), text);
    } else {
        painter->setPen(selected || !kept ? theme.text2 : theme.text3);
        const double right = index.column() == LayerModel::SizeColumn ? 16 : kInset;
        drawNumberRight(*painter, cell.adjusted(0, 0, -right, 0),
                        text.isEmpty() ? QStringLiteral("—") : text);
    }
    painter->restore();
}

} // namespace bitfront
