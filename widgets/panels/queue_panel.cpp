// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/queue_panel.h"

#include "widgets/parts/bars.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/parts/marker.h"
#include "widgets/results/table_header.h"
#include "widgets/theme.h"
#include "widgets/workbench/plan_choice.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/text.h"

#include <QFocusEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace bitfront {

namespace {

constexpr int kRowHeight = 28;
constexpr int kMarkerColumn = 34;

bool isWaiting(const QueueEntry& entry)
{
    return entry.state == QueueEntry::State::Waiting;
}

bool isFailed(const QueueEntry& entry)
{
    return entry.state == QueueEntry::State::Failed;
}

/// A row: ring while it runs, cross when it failed, the group's marker while it waits.
class QueueDelegate : public QStyledItemDelegate
{
public:
    QueueDelegate(const QueueModel& model, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_model(model)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {0, uiPx(kRowHeight)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const QueueEntry* entry = m_model.entry(index);
        if (!entry)
            return;
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (selected)
            painter->fillRect(option.rect, theme.accentSoft);
        QRectF area = QRectF(option.rect).adjusted(8, 0, -8, 0);
        painter->setPen(theme.text2);
        if (index.column() == QueueModel::NameColumn) {
            const QPointF centre(option.rect.left() + 19, option.rect.center().y() + 0.5);
            if (entry->state == QueueEntry::State::Running)
                paintProgressRing(*painter, centre, entry->progress);
            else if (entry->state == QueueEntry::State::Failed)
                paintCross(*painter, centre);
            else
                paintMarker(*painter, entry->group, centre,
                            configForName(entry->name).isRefinement(),
                            selected ? theme.accentSoft : theme.surface);
            area.setLeft(option.rect.left() + uiPx(kMarkerColumn));
            painter->setPen(theme.text);
        } else if (index.column() == QueueModel::NoteColumn
                   && entry->state == QueueEntry::State::Failed) {
            painter->setPen(theme.err);
        }
        painter->setFont(uiFont(13, selected ? 500 : 400));
        painter->drawText(area, Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            int(area.width())));
        painter->restore();
    }

private:
    static void paintCross(QPainter& painter, QPointF centre)
    {
        painter.setPen(QPen(Theme::current().failed, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre + QPointF(-3.5, -3.5), centre + QPointF(3.5, 3.5));
        painter.drawLine(centre + QPointF(-3.5, 3.5), centre + QPointF(3.5, -3.5));
    }

    const QueueModel& m_model;
};

} // namespace

QueuePanel::QueuePanel(RunController& run, QWidget* parent)
    : QWidget(parent)
    , m_run(run)
    , m_model(new QueueModel(this))
    , m_list(new QTreeView)
{
    setObjectName(QStringLiteral("queuePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    buildList();
    column->addWidget(m_list, 1);
    for (const auto signal : {&RunController::progressChanged, &RunController::runChanged,
                              &RunController::snapshotChanged, &RunController::stopRequested})
        connect(&m_run, signal, this, &QueuePanel::refresh);
    connect(&m_run, &RunController::sweepFinished, this, &QueuePanel::refresh);
    refresh();
}

QWidget* QueuePanel::buildHead()
{
    auto* head = new QWidget;
    head->setFixedHeight(uiPx(40));
    auto* across = new QHBoxLayout(head);
    across->setContentsMargins(16, 4, 8, 4);
    across->setSpacing(8);
    m_summary = new Label({}, 13, 400, Tone::Text2);
    m_summary->setObjectName(QStringLiteral("queueSummary"));
    m_summary->setElided(true);
    across->addWidget(m_summary, 1);
    const auto button = [&](const QString& name, const QString& text, const QString& tip,
                            const QString& icon, void (QueuePanel::*slot)()) {
        QPushButton* made = makeButton(text, ButtonRole::Quiet, icon);
        made->setObjectName(name);
        made->setToolTip(tip);
        connect(made, &QPushButton::clicked, this, slot);
        across->addWidget(made);
        return made;
    };
    m_first = button(QStringLiteral("queueFirst"), tr("Run next"),
                     tr("This configuration comes next (Ctrl+Up)"), QStringLiteral("play"),
                     &QueuePanel::moveChosenToFront);
    m_skip = button(QStringLiteral("queueSkip"), tr("Skip"),
                    tr("Leaves this configuration out of the sweep (Delete)"),
                    QStringLiteral("close"), &QueuePanel::skipChosen);
    m_retry = button(QStringLiteral("queueRetry"), tr("Try again"),
                     tr("Runs the failed configuration once more (R)"), QStringLiteral("refresh"),
                     &QueuePanel::retryChosen);
    return head;
}

void QueuePanel::buildList()
{
    m_list->setObjectName(QStringLiteral("queueList"));
    m_list->setAccessibleName(tr("Queue of the sweep"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new QueueDelegate(*m_model, this));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setUniformRowHeights(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setFont(uiFont(13));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->installEventFilter(this);
    auto* header = new TableHeader(m_list);
    header->setInsets(kMarkerColumn, 8, 8);
    m_list->setHeader(header);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(QueueModel::NameColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(QueueModel::GroupColumn, QHeaderView::Fixed);
    header->resizeSection(QueueModel::GroupColumn, uiPx(64));
    header->setSectionResizeMode(QueueModel::NoteColumn, QHeaderView::Stretch);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &QueuePanel::updateButtons);
}

QString QueuePanel::summary() const
{
    return m_summary->text();
}

void QueuePanel::refresh()
{
    const bool running = m_run.isRunning();
    m_model->setQueue(running ? m_run.progress().running : std::vector<RunningJob>(), m_run.queue(),
                      m_run.snapshot().get());
    const int active = m_model->count(QueueEntry::State::Running);
    const int waiting = m_model->count(QueueEntry::State::Waiting);
    const int failed = m_model->count(QueueEntry::State::Failed);
    QStringList words;
    if (running) {
        words << tr("%1 running").arg(active) << tr("%1 waiting").arg(waiting);
        const auto unknown = std::ranges::count_if(
            m_run.progress().groups, [](const GroupProgress& g) { return !g.refinementsKnown; });
        if (unknown > 0)
            words << tr("refinements follow when a group is done");
    } else {
        words << tr("Nothing is running");
    }
    if (failed > 0)
        words << tr("%1 failed").arg(failed);
    m_summary->setText(words.join(QStringLiteral(", ")));
    updateButtons();
}

std::vector<std::string>
QueuePanel::chosen(const std::function<bool(const QueueEntry&)>& fits) const
{
    std::vector<std::string> names;
    const QModelIndexList rows = m_list->selectionModel()->selectedRows();
    for (const QModelIndex& row : rows)
        if (const QueueEntry* entry = m_model->entry(row); fits(*entry))
            names.push_back(entry->name);
    return names;
}

/// A running sweep takes up what its plan holds: no recipes and kept layers.
std::vector<std::string> QueuePanel::chosenToRetry() const
{
    const bool running = m_run.isRunning();
    return chosen([running](const QueueEntry& entry) {
        return isFailed(entry) && !(running && entry.group == GroupId::Mixed);
    });
}

void QueuePanel::updateButtons()
{
    const bool live = m_run.isRunning() && !m_run.isStopping();
    m_first->setEnabled(live && !chosen(isWaiting).empty());
    m_skip->setEnabled(live && !chosen(std::not_fn(isFailed)).empty());
    m_retry->setEnabled((live || m_run.canRetry()) && !chosenToRetry().empty());
}

void QueuePanel::skipChosen()
{
    const std::vector<std::string> names = chosen(std::not_fn(isFailed));
    QStringList done; // one may have ended meanwhile
    for (const std::string& name : names)
        if (m_run.skip(name))
            done << toQString(title(configForName(name)));
    if (!done.isEmpty())
        emit skipped(done.size() == 1 ? done.first() : tr("%1 configurations").arg(done.size()));
}

void QueuePanel::moveChosenToFront()
{
    std::vector<std::string> names = chosen(isWaiting);
    // The last one moved is the first one run: from the back, so that they keep their order.
    std::ranges::sort(names, std::greater(),
                      [this](const std::string& name) { return m_model->rowOf(name); });
    for (const std::string& name : names)
        m_run.moveToFront(name);
}

void QueuePanel::retryChosen()
{
    const std::vector<std::string> names = chosenToRetry();
    if (!m_run.isRunning() && !names.empty())
        emit retryRequested(names);
    for (const std::string& name : names)
        m_run.retry(name);
}

bool QueuePanel::act(int key, Qt::KeyboardModifiers modifiers)
{
    const Qt::KeyboardModifiers plain = modifiers & ~Qt::KeypadModifier;
    QPushButton* button = key == Qt::Key_Delete && plain == Qt::NoModifier ? m_skip
        : key == Qt::Key_Up && plain == Qt::ControlModifier                ? m_first
        : key == Qt::Key_R && plain == Qt::NoModifier                      ? m_retry
                                                                           : nullptr;
    if (!button)
        return false;
    button->click(); // does nothing where it is disabled
    return true;
}

bool QueuePanel::eventFilter(QObject* watched, QEvent* event)
{
    // Before the list: it would take the keys for moving about and for searching by letter.
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        return act(key->key(), key->modifiers());
    }
    return QWidget::eventFilter(watched, event);
}

/// A focus proxy would do the same, but Tab then never comes to what stands before it.
void QueuePanel::focusInEvent(QFocusEvent* event)
{
    m_list->setFocus(event->reason());
}

} // namespace bitfront
