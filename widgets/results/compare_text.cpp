// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/compare_text.h"

#include "widgets/workbench/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Compare", text);
}

QString sizeSentence(double share)
{
    const QLocale locale;
    const auto percent = [&](double part) {
        return locale.toString(100 * part, 'f', part > 0.095 && part < 0.995 ? 0 : 1);
    };
    if (std::abs(share - 1) < 0.0005)
        return tr("Both are of the same size");
    return share < 1 ? tr("A is %1 % of B's size").arg(percent(share))
                     : tr("B is %1 % of A's size").arg(percent(1 / share));
}

QString qualitySentence(const QualityDelta& quality)
{
    const double a = quality.a.value, b = quality.b.value;
    if (a == b || (std::isnan(a) && std::isnan(b)))
        return tr("their quality is the same");
    if (quality.a.identical() || quality.b.identical())
        return quality.a.identical() ? tr("A's output is identical to the uncompressed one")
                                     : tr("B's output is identical to the uncompressed one");
    if (!std::isfinite(a) || !std::isfinite(b))
        return std::isfinite(b) ? tr("A's output is not finite") : tr("B's output is not finite");
    const bool iou = quality.a.metric == Metric::Iou;
    QString difference = QLocale().toString(std::abs(b - a), 'f', iou ? 3 : 1);
    if (!iou)
        difference += QStringLiteral(" dB");
    return b > a ? tr("B is %1 better").arg(difference) : tr("A is %1 better").arg(difference);
}

QString signedNumber(double value, int decimals, const QString& unit = {})
{
    QString text = QLocale().toString(std::abs(value), 'f', decimals) + unit;
    if (std::abs(value) >= 0.5 * std::pow(10, -decimals))
        text.prepend(value < 0 ? QChar(0x2212) : QLatin1Char('+'));
    return text;
}

} // namespace

QString compareHeadline(const Comparison& comparison, const std::string& output)
{
    QString text = sizeSentence(comparison.sizeShare);
    auto judged = std::ranges::find_if(comparison.qualities, [&](const QualityDelta& quality) {
        return quality.a.output == output;
    });
    if (judged == comparison.qualities.end())
        judged = comparison.qualities.begin();
    if (judged != comparison.qualities.end())
        text += QStringLiteral("; ") + qualitySentence(*judged);
    return text + QLatin1Char('.');
}

std::vector<CompareRow> compareRows(const ResultRecord& a, const ResultRecord& b,
                                    const Comparison& comparison)
{
    const Measurement& first = *a.measurement();
    const Measurement& second = *b.measurement();
    std::vector<CompareRow> rows;
    for (const QualityDelta& quality : comparison.qualities) {
        const bool iou = quality.a.metric == Metric::Iou;
        const double difference = quality.b.value - quality.a.value;
        rows.push_back(
            {metricTitle(quality.a.metric) + QStringLiteral(", ") + toQString(quality.a.output),
             qualityWithUnit(quality.a.metric, quality.a.value),
             qualityWithUnit(quality.b.metric, quality.b.value),
             std::isfinite(difference) ? signedNumber(difference, iou ? 3 : 1)
                                       : QStringLiteral("—")});
    }
    const QLocale locale;
    const auto add = [&](const QString& name, double x, double y, int decimals,
                         const QString& unit = {}) {
        rows.push_back({name, locale.toString(x, 'f', decimals) + unit,
                        locale.toString(y, 'f', decimals) + unit,
                        signedNumber(y - x, decimals, unit)});
    };
    add(tr("Compression"), first.size.compressionRatio(), second.size.compressionRatio(), 2,
        QStringLiteral("×"));
    add(tr("Size, MB"), first.size.megabytes(), second.size.megabytes(), 3);
    add(tr("Average bits"), first.size.averageBits(), second.size.averageBits(), 2);
    add(tr("Layers compressed"), first.size.compressedLayers, second.size.compressedLayers, 0);
    add(tr("Time, s"), first.timeMs / 1000, second.timeMs / 1000, 2);
    std::erase_if(rows, [](const CompareRow& row) { return row.a == row.b; });
    return rows;
}

} // namespace bitfront
