// SPDX-License-Identifier: GPL-3.0-or-later
// The plot as a file. Everything is drawn into memory first and then written in one piece.
#include "widgets/plot_canvas.h"
#include "widgets/scatter_plot.h"

#include <QBuffer>
#include <QFileInfo>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace bitfront {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Plot", text);
}

QByteArray renderPng(QCustomPlot& plot, QSize size, double scale)
{
    QImage image = plot.toPixmap(size.width(), size.height(), scale).toImage();
    image.setDevicePixelRatio(1);
    constexpr double kDotsPerMetre = 96 / 0.0254;
    image.setDotsPerMeterX(qRound(kDotsPerMetre * scale));
    image.setDotsPerMeterY(qRound(kDotsPerMetre * scale));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

void drawVectors(QCustomPlot& plot, QPaintDevice& device, QSize size, double scale)
{
    QCPPainter painter(&device);
    painter.scale(scale, scale);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    plot.toPainter(&painter, size.width(), size.height());
}

QByteArray renderSvg(QCustomPlot& plot, QSize size, const QString& title)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(title);
    drawVectors(plot, generator, size, 1);
    return bytes;
}

QByteArray renderPdf(QCustomPlot& plot, QSize size, const QString& title)
{
    constexpr int kDotsPerInch = 288; // three device dots per logical pixel: hairlines stay fine
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Bitfront " BITFRONT_VERSION));
    writer.setResolution(kDotsPerInch);
    const QSizeF points(size.width() * 0.75, size.height() * 0.75);
    writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins({});
    drawVectors(plot, writer, size, kDotsPerInch / 96.0);
    return bytes;
}

/// Replaces `file` by `bytes` or leaves it alone. QSaveFile can commit a short write on a full
/// disk, so the count is checked before it may.
QString writeWhole(const QString& file, const QByteArray& bytes)
{
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        return translated("The plot could not be written to %1: %2.").arg(file, out.errorString());
    if (out.write(bytes) != bytes.size()) {
        const QString reason = out.error() == QFileDevice::NoError ? translated("the disk is full")
                                                                   : out.errorString();
        out.cancelWriting();
        return translated("The plot could not be written to %1: %2.").arg(file, reason);
    }
    if (!out.commit())
        return translated("The plot could not be written to %1: %2.").arg(file, out.errorString());
    return {};
}

} // namespace

QString exportPlot(const ResultSnapshot& snapshot, const QString& file, const Theme& theme,
                   QSize size, double scale)
{
    const QString suffix = QFileInfo(file).suffix().toLower();
    QCustomPlot plot;
    plot.setAttribute(Qt::WA_DontShowOnScreen);
    plot.resize(size);
    plot.setViewport(QRect(QPoint(), size));
    PlotCanvas canvas(plot, theme, true);
    canvas.setSnapshot(&snapshot, {}, false);
    const QString title =
        translated("%1 against compression ratio").arg(canvas.scene().qualityTitle);
    QByteArray bytes;
    if (suffix == QLatin1String("png"))
        bytes = renderPng(plot, size, scale);
    else if (suffix == QLatin1String("svg"))
        bytes = renderSvg(plot, size, title);
    else if (suffix == QLatin1String("pdf"))
        bytes = renderPdf(plot, size, title);
    else
        return translated("Plots are written as .png, .svg or .pdf, not as “.%1”.").arg(suffix);
    if (bytes.isEmpty())
        return translated("The plot could not be drawn at %1 × %2 pixels.")
            .arg(qRound(size.width() * scale))
            .arg(qRound(size.height() * scale));
    return writeWhole(file, bytes);
}

} // namespace bitfront
