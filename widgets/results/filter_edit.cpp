// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/filter_edit.h"

#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QPainter>
#include <QStandardItemModel>

namespace bitfront {

namespace {

constexpr int kTokenRole = Qt::UserRole + 1;

} // namespace

FilterEdit::FilterEdit(QWidget* parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(this))
    , m_hints(new QStandardItemModel(this))
{
    setObjectName(QStringLiteral("filterField"));
    setAccessibleName(tr("Filter"));
    setPlaceholderText(tr("Add filter: bits<5 psnr>35"));
    setToolTip(tr("group:2  bits<5  psnr>35  front:yes  coverage<100  ratio:2..3\n"
                  "Words look for names; a minus in front turns a term round. Enter applies."));
    setFont(uiFont(13));
    setClearButtonEnabled(true);
    m_completer->setModel(m_hints);
    m_completer->setWidget(this);
    m_completer->setCompletionRole(kTokenRole);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setCompletionMode(QCompleter::PopupCompletion);
    m_completer->popup()->setObjectName(QStringLiteral("filterCompletions"));
    m_completer->popup()->setMinimumWidth(uiPx(320));
    connect(m_completer, qOverload<const QModelIndex&>(&QCompleter::activated), this,
            [this](const QModelIndex& index) { complete(index.data(kTokenRole).toString()); });
    connect(this, &QLineEdit::textChanged, this, [this] {
        m_insist = false;
        parse();
    });
    connect(this, &QLineEdit::textEdited, this, &FilterEdit::offerCompletions);
    setOutputs({});
}

void FilterEdit::setOutputs(std::vector<std::string> outputs)
{
    m_outputs = std::move(outputs);
    m_hints->clear();
    for (const FilterHint& hint : filterHints(m_outputs)) {
        auto* item =
            new QStandardItem(tr("%1   %2").arg(toQString(hint.token), tr(hint.meaning.c_str())));
        item->setData(toQString(hint.token), kTokenRole);
        m_hints->appendRow(item);
    }
    parse();
}

QSize FilterEdit::sizeHint() const
{
    return {uiPx(232), QLineEdit::sizeHint().height()};
}

void FilterEdit::parse()
{
    m_parsed = parseFilter(text().toStdString(), m_outputs);
    setProperty("invalid", showsError());
    update();
    emit parsedChanged();
}

bool FilterEdit::showsError() const
{
    if (!m_parsed.error)
        return false;
    const std::string all = text().toStdString();
    const bool atEnd = m_parsed.error->position + m_parsed.error->length >= all.size();
    return m_insist || !atEnd;
}

void FilterEdit::submit()
{
    if (m_parsed.error) {
        m_insist = true;
        parse();
        return;
    }
    const std::vector<FilterTerm> terms = m_parsed.terms;
    if (terms.empty())
        return;
    clear();
    emit submitted(terms);
}

/// Escape empties the field first; only then is it the window's.
bool FilterEdit::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !text().isEmpty()) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void FilterEdit::keyPressEvent(QKeyEvent* event)
{
    const bool open = m_completer->popup()->isVisible();
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (open && m_completer->popup()->currentIndex().isValid()) {
            event->ignore(); // the list takes it
            return;
        }
        m_completer->popup()->hide();
        submit();
        return;
    case Qt::Key_Escape:
        if (open) {
            m_completer->popup()->hide();
            return;
        }
        if (!text().isEmpty()) {
            clear();
            return;
        }
        break;
    case Qt::Key_Down:
        if (!open) {
            offerCompletions();
            return;
        }
        break;
    default:
        break;
    }
    QLineEdit::keyPressEvent(event);
}

int FilterEdit::wordStart() const
{
    const qsizetype blank = text().left(cursorPosition()).lastIndexOf(QLatin1Char(' '));
    return static_cast<int>(blank) + 1;
}

void FilterEdit::offerCompletions()
{
    QString word = text().mid(wordStart(), cursorPosition() - wordStart());
    if (word.startsWith(QLatin1Char('-')))
        word.remove(0, 1);
    m_completer->setCompletionPrefix(word);
    const bool finished = m_completer->completionCount() == 1
        && m_completer->currentIndex().data(kTokenRole).toString() == word;
    if (m_completer->completionCount() == 0 || finished) {
        m_completer->popup()->hide();
        return;
    }
    QRect at = rect();
    at.setWidth(std::max(width(), uiPx(320)));
    m_completer->complete(at);
}

void FilterEdit::complete(const QString& token)
{
    int from = wordStart();
    if (text().mid(from, 1) == QLatin1String("-"))
        ++from;
    const QString after = text().mid(cursorPosition());
    setText(text().left(from) + token + after);
    setCursorPosition(from + static_cast<int>(token.size()));
}

/// A line under what could not be read.
void FilterEdit::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    if (!showsError())
        return;
    const std::string all = text().toStdString();
    const auto characters = [&all](std::size_t bytes) {
        return QString::fromStdString(all.substr(0, bytes)).size();
    };
    const QFontMetricsF metrics(font());
    const auto advance = [&](qsizetype count) {
        return metrics.horizontalAdvance(text().left(count));
    };
    const double origin = cursorRect().center().x() - advance(cursorPosition());
    const FilterError& error = *m_parsed.error;
    const double from = origin + advance(characters(error.position));
    const double to =
        std::max(origin + advance(characters(error.position + error.length)), from + 6);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::current().err, 2));
    const double y = rect().center().y() + metrics.height() / 2 + 1;
    painter.drawLine(QLineF(from, y, to, y));
}

} // namespace bitfront
