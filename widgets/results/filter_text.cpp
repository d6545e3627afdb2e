// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/filter_text.h"

#include "widgets/workbench/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace bitfront {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Filter", text);
}

struct Wording
{
    QString name, unit;
};

Wording wordingOf(const FilterTerm& term, Metric judged)
{
    switch (term.field) {
    case FilterField::Bits:
        return {tr("bits"), {}};
    case FilterField::Ratio:
        return {tr("ratio"), QStringLiteral("×")};
    case FilterField::Size:
        return {tr("size"), QStringLiteral(" MB")};
    case FilterField::Time:
        return {tr("time"), QStringLiteral(" s")};
    case FilterField::Coverage:
        return {tr("coverage"), QStringLiteral(" %")};
    default:
        break;
    }
    const Metric metric = term.metric.value_or(judged);
    if (!term.output.empty())
        return {toQString(term.output), {}};
    const QString unit = metricUnit(metric);
    return {metricTitle(metric), unit.isEmpty() ? unit : QLatin1Char(' ') + unit};
}

QString numberText(double value)
{
    return QLocale().toString(value, 'g', 6);
}

QString rangeText(const FilterTerm& term, Metric judged)
{
    const auto [name, unit] = wordingOf(term, judged);
    const bool low = std::isfinite(term.low), high = std::isfinite(term.high);
    if (low && high && !term.highFits) // "= 4": what is printed so
        return name + QStringLiteral(" = ") + numberText((term.low + term.high) / 2) + unit;
    if (low && high)
        return name + QLatin1Char(' ') + numberText(term.low) + QStringLiteral("–")
            + numberText(term.high) + unit;
    const QString sign = low ? (term.lowFits ? QStringLiteral("≥") : QStringLiteral(">"))
                             : (term.highFits ? QStringLiteral("≤") : QStringLiteral("<"));
    return name + QLatin1Char(' ') + sign + QLatin1Char(' ')
        + numberText(low ? term.low : term.high) + unit;
}

/// What a yes-or-no term says when it is wanted.
QString property(FilterField field)
{
    switch (field) {
    case FilterField::Front:
        return tr("on front");
    case FilterField::Failed:
        return tr("failed");
    case FilterField::Identical:
        return tr("identical");
    case FilterField::AboveFloor:
        return tr("above floor");
    case FilterField::Refined:
        return tr("refinement");
    default:
        return tr("anchor of its group");
    }
}

} // namespace

QString filterChipText(const FilterTerm& term, Metric judged)
{
    bool negated = term.negated;
    QString text;
    if (term.field >= FilterField::Bits) {
        text = rangeText(term, judged);
    } else if (term.field == FilterField::Text) {
        text = QStringLiteral("“%1”").arg(toQString(term.words.front()));
    } else if (term.field == FilterField::Group) {
        QStringList groups;
        for (const std::string& word : term.words)
            groups << toQString(word);
        text = tr("group %1").arg(groups.join(QStringLiteral(", ")));
    } else {
        negated = negated == term.wanted;
        text = property(term.field);
    }
    return negated ? tr("not %1").arg(text) : text;
}

} // namespace bitfront
