// SPDX-License-Identifier: GPL-3.0-or-later
// The one current record, shared by plot, table and detail panel: the only sideways channel of the window.
#pragma once

#include <QObject>

#include "core/plan/result.h"

namespace bitfront {

class Selection : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    RecordId current() const { return m_current; }

public slots:
    /// kNoRecord clears. Emits currentChanged only on a change.
    void setCurrent(int record);

signals:
    void currentChanged(int record);

private:
    RecordId m_current = kNoRecord;
};

} // namespace bitfront
