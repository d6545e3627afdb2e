// SPDX-License-Identifier: GPL-3.0-or-later
// The part of DetailPanel that says how good and how small a result is, and how far to trust it.
#include "core/plan/recipe_target.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/parts/bars.h"
#include "widgets/parts/figures.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QLocale>

#include <algorithm>

namespace bitfront {

void DetailPanel::showFigures(const Measurement& measured)
{
    const SnapshotPtr& snapshot = m_run.snapshot();
    const std::size_t judged = std::min(snapshot->outputIndex, measured.outputs.size() - 1);
    if (!measured.outputs.empty()) {
        const OutputQuality& quality = measured.outputs[judged];
        m_figures[0]->setFigure(metricTitle(quality.metric) + QStringLiteral(", ")
                                    + toQString(quality.output),
                                qualityText(quality.value, quality.metric),
                                quality.identical() ? tr("identical") : metricUnit(quality.metric));
    }
    m_figures[1]->setFigure(tr("Compression"), ratioText(measured.size.compressionRatio()), {});
    m_figures[2]->setFigure(tr("Average bits"),
                            QLocale().toString(measured.size.averageBits(), 'f', 2),
                            tr("per weight"));
    m_figures[3]->setFigure(tr("Model size"), megabytesText(measured.size.megabytes()), tr("MB"));
    const StorageBits& bits = measured.size.compressed;
    const bool palette = bits.tables + bits.channelScales > 0;
    m_breakdown->setParts(
        static_cast<double>(bits.codes), static_cast<double>(bits.total() - bits.codes),
        static_cast<double>(measured.size.untouchedBits), palette ? tr("Tables") : tr("Scales"));
}

void DetailPanel::showMetrics(const ResultRecord& record)
{
    const Measurement& measured = *record.measurement();
    const auto words = [](double value, Metric metric) {
        const QString unit = metricUnit(metric);
        const QString text = qualityText(value, metric);
        return unit.isEmpty() ? text : text + QLatin1Char(' ') + unit;
    };
    QList<KeyValue> rows;
    if (measured.outputs.size() > 1)
        for (const OutputQuality& quality : measured.outputs)
            rows.append({toQString(quality.output),
                         metricTitle(quality.metric) + QLatin1Char(' ')
                             + words(quality.value, quality.metric)});
    if (!measured.outputs.empty()) {
        const std::size_t judged =
            std::min(m_run.snapshot()->outputIndex, measured.outputs.size() - 1);
        const OutputQuality& quality = measured.outputs[judged];
        if (record.recipe && judged < record.recipe->predicted.size())
            rows.append({tr("Predicted"), words(record.recipe->predicted[judged], quality.metric),
                         tr("What the scan let expect before this was measured: the errors of the "
                            "layers, each measured alone, added up")});
        if (quality.split) {
            rows.append({tr("Chosen on"), words(quality.split->chosenOn, quality.metric),
                         tr("Measured on the samples that formats of layers are chosen by")});
            rows.append({tr("Held out"), words(quality.split->heldOut, quality.metric),
                         tr("Measured on the samples that took no part in any choice: what to "
                            "expect of other data")});
        }
    }
    m_metrics->setRows(rows);
    m_metrics->setVisible(!rows.isEmpty());
    QStringList warnings;
    for (const std::string& warning : recipeWarnings(record))
        warnings << toQString(warning);
    m_warnings->setText(warnings.join(QLatin1Char(' ')));
    m_warnings->setVisible(!warnings.isEmpty());
}

} // namespace bitfront
