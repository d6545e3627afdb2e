// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_card.h"

#include "widgets/parts/marker.h"
#include "widgets/theme.h"

#include <QGraphicsDropShadowEffect>
#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kWidth = 284;
constexpr int kInset = 16;
constexpr int kDistance = 18;

QString fromView(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString durationMs(double ms)
{
    const QLocale locale;
    if (ms < 60'000)
        return locale.toString(ms / 1000, 'f', ms < 100 ? 2 : 1) + QStringLiteral(" s");
    return QStringLiteral("%1 min %2 s")
        .arg(static_cast<int>(ms / 60'000))
        .arg(static_cast<int>(ms / 1000) % 60);
}

const CompressionConfig* configOf(const ResultSnapshot& snapshot, RecordId id)
{
    return id >= 0 && static_cast<std::size_t>(id) < snapshot.records.size()
        ? &snapshot.records[static_cast<std::size_t>(id)].config
        : nullptr;
}

} // namespace

PlotCard::PlotCard(QWidget* parent)
    : QFrame(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(24);
    shadow->setOffset(0, 6);
    shadow->setColor(QColor(0, 0, 0, Theme::current().dark ? 130 : 42));
    setGraphicsEffect(shadow);
    hide();
}

void PlotCard::setRecord(const ResultSnapshot& snapshot, const PlotScene& scene,
                         const std::vector<RecordId>& stack)
{
    const RecordId id = stack.front();
    const ResultRecord& record = snapshot.records[static_cast<std::size_t>(id)];
    const AnalysedPoint& analysed = snapshot.analysis.points[static_cast<std::size_t>(id)];
    const QLocale locale;
    m_point = scene.points[static_cast<std::size_t>(id)];
    m_title = QString::fromStdString(title(record.config));
    m_subtitle = fromView(groupTitle(record.config.group)).toLower();
    if (record.config.group != GroupId::Mixed) // its key would say it twice
        m_subtitle.prepend(fromView(groupKey(record.config.group)) + QLatin1Char(' '));
    if (const CompressionConfig* seed = configOf(snapshot, analysed.seed))
        m_subtitle += tr(" · refines %1").arg(QString::fromStdString(shortCode(*seed)));
    if (scene.knee == id)
        m_subtitle += tr(" · knee");
    m_rows.clear();
    if (const Measurement* measured = record.measurement()) {
        constexpr std::size_t kMostOutputs = 4;
        for (std::size_t i = 0; i < std::min(measured->outputs.size(), kMostOutputs); ++i) {
            const OutputQuality& output = measured->outputs[i];
            m_rows.append({metricTitle(output.metric) + QStringLiteral(", ")
                               + QString::fromStdString(output.output),
                           qualityWithUnit(output.metric, output.value)});
        }
        const SizeAccount& size = measured->size;
        m_rows.append({tr("Average bits"), locale.toString(size.averageBits(), 'f', 2)});
        m_rows.append({tr("Ratio, size"),
                       tr("%1×, %2 MB")
                           .arg(locale.toString(size.compressionRatio(), 'f', 2),
                                locale.toString(size.megabytes(), 'f', 3))});
        m_rows.append({tr("Coverage"),
                       tr("%1 of %2 layers").arg(size.compressedLayers).arg(size.totalLayers)});
        m_rows.append({tr("Time"), durationMs(measured->timeMs)});
    }
    QString status = tr("beaten");
    if (analysed.failed)
        status = tr("failed");
    else if (analysed.belowFloor)
        status = tr("below the floor");
    else if (analysed.onFront)
        status = tr("on front");
    else if (const CompressionConfig* winner = configOf(snapshot, analysed.dominatedBy))
        status = tr("beaten by %1").arg(QString::fromStdString(shortCode(*winner)));
    m_rows.append({tr("Status"), status});
    if (const Failure* failure = record.failure())
        m_rows.append({tr("Reason"), QString::fromStdString(failure->message)});
    constexpr std::size_t kMostBelow = 5;
    for (std::size_t i = 1; i < std::min(stack.size(), kMostBelow + 1); ++i) {
        QString code = QString::fromStdString(shortCode(*configOf(snapshot, stack[i])));
        if (i == kMostBelow && stack.size() > kMostBelow + 1)
            code += tr(" and %1 more").arg(stack.size() - kMostBelow - 1);
        m_rows.append({i == 1 ? tr("Also here") : QString(), code});
    }
    m_hint = stack.size() > 1
        ? tr("Click again, or press . and , for the %1 here").arg(stack.size())
        : tr("Click to select, Ctrl+click to compare");
    if (auto* shadow = qobject_cast<QGraphicsDropShadowEffect*>(graphicsEffect()))
        shadow->setColor(QColor(0, 0, 0, Theme::current().dark ? 130 : 42));
    setFixedSize(uiPx(kWidth), cardHeight());
    setAccessibleName(lines().join(QStringLiteral(", ")));
    update();
}

int PlotCard::cardHeight() const
{
    return uiPx(58) + static_cast<int>(m_rows.size()) * uiPx(19) + uiPx(38);
}

QStringList PlotCard::lines() const
{
    QStringList all {m_title, m_subtitle};
    for (const auto& [key, value] : m_rows)
        all << key + QStringLiteral(": ") + value;
    return all << m_hint;
}

void PlotCard::placeBeside(const QPointF& point, const QRect& bounds,
                           const std::vector<QRectF>& markers)
{
    QPoint best;
    int fewest = std::numeric_limits<int>::max();
    for (const int side : {1, -1}) {
        for (const int half : {1, -1}) {
            // Not quite in the corner: half of the card may pass the point's height.
            const double x = side > 0 ? point.x() + kDistance : point.x() - kDistance - width();
            const double y = half > 0 ? point.y() + kDistance : point.y() - kDistance - height();
            QRectF place(QPointF(x, y), QSizeF(size()));
            place.moveLeft(
                std::clamp(place.left(), bounds.left() + 8.0,
                           std::max(bounds.left() + 8.0, bounds.right() - 8.0 - width())));
            place.moveTop(
                std::clamp(place.top(), bounds.top() + 8.0,
                           std::max(bounds.top() + 8.0, bounds.bottom() - 8.0 - height())));
            int covered = 0;
            for (const QRectF& marker : markers)
                covered += place.intersects(marker);
            if (place.adjusted(-8, -8, 8, 8).contains(point))
                covered += 100'000; // pushed back over the point itself: last resort
            if (covered < fewest) {
                fewest = covered;
                best = place.topLeft().toPoint();
            }
        }
    }
    move(best);
}

void PlotCard::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(t.line, 1));
    p.setBrush(t.field);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    const int inset = uiPx(kInset);
    const auto elided = [&p](const QString& text, int room) {
        return p.fontMetrics().elidedText(text, Qt::ElideRight, room);
    };
    int left = inset;
    if (m_point.lane != PlotLane::Failed) {
        paintMarker(p, m_point.group, QPointF(inset + 5, uiPx(23)), m_point.refinement, t.field,
                    10);
    } else {
        p.drawPixmap(inset - 2, uiPx(23) - 7,
                     tintedPixmap(QStringLiteral("close"), t.failed, 14, devicePixelRatioF()));
    }
    left += uiPx(20);
    const int room = width() - inset - left;
    p.setFont(uiFont(13, 600));
    p.setPen(t.text);
    p.drawText(QRect(left, uiPx(13), room, uiPx(20)), Qt::AlignVCenter, elided(m_title, room));
    p.setFont(uiFont(11));
    p.setPen(t.text2);
    p.drawText(QRect(left, uiPx(33), room, uiPx(16)), Qt::AlignVCenter, elided(m_subtitle, room));
    int y = uiPx(58);
    for (const auto& [key, value] : m_rows) {
        const QRect row(inset, y, width() - 2 * inset, uiPx(19));
        p.setFont(uiFont(11));
        p.setPen(t.text2);
        const int keyRoom = std::min(p.fontMetrics().horizontalAdvance(key) + 12, row.width() / 2);
        p.drawText(row, Qt::AlignVCenter | Qt::AlignLeft, elided(key, keyRoom));
        p.setFont(uiFont(11, 600));
        p.setPen(t.text);
        p.drawText(row, Qt::AlignVCenter | Qt::AlignRight, elided(value, row.width() - keyRoom));
        y += uiPx(19);
    }
    y += uiPx(6);
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setPen(t.line);
    p.drawLine(0, y, width(), y);
    p.setFont(uiFont(11));
    p.setPen(t.text2);
    p.drawText(QRect(inset, y, width() - 2 * inset, height() - y), Qt::AlignVCenter,
               elided(m_hint, width() - 2 * inset));
}

} // namespace bitfront
