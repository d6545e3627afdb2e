// SPDX-License-Identifier: GPL-3.0-or-later
// A plot that is shown, for tests of what it does and of how it looks.
#pragma once

#include "plot_data.h"

#include "widgets/scatter_plot.h"

#include <QTest>

#include <memory>

namespace bitfront::testdata {

/// The widget that receives the mouse inside the plot.
inline QWidget* ground(ScatterPlot& plot)
{
    for (QWidget* child : plot.findChildren<QWidget*>()) {
        if (child->inherits("QCustomPlot"))
            return child;
    }
    return nullptr;
}

inline std::unique_ptr<ScatterPlot> shownPlot(const SnapshotPtr& snapshot)
{
    auto plot = std::make_unique<ScatterPlot>();
    plot->resize(855, 460);
    plot->setSnapshot(snapshot);
    plot->show();
    if (!QTest::qWaitForWindowExposed(plot.get()))
        return nullptr;
    QTest::qWait(80); // let the queued replot happen
    return plot;
}

} // namespace bitfront::testdata
