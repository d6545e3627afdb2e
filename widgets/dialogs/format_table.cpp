// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialogs/format_table.h"

#include "widgets/parts/tick_box.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <array>

namespace bitfront {

namespace {

constexpr int kTitleWidth = 138; ///< of the first column
constexpr int kCellWidth = 58;
constexpr int kHeadHeight = 44; ///< words above their boxes
constexpr int kRowHeight = 26;
constexpr int kInset = 3; ///< for the ring of a focused table

class FormatDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
        const bool current = view && view->hasFocus() && view->currentIndex() == index;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF ground = QRectF(option.rect).adjusted(2, 2, -2, -2);
        if (current || (option.state & QStyle::State_MouseOver)) {
            painter->setPen(current ? QPen(theme.accent, 1.5) : QPen(Qt::NoPen));
            painter->setBrush(current ? theme.accentSoft : theme.hover);
            painter->drawRoundedRect(ground, 4, 4);
        }
        const int side = uiPx(kTickBox);
        QRect box(0, 0, side, side);
        const QString words = index.data().toString();
        painter->setPen(theme.text);
        painter->setFont(uiFont(13));
        if (index.column() == 0) {
            box.moveCenter(option.rect.center());
            box.moveLeft(option.rect.left() + 8);
            if (index.row() == 0)
                box.moveBottom(option.rect.bottom() - 6);
            const QRect area(box.right() + 9, box.top() - 6, option.rect.right() - box.right() - 9,
                             side + 12);
            painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, words);
        } else {
            box.moveCenter(option.rect.center());
            if (index.row() == 0) {
                box.moveBottom(option.rect.bottom() - 6);
                painter->setFont(uiFont(11, 500));
                painter->setPen(theme.text2);
                const QRect area(option.rect.left(), option.rect.top() + 4, option.rect.width(),
                                 box.top() - option.rect.top() - 6);
                painter->drawText(area, Qt::AlignCenter, words);
            }
        }
        paintTickBox(*painter, box, index.data(Qt::CheckStateRole).value<Qt::CheckState>(),
                     option.widget);
        painter->restore();
    }
};

} // namespace

FormatModel::FormatModel(Family family, QObject* parent)
    : QAbstractTableModel(parent)
{
    if (family == Family::Palettes)
        addPalettes();
    else
        addIntegers();
}

void FormatModel::addPalettes()
{
    constexpr std::array<int, 4> kSizes {0, 16, 8, 4};
    for (const int size : kSizes)
        m_columns.push_back(size == 0
                                ? Line {tr("Tensor"), tr("One table of weights for a whole layer")}
                                : Line {tr("Group %1").arg(size),
                                        tr("One table of weights for %1 channels").arg(size)});
    for (const bool scaled : {false, true})
        for (const int bits : {8, 6, 4, 3, 2}) {
            m_rows.push_back(
                scaled ? Line {tr("%1 bits, scaled").arg(bits),
                               tr("Every channel is divided by its largest weight first")}
                       : Line {tr("%1 bits").arg(bits), tr("Tables of %1 weights").arg(1 << bits)});
            m_cells.emplace_back();
            for (const int size : kSizes)
                m_cells.back().push_back(PaletteConfig {bits, size, scaled});
        }
}

void FormatModel::addIntegers()
{
    constexpr std::array<int, 4> kBlocks {0, 128, 32, 16};
    for (const int size : kBlocks)
        m_columns.push_back(size == 0
                                ? Line {tr("Channel"), tr("One scale for a channel")}
                                : Line {tr("Block %1").arg(size),
                                        tr("One scale for %1 weights of a channel").arg(size)});
    const std::pair<QuantScheme, Line> schemes[] = {
        {QuantScheme::Symmetric, {{}, tr("Codes on both sides of zero")}},
        {QuantScheme::Asymmetric, {tr(", asymmetric"), tr("With a zero point")}},
        {QuantScheme::SymmetricWithClipping, {tr(", clipped"), tr("Large weights are clipped")}}};
    for (const CodeType type : {CodeType::Int8, CodeType::Int4})
        for (const auto& [scheme, words] : schemes) {
            m_rows.push_back({toQString(name(type)) + words.title, words.tip});
            m_cells.emplace_back();
            for (const int size : kBlocks)
                m_cells.back().push_back(QuantConfig {
                    type, scheme,
                    size == 0 ? QuantGranularity::PerChannel : QuantGranularity::PerBlock, size});
        }
}

void FormatModel::setChosen(std::vector<CompressionSpec> formats)
{
    m_chosen = std::move(formats);
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::CheckStateRole});
}

std::vector<CompressionSpec> FormatModel::formatsAt(const QModelIndex& index) const
{
    std::vector<CompressionSpec> formats;
    for (std::size_t row = 0; row < m_cells.size(); ++row)
        for (std::size_t column = 0; column < m_columns.size(); ++column)
            if ((index.row() == 0 || index.row() == int(row) + 1)
                && (index.column() == 0 || index.column() == int(column) + 1))
                formats.push_back(m_cells[row][column]);
    return formats;
}

QModelIndex FormatModel::indexOf(const CompressionSpec& format) const
{
    for (std::size_t row = 0; row < m_cells.size(); ++row) {
        const auto found = std::ranges::find(m_cells[row], format);
        if (found != m_cells[row].end())
            return index(int(row) + 1, int(found - m_cells[row].begin()) + 1);
    }
    return {};
}

int FormatModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size()) + 1;
}

int FormatModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size()) + 1;
}

Qt::ItemFlags FormatModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsUserCheckable : flags;
}

Qt::CheckState FormatModel::stateAt(const QModelIndex& index) const
{
    const std::vector<CompressionSpec> formats = formatsAt(index);
    const auto on = std::ranges::count_if(formats, [this](const CompressionSpec& format) {
        return std::ranges::find(m_chosen, format) != m_chosen.end();
    });
    return on == 0                             ? Qt::Unchecked
        : on == std::ptrdiff_t(formats.size()) ? Qt::Checked
                                               : Qt::PartiallyChecked;
}

/// For tips and screen readers, which do not see row and column.
QString FormatModel::wordsAt(const QModelIndex& index) const
{
    const auto row = std::size_t(index.row()) - 1, column = std::size_t(index.column()) - 1;
    if (index.row() == 0)
        return index.column() == 0 ? tr("All of this table") : m_columns[column].tip;
    if (index.column() == 0)
        return m_rows[row].title + QStringLiteral(": ") + m_rows[row].tip;
    return toQString(formatTitle(m_cells[row][column]));
}

QVariant FormatModel::data(const QModelIndex& index, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        if (index.row() == 0)
            return index.column() == 0 ? tr("All")
                                       : m_columns[std::size_t(index.column()) - 1].title;
        return index.column() == 0 ? QVariant(m_rows[std::size_t(index.row()) - 1].title)
                                   : QVariant();
    case Qt::CheckStateRole:
        return int(stateAt(index));
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return wordsAt(index);
    default:
        return {};
    }
}

FormatTable::FormatTable(FormatModel& model, const QString& accessible, QWidget* parent)
    : QTableView(parent)
    , m_model(model)
{
    setAccessibleName(accessible);
    setModel(&m_model);
    setItemDelegate(new FormatDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setViewportMargins(kInset, kInset, kInset, kInset);
    setShowGrid(false);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(NoSelection);
    setTabKeyNavigation(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    for (QHeaderView* header : {horizontalHeader(), verticalHeader()}) {
        header->hide();
        header->setMinimumSectionSize(1);
        header->setSectionResizeMode(QHeaderView::Fixed);
    }
    connect(this, &QAbstractItemView::clicked, this, &FormatTable::toggle);
    setCurrentIndex(m_model.index(1, 1)); // a format, not the group of all
    setSizes();
}

void FormatTable::setSizes()
{
    verticalHeader()->setDefaultSectionSize(uiPx(kRowHeight));
    setRowHeight(0, uiPx(kHeadHeight));
    horizontalHeader()->setDefaultSectionSize(uiPx(kCellWidth));
    setColumnWidth(0, uiPx(kTitleWidth));
    updateGeometry();
}

QSize FormatTable::sizeHint() const
{
    return QSize(horizontalHeader()->length(), verticalHeader()->length())
        + QSize(2 * kInset, 2 * kInset);
}

/// Ticks what is there, or unticks it where all of it is ticked.
void FormatTable::toggle(const QModelIndex& index)
{
    emit ticked(m_model.formatsAt(index),
                index.data(Qt::CheckStateRole).value<Qt::CheckState>() != Qt::Checked);
}

void FormatTable::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Space:
    case Qt::Key_Return: // not the dialog's: it would press a button
    case Qt::Key_Enter:
        if (currentIndex().isValid())
            toggle(currentIndex());
        break;
    default:
        QTableView::keyPressEvent(event);
    }
}

void FormatTable::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        setSizes();
}

} // namespace bitfront
