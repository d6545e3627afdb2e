// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/status_panel.h"

#include "widgets/parts/marker.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kHeight = 32;
constexpr int kBarWidth = 56;

} // namespace

StatusPanel::StatusPanel(RunController& run, QWidget* parent)
    : QWidget(parent)
    , m_run(run)
{
    setFixedHeight(uiPx(kHeight));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto refresh = [this] {
        setAccessibleName(summary());
        update();
    };
    connect(&m_run, &RunController::progressChanged, this, refresh);
    connect(&m_run, &RunController::snapshotChanged, this, refresh);
    connect(&m_run, &RunController::runChanged, this, refresh);
    connect(&m_run, &RunController::sweepFinished, this, refresh);
}

QSize StatusPanel::sizeHint() const
{
    return {uiPx(400), uiPx(kHeight)};
}

QList<StatusPanel::Part> StatusPanel::parts() const
{
    QList<Part> list;
    if (!m_run.hasRun())
        return list;
    const auto& snapshot = m_run.snapshot();
    for (const GroupId group : kGroups) {
        const int planned = m_run.header().plan.count(group);
        if (planned == 0)
            continue;
        int base = 0;
        int refined = 0;
        if (snapshot) {
            for (const ResultRecord& record : snapshot->records) {
                if (record.config.group == group)
                    ++(record.config.isRefinement() ? refined : base);
            }
        }
        Part part {static_cast<int>(group), {}, 0, false};
        int total = planned;
        const auto& groups = m_run.progress().groups;
        const auto live = std::ranges::find(groups, group, &GroupProgress::group);
        if (m_run.isRunning() && live != groups.end()) {
            total += live->refinementTotal;
            part.done = live->refinementsKnown && base + refined >= total;
            part.text = tr("%1 of %2").arg(base + refined).arg(total);
        } else {
            const bool finished = m_run.state() == RunState::Finished;
            total = std::max(planned + (finished ? 0 : m_run.header().plan.maxRefinements(group)),
                             base + refined);
            part.done = finished ? base >= planned : base + refined >= total;
            // As it was counted while it ran, where it is not complete.
            part.text = !finished ? tr("%1 of %2").arg(base + refined).arg(total)
                : refined > 0     ? tr("%1 of %2  + %3").arg(base).arg(planned).arg(refined)
                                  : tr("%1 of %2").arg(base).arg(planned);
        }
        part.fraction = total > 0 ? double(base + refined) / total : 0;
        list << part;
    }
    return list;
}

QString StatusPanel::endText() const
{
    if (!m_run.hasRun())
        return {};
    const int done = m_run.sweptCount();
    const QString count = tr("%1 of %2").arg(done).arg(m_run.expectedCount());
    if (m_run.isRunning()) {
        const QString left = toQString(durationText(m_run.progress().remaining));
        return count + QStringLiteral("  ·  ")
            + (m_run.isStopping()     ? tr("stopping")
                   : m_run.isPaused() ? tr("paused")
                   : done == 0        ? tr("estimating")
                                      : tr("%1 left").arg(left));
    }
    if (m_run.isFollowing())
        return tr("%1 · followed live").arg(count);
    switch (m_run.state()) {
    case RunState::Finished:
        return tr("%1 · finished in %2").arg(count, elapsedText(m_run.wallMs()));
    case RunState::Failed:
        return tr("%1 · ended early").arg(count);
    default:
        return tr("%1 · stopped, results kept").arg(count);
    }
}

int StatusPanel::warningCount() const
{
    int failed = 0;
    if (m_run.snapshot()) {
        for (const AnalysedPoint& point : m_run.snapshot()->analysis.points)
            failed += point.failed ? 1 : 0;
    }
    return failed + static_cast<int>(m_run.warnings().size());
}

QString StatusPanel::workersText() const
{
    if (!m_run.hasRun())
        return {};
    const int workers = m_run.header().probe.workers;
    return workers == 1 ? tr("1 worker") : tr("%1 workers").arg(workers);
}

QString StatusPanel::summary() const
{
    QStringList words;
    for (const Part& part : parts())
        words << toQString(groupKey(static_cast<GroupId>(part.group))) + QLatin1Char(' ')
                + part.text + (part.done ? tr(" done") : QString());
    words << endText();
    return words.join(QStringLiteral("; "));
}

void StatusPanel::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme.window);
    painter.setFont(uiFont(11, 500));
    const QFontMetrics metrics = painter.fontMetrics();
    const int centre = height() / 2;
    int x = 20;
    const auto draw = [&](const QString& text, const QColor& colour) {
        painter.setPen(colour);
        painter.drawText(QRect(x, 0, metrics.horizontalAdvance(text) + 2, height()),
                         Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text);
    };
    for (const Part& part : parts()) {
        const auto group = static_cast<GroupId>(part.group);
        paintMarker(painter, group, QPointF(x + 5, centre + 0.5), false, theme.window);
        x += 20;
        draw(toQString(groupKey(group)), theme.text);
        x += 8;
        draw(part.text, theme.text2);
        x += 8;
        if (part.done) {
            painter.drawPixmap(
                x, centre - uiPx(7),
                tintedPixmap(QStringLiteral("check"), theme.ok, uiPx(14), devicePixelRatioF()));
            x += uiPx(14) + 24;
        } else {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.track);
            painter.drawRoundedRect(QRectF(x, centre - 1.5, kBarWidth, 4), 2, 2);
            painter.setBrush(theme.text2);
            if (part.fraction > 0)
                painter.drawRoundedRect(
                    QRectF(x, centre - 1.5, qMax(4.0, kBarWidth * part.fraction), 4), 2, 2);
            x += kBarWidth + 24;
        }
    }
    int right = width() - 16;
    const auto drawRight = [&](const QString& text, const QColor& colour) {
        const int wide = metrics.horizontalAdvance(text);
        painter.setPen(colour);
        painter.drawText(QRect(right - wide, 0, wide + 2, height()), Qt::AlignVCenter, text);
        right -= wide + 24;
    };
    drawRight(workersText(), theme.text2);
    if (const int warnings = warningCount(); warnings > 0) {
        drawRight(warnings == 1 ? tr("1 warning") : tr("%1 warnings").arg(warnings), theme.warn);
        right += 24 - 6 - uiPx(14);
        painter.drawPixmap(
            right, centre - uiPx(7),
            tintedPixmap(QStringLiteral("warning"), theme.warn, uiPx(14), devicePixelRatioF()));
        right -= 24;
    }
    if (right - metrics.horizontalAdvance(endText()) > x)
        drawRight(endText(), theme.text);
}

bool StatusPanel::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        QStringList lines;
        for (const std::string& warning : m_run.warnings())
            lines << toQString(warning);
        if (m_run.snapshot()) {
            for (const ResultRecord& record : m_run.snapshot()->records) {
                if (record.failure())
                    lines << toQString(title(record.config)) + QStringLiteral(": ")
                            + toQString(record.failure()->message);
            }
        }
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(),
                           lines.join(QLatin1Char('\n')), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace bitfront
