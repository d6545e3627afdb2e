// SPDX-License-Identifier: GPL-3.0-or-later
// A window with a finished run, and the ways a person browses it, for several tests.
#pragma once

#include "window_fixture.h"

#include "widgets/panels/detail_panel.h"
#include "widgets/results/filter_edit.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/scatter_plot.h"
#include "widgets/workbench/text.h"

#include <QMouseEvent>

#include <set>

namespace bitfront::test {

inline QWidget* ground(ScatterPlot& plot)
{
    for (QWidget* child : plot.findChildren<QWidget*>())
        if (child->inherits("QCustomPlot"))
            return child;
    return nullptr;
}

class Browser : public WindowFixture
{
public:
    using WindowFixture::WindowFixture;

    bool openFinishedRun() { return sweep(); }
    ScatterPlot& plot() const { return *window->findChild<ScatterPlot*>(); }
    Selection& selection() const { return window->selection(); }
    const ResultSnapshot& snapshot() const { return *window->run().snapshot(); }
    DetailPanel& detail() const { return *find<DetailPanel>("detailPanel"); }

    void type(const char* text) const
    {
        auto* field = find<FilterEdit>("filterField");
        field->setText(QString::fromUtf8(text));
        QTest::keyClick(field, Qt::Key_Return);
    }

    void clickPoint(RecordId record, Qt::KeyboardModifiers modifiers = {}) const
    {
        QWidget* target = ground(plot());
        QTest::mouseClick(target, Qt::LeftButton, modifiers,
                          (plot().markerPosition(record) - QPointF(target->pos())).toPoint());
    }

    void drag(const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = {}) const
    {
        QWidget* target = ground(plot());
        QTest::mousePress(target, Qt::LeftButton, modifiers, from);
        for (const QPoint& at : {(from + to) / 2, to}) {
            QMouseEvent move(QEvent::MouseMove, at, target->mapToGlobal(at), Qt::LeftButton,
                             Qt::LeftButton, modifiers);
            QApplication::sendEvent(target, &move);
        }
        QTest::mouseRelease(target, Qt::LeftButton, modifiers, to);
    }

    std::set<int> tableRows() const
    {
        std::set<int> records;
        const ResultProxy& proxy = table().proxy();
        for (int row = 0; row < proxy.rowCount(); ++row)
            records.insert(proxy.index(row, 0).data(ResultModel::RecordIdRole).toInt());
        return records;
    }

    /// What does not agree; empty when everything does.
    QString disagreement() const
    {
        std::set<int> shown, chosen, rows;
        for (int id = 0; id < records(); ++id)
            if (selection().isShown(id))
                shown.insert(id);
        if (tableRows() != shown)
            return QStringLiteral("the table shows other rows");
        for (int id = 0; id < records(); ++id)
            if (!plot().markerPosition(id).isNull() && shown.count(id) == 0)
                return QStringLiteral("the plot shows record %1").arg(id);
        const int current = selection().current();
        if (plot().current() != current)
            return QStringLiteral("the plot has another current record");
        const QModelIndexList selected = table().selectionModel()->selectedRows();
        for (const QModelIndex& index : selected)
            rows.insert(index.data(ResultModel::RecordIdRole).toInt());
        chosen.insert(selection().selected().begin(), selection().selected().end());
        if (rows != chosen)
            return QStringLiteral("the table has %1 rows selected, not %2")
                .arg(rows.size())
                .arg(chosen.size());
        if (current != kNoRecord) {
            const auto& record = snapshot().records[static_cast<std::size_t>(current)];
            if (detail().title() != toQString(title(record.config)))
                return QStringLiteral("the detail shows %1").arg(detail().title());
            if (chosen.count(current) == 0)
                return QStringLiteral("the current record is not selected");
        }
        return {};
    }
};

} // namespace bitfront::test
