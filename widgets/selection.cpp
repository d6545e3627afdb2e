// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/selection.h"

namespace bitfront {

void Selection::setCurrent(int record)
{
    if (record == m_current)
        return;
    m_current = record;
    emit currentChanged(record);
}

} // namespace bitfront
