// SPDX-License-Identifier: GPL-3.0-or-later
// Icons: one grey SVG each, tinted by string replace at the moment they are painted, so that a
// switch of theme needs no one to set them again.
#include "widgets/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

// Resources of a static library are not registered by themselves; the macro must be called outside
// any namespace.
static void registerResources()
{
    Q_INIT_RESOURCE(bitfront);
}

namespace bitfront {

namespace {

constexpr int kButtonIconGap = 6;
constexpr auto kDrawnColor = "#555b66";

QByteArray iconSource(const QString& name)
{
    static const bool registered = [] {
        registerResources();
        return true;
    }();
    Q_UNUSED(registered)
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("No icon is called “%s”.", qPrintable(name));
        return {};
    }
    return file.readAll();
}

/// Draws the named icon in one colour as a square at the left (trailing: right) of what it is
/// given.
class ThemedIconEngine : public QIconEngine
{
public:
    ThemedIconEngine(QString name, IconTone tone, bool trailing)
        : m_name(std::move(name))
        , m_tone(tone)
        , m_trailing(trailing)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const int side = std::min(rect.width(), rect.height());
        const int gap = rect.width() - side;
        const QPoint corner(rect.left() + (m_trailing ? gap : 0),
                            rect.top() + (rect.height() - side) / 2);
        const QColor color = mode == QIcon::Disabled && m_tone != IconTone::OnAccent
            ? Theme::current().lineStrong
            : mode == QIcon::Disabled ? Theme::current().text3
                                      : toneColor(Theme::current(), m_tone);
        painter->drawPixmap(
            corner, tintedPixmap(m_name, color, side, painter->device()->devicePixelRatioF()));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return result;
    }

    QIconEngine* clone() const override { return new ThemedIconEngine(*this); }

private:
    QString m_name;
    IconTone m_tone;
    bool m_trailing;
};

} // namespace

QColor toneColor(const Theme& theme, IconTone tone)
{
    switch (tone) {
    case IconTone::Normal:
        return theme.text2;
    case IconTone::Text:
        return theme.text;
    case IconTone::Accent:
        return theme.accent;
    case IconTone::OnAccent:
        return theme.onAccent;
    case IconTone::Ok:
        return theme.ok;
    case IconTone::Warn:
        return theme.warn;
    case IconTone::Err:
        return theme.err;
    }
    return theme.text2;
}

QPixmap tintedPixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio)
{
    const int pixels = qRound(size * devicePixelRatio);
    const QString key = QStringLiteral("bitfront/%1/%2/%3").arg(name, color.name()).arg(pixels);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        QByteArray svg = iconSource(name);
        svg.replace(kDrawnColor, color.name().toLatin1());
        QSvgRenderer renderer(svg);
        pixmap = QPixmap(pixels, pixels);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QIcon themedIcon(const QString& name, IconTone tone)
{
    return QIcon(new ThemedIconEngine(name, tone, false));
}

QIcon buttonIcon(const QString& name, IconTone tone)
{
    return themedIcon(name, tone);
}

QIcon trailingIcon(const QString& name, IconTone tone)
{
    return QIcon(new ThemedIconEngine(name, tone, true));
}

QSize buttonIconSize()
{
    return {uiPx(16) + kButtonIconGap, uiPx(16)};
}

QIcon applicationIcon()
{
    QIcon icon;
    QSvgRenderer renderer(iconSource(QStringLiteral("bitfront")));
    for (const int side : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, side, side));
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace bitfront
