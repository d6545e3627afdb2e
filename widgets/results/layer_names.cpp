// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/layer_names.h"

#include <QFontMetrics>

#include <algorithm>

namespace bitfront {

namespace {

const QString kJoin = QStringLiteral(" + ");

bool isBorder(QChar c)
{
    return c == QLatin1Char('.') || c == QLatin1Char('_');
}

QString withoutModule(const QString& module, const QString& name)
{
    return !module.isEmpty() && name.startsWith(module + QLatin1Char('.'))
        ? name.mid(module.size() + 1)
        : name;
}

} // namespace

CommonEnds commonEnds(const QStringList& names)
{
    if (names.size() < 2)
        return {};
    const QString& model = names.front();
    auto first = model.size(), last = model.size();
    auto shortest = model.size();
    for (const QString& name : names) {
        const auto most = std::min(model.size(), name.size());
        decltype(first) same = 0;
        while (same < std::min(first, most) && name[same] == model[same])
            ++same;
        first = same;
        for (same = 0; same < std::min(last, most)
             && name[name.size() - 1 - same] == model[model.size() - 1 - same];)
            ++same;
        last = same;
        shortest = std::min(shortest, name.size());
    }
    first = std::min(first, std::max<qsizetype>(shortest - 1, 0));
    while (first > 0 && !isBorder(model[first - 1]))
        --first;
    last = std::clamp<qsizetype>(shortest - first - 1, 0, last);
    while (last > 0 && !isBorder(model[model.size() - last]))
        --last;
    return {static_cast<int>(first), static_cast<int>(last)};
}

QString nameWithin(const QString& module, const QString& name)
{
    QStringList parts = name.split(kJoin);
    for (QString& part : parts)
        part = withoutModule(module, part);
    // Whole components that all share with the first, their last ones not counted.
    auto shared = parts.front().lastIndexOf(QLatin1Char('.')) + 1;
    for (const QString& part : std::as_const(parts)) {
        while (shared > 0 && part.left(shared) != parts.front().left(shared))
            shared = shared > 1 ? parts.front().lastIndexOf(QLatin1Char('.'), shared - 2) + 1 : 0;
    }
    for (int i = 1; i < parts.size(); ++i)
        parts[i] = parts[i].mid(shared);
    return parts.join(kJoin);
}

QString elidedName(const QString& name, const CommonEnds& common, const QFontMetrics& metrics,
                   int width)
{
    const QString dots(QChar(0x2026));
    const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) <= width; };
    if (fits(name) || common.first + common.last >= name.size())
        return metrics.elidedText(name, Qt::ElideMiddle, width);
    const QString body = common.first > 0 ? dots + name.mid(common.first) : name;
    if (fits(body))
        return body;
    const QString core = common.last > 0 ? body.chopped(common.last) + dots : body;
    // As much of the common end as there is room for.
    return common.last > 0 && fits(core) ? metrics.elidedText(body, Qt::ElideRight, width)
                                         : metrics.elidedText(core, Qt::ElideMiddle, width);
}

} // namespace bitfront
