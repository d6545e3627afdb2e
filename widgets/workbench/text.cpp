// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include <cmath>

namespace bitfront {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("bitfront::Text", text);
}

} // namespace

QString metricUnit(Metric metric)
{
    return metric == Metric::Iou ? QString() : tr("dB");
}

QString qualityText(double value, Metric metric)
{
    if (std::isnan(value))
        return QStringLiteral("—");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    return QLocale().toString(value, 'f', metric == Metric::Iou ? 3 : 1);
}

QString ratioText(double ratio)
{
    return QLocale().toString(ratio, 'f', 2) + QStringLiteral("×");
}

QString megabytesText(double megabytes)
{
    return QLocale().toString(megabytes, 'f', megabytes >= 100 ? 1 : 3);
}

QString countText(qint64 count)
{
    return QLocale().toString(count);
}

QString memoryText(quint64 bytes)
{
    const double mega = static_cast<double>(bytes) / (1024.0 * 1024.0);
    if (mega < 1000)
        return tr("%1 MB").arg(QLocale().toString(std::ceil(mega), 'f', 0));
    return tr("%1 GB").arg(QLocale().toString(mega / 1024.0, 'f', 1));
}

QString elapsedText(double ms)
{
    const double seconds = ms / 1000.0;
    if (seconds < 0.05)
        return tr("under 0.1 s");
    if (seconds < 10)
        return tr("%1 s").arg(QLocale().toString(seconds, 'f', 1));
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString inputsNameText(const QString& path, const InputOptions& options)
{
    if (path == QLatin1String(kStoredInputs))
        return tr("Examples in the model file");
    const QString name = QFileInfo(path).fileName();
    return options.moreFiles.empty() ? name
                                     : tr("%1 and %2 more").arg(name).arg(options.moreFiles.size());
}

QString shortPath(const QString& path)
{
    const QFileInfo info(path);
    const QString folder = QFileInfo(info.path()).fileName();
    return folder.isEmpty() ? info.fileName() : folder + QLatin1Char('/') + info.fileName();
}

} // namespace bitfront
