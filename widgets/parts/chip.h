// SPDX-License-Identifier: GPL-3.0-or-later
// Chips: small rounded words. Legend chips toggle a group, filter chips can be removed, state chips
// only say something.
#pragma once

#include "core/plan/compression_config.h"

#include <QAbstractButton>

#include <optional>

namespace bitfront {

class Chip : public QAbstractButton
{
    Q_OBJECT

public:
    enum class Kind
    {
        Outline, ///< outlined; checkable ones go grey when off
        Filter, ///< soft accent with a cross; click removes
        State ///< soft accent, not clickable
    };
    explicit Chip(const QString& text, Kind kind = Kind::Outline, QWidget* parent = nullptr);

    /// Chip of a legend: marker in front, checked = shown. Emits toggled().
    static Chip* legend(const QString& text, GroupId group, QWidget* parent = nullptr);
    /// Chip of the legend for refinements: an empty ring, of no group's colour.
    static Chip* refinementLegend(const QString& text, QWidget* parent = nullptr);
    /// Puts a group's marker in front; hollow for refinements.
    void setMarker(GroupId group, bool hollow);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Mark
    {
        None,
        Group,
        Ring
    };
    void paintMark(QPainter& painter, QPointF centre, const QColor& ground) const;
    bool hasCross() const { return m_kind == Kind::Filter; }
    bool off() const { return isCheckable() && !isChecked(); }

    Kind m_kind;
    Mark m_mark = Mark::None;
    GroupId m_group = GroupId::PerChannel;
    bool m_hollow = false;
};

} // namespace bitfront
