// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialogs/command_search.h"

#include "widgets/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kWidth = 560;
constexpr int kRowHeight = 32;
constexpr int kMostRows = 10;
constexpr int kMostFound = 100;
constexpr int kWhereRole = Qt::UserRole;
constexpr int kKeyRole = Qt::UserRole + 1;

/// What it does, where it stands in grey, its key at the right.
class CommandDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {0, uiPx(kRowHeight)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const bool marked = option.state & QStyle::State_Selected;
        painter->save();
        if (marked)
            painter->fillRect(option.rect, theme.accentSoft);
        QRect area = option.rect.adjusted(16, 0, -16, 0);
        const auto draw = [&](const QString& text, const QColor& colour, int align) {
            painter->setPen(colour);
            const QString shown =
                painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width());
            painter->drawText(area, Qt::AlignVCenter | align, shown);
            return painter->fontMetrics().horizontalAdvance(shown);
        };
        painter->setFont(uiFont(11, 500));
        const QString key = index.data(kKeyRole).toString();
        area.setRight(area.right() - draw(key, theme.text2, Qt::AlignRight) - 16);
        painter->setFont(uiFont(13, marked ? 500 : 400));
        area.setLeft(area.left() + draw(index.data().toString(), theme.text, Qt::AlignLeft) + 10);
        painter->setFont(uiFont(11));
        if (area.width() > uiPx(24))
            draw(index.data(kWhereRole).toString(), marked ? theme.text2 : theme.text3,
                 Qt::AlignLeft);
        painter->restore();
    }
};

/// 0: does not fit. All words must be there; a word that begins a word of the title counts most.
int fitness(const Command& command, const QStringList& words)
{
    int sum = 1;
    for (const QString& word : words) {
        const qsizetype at = command.title.indexOf(word, 0, Qt::CaseInsensitive);
        if (at == 0)
            sum += 8;
        else if (at > 0 && !command.title.at(at - 1).isLetterOrNumber())
            sum += 4;
        else if (at > 0)
            sum += 2;
        else if (command.where.contains(word, Qt::CaseInsensitive))
            sum += 1;
        else
            return 0;
    }
    return sum;
}

} // namespace

CommandSearch::CommandSearch(QWidget* parent)
    : QFrame(parent)
    , m_field(new QLineEdit)
    , m_list(new QListWidget)
{
    setObjectName(QStringLiteral("commandSearch"));
    setAccessibleName(tr("Search of commands"));
    m_field->setObjectName(QStringLiteral("commandField"));
    m_field->setPlaceholderText(tr("Search commands and results"));
    m_field->setAccessibleName(tr("Search commands and results"));
    m_list->setObjectName(QStringLiteral("commandList"));
    m_list->setAccessibleName(tr("What was found"));
    m_list->setItemDelegate(new CommandDelegate(this));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus); // the field keeps it, and moves the mark
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_field);
    column->addWidget(m_list);
    connect(m_field, &QLineEdit::textEdited, this, &CommandSearch::list);
    connect(m_list, &QListWidget::itemClicked, this, &CommandSearch::runMarked);
    m_field->installEventFilter(this);
    parent->installEventFilter(this);
    hide();
}

void CommandSearch::open(QList<Command> commands)
{
    m_commands = std::move(commands);
    if (!isVisible())
        m_before = QApplication::focusWidget();
    m_field->clear();
    list();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

QStringList CommandSearch::found() const
{
    QStringList titles;
    for (const int index : m_shown)
        titles << m_commands[index].title;
    return titles;
}

void CommandSearch::list()
{
    const QStringList words = m_field->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QList<std::pair<int, int>> fitting; // minus fitness, index
    for (int i = 0; i < m_commands.size(); ++i) {
        const int fits =
            words.isEmpty() && m_commands[i].onlyTyped ? 0 : fitness(m_commands[i], words);
        if (fits > 0)
            fitting << std::pair(-fits, i);
    }
    std::ranges::sort(fitting);
    m_list->clear();
    m_shown.clear();
    for (const auto& [fits, i] : fitting) {
        if (m_shown.size() == kMostFound)
            break;
        auto* item = new QListWidgetItem(m_commands[i].title, m_list);
        item->setData(kWhereRole, m_commands[i].where);
        item->setData(kKeyRole, m_commands[i].key);
        m_shown << i;
    }
    if (m_shown.isEmpty()) {
        auto* item = new QListWidgetItem(tr("Nothing of that name"), m_list);
        item->setFlags(Qt::NoItemFlags);
    } else {
        m_list->setCurrentRow(0);
    }
    place();
}

void CommandSearch::place()
{
    const int rows = std::clamp(m_list->count(), 1, kMostRows);
    const int room = parentWidget()->height() - uiPx(96);
    m_list->setFixedHeight(std::max(std::min(rows * uiPx(kRowHeight), room), uiPx(kRowHeight)));
    const int width = std::min(uiPx(kWidth), parentWidget()->width() - 32);
    setFixedWidth(width);
    adjustSize();
    move((parentWidget()->width() - width) / 2, uiPx(16));
}

void CommandSearch::runMarked()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_shown.size())
        return;
    const auto run = m_commands[m_shown[row]].run;
    leave();
    run();
}

void CommandSearch::leave()
{
    hide();
    const QPointer<QWidget> before = m_before;
    m_before = nullptr;
    if (before && before->isVisible())
        before->setFocus(Qt::PopupFocusReason);
}

bool CommandSearch::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_field)
        return false;
    if (event->type() == QEvent::FocusOut && isVisible()
        && static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason
        && static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason)
        hide();
    // Shortcuts of the window give way to the keys that steer the list.
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return false;
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool moves = key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp
        || key == Qt::Key_PageDown;
    const bool enters = key == Qt::Key_Return || key == Qt::Key_Enter;
    if (!moves && !enters && key != Qt::Key_Escape)
        return false;
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (moves)
        QApplication::sendEvent(m_list, event);
    else if (enters)
        runMarked();
    else
        leave();
    return true;
}

void CommandSearch::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

SearchButton::SearchButton(const QString& key, QWidget* parent)
    : QAbstractButton(parent)
    , m_key(key)
{
    setText(tr("Search commands and results"));
    setAccessibleName(text());
    setCursor(Qt::IBeamCursor);
    setFocusPolicy(Qt::TabFocus);
    setFont(uiFont(13));
    setAttribute(Qt::WA_Hover);
}

QSize SearchButton::sizeHint() const
{
    return {uiPx(304), uiPx(28)};
}

void SearchButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double pen = hasFocus() ? 2 : 1;
    painter.setPen(QPen(hasFocus()         ? theme.accent
                            : underMouse() ? theme.text3
                                           : theme.lineStrong,
                        pen));
    painter.setBrush(theme.field);
    painter.drawRoundedRect(QRectF(rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2), 6, 6);
    const int icon = uiPx(14);
    painter.drawPixmap(
        10, (height() - icon) / 2,
        tintedPixmap(QStringLiteral("search"), theme.text2, icon, devicePixelRatioF()));
    painter.setFont(uiFont(11, 500));
    painter.setPen(theme.text2);
    QRect area = rect().adjusted(18 + icon, 0, -10, 0);
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, m_key);
    area.setRight(area.right() - painter.fontMetrics().horizontalAdvance(m_key) - 10);
    painter.setFont(font());
    painter.setPen(theme.text3);
    painter.drawText(area, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, area.width()));
}

} // namespace bitfront
