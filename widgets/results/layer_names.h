// SPDX-License-Identifier: GPL-3.0-or-later
// Names of layers where there is little room: what they have in common goes first, what tells them
// apart stays.
#pragma once

#include <QString>
#include <QStringList>

class QFontMetrics;

namespace bitfront {

/// What all names of a list begin and end with, in characters.
struct CommonEnds
{
    int first = 0, last = 0;
};
/// Never more than leaves something of each name. Up to a dot or an underscore, so that no word is
/// cut. Nothing for fewer than two names.
CommonEnds commonEnds(const QStringList& names);

/// A name, or several joined by " + ", as it reads under a row of `module` that it belongs to
/// (empty: of none): without the module's name, and each further part without what it repeats of
/// the first: "attn.query + key + value".
QString nameWithin(const QString& module, const QString& name);

/// `name` in at most `width` pixels: first without what all have in common, then without its
/// middle.
QString elidedName(const QString& name, const CommonEnds& common, const QFontMetrics& metrics,
                   int width);

} // namespace bitfront
