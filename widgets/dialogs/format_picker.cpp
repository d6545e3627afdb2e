// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialogs/format_picker.h"

#include "core/plan/scan_space.h"
#include "widgets/dialogs/format_table.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/flow_layout.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

int bitsOf(const CompressionSpec& format)
{
    const auto* palette = std::get_if<PaletteConfig>(&format);
    return palette ? palette->bits : codeBits(std::get<QuantConfig>(format).dtype);
}

/// In order of falling bits, which is that of the heatmap's columns. A preset's formats get its own
/// order, so that its scan is found again.
std::vector<CompressionSpec> ordered(std::vector<CompressionSpec> formats)
{
    for (const ScanPreset preset : {ScanPreset::Quick, ScanPreset::Thorough}) {
        auto known = scanFormats(preset);
        if (std::ranges::is_permutation(formats, known))
            return known;
    }
    const std::vector<CompressionSpec> all = allScanFormats();
    const auto place = [&all](const CompressionSpec& format) {
        return std::ranges::find(all, format) - all.begin();
    };
    std::ranges::stable_sort(formats, {}, place);
    std::ranges::stable_sort(formats, std::ranges::greater {}, bitsOf);
    return formats;
}

} // namespace

QString formatCountText(std::size_t count)
{
    return count == 0 ? FormatPicker::tr("no formats")
        : count == 1  ? FormatPicker::tr("1 format")
                      : FormatPicker::tr("%1 formats").arg(count);
}

FormatPicker::FormatPicker(std::vector<CompressionSpec> formats, QWidget* parent)
    : QDialog(parent)
    , m_formats(std::move(formats))
    , m_palettes(new FormatModel(FormatModel::Family::Palettes, this))
    , m_integers(new FormatModel(FormatModel::Family::Integers, this))
    , m_count(new Label({}, 13, 500))
    , m_outlook(new Label({}, 13, 400, Tone::Text2))
    , m_start(makeButton(tr("Scan"), ButtonRole::Primary, QStringLiteral("play")))
{
    setObjectName(QStringLiteral("formatPicker"));
    setWindowTitle(tr("Formats of the scan"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(8);
    auto* title = new QHBoxLayout;
    title->addWidget(new Label(tr("Which formats to try"), 15, 600));
    title->addStretch();
    m_count->setObjectName(QStringLiteral("formatCount"));
    title->addWidget(m_count);
    column->addLayout(title);
    column->addWidget(buildStarts());
    column->addWidget(buildTables(), 1);
    column->addWidget(new HairLine);
    column->addWidget(buildFoot());
    resize(uiPx(850), uiPx(498));
    findChild<FormatTable*>()->setFocus();
    refresh();
}

/// Sets of formats to go on from.
QWidget* FormatPicker::buildStarts()
{
    auto* row = new QWidget;
    auto* flow = new FlowLayout(16, row);
    flow->setContentsMargins(0, 0, 0, 0);
    flow->addWidget(new Label(tr("fp16 is always possible and needs no run. Start from:"), 13, 400,
                              Tone::Text2));
    const std::tuple<QString, const char*, std::vector<CompressionSpec>> starts[] = {
        {tr("Quick"), "formatsQuick", scanFormats(ScanPreset::Quick)},
        {tr("Thorough"), "formatsThorough", scanFormats(ScanPreset::Thorough)},
        {tr("All"), "formatsAll", ordered(allScanFormats())},
        {tr("None"), "formatsNone", {}}};
    for (const auto& [words, objectName, formats] : starts) {
        QPushButton* button = makeButton(words, ButtonRole::Link);
        button->setObjectName(QLatin1String(objectName));
        button->setAccessibleName(tr("Tick %1, %2").arg(words, formatCountText(formats.size())));
        button->setToolTip(formatCountText(formats.size()));
        connect(button, &QPushButton::clicked, this,
                [this, chosen = formats] { setFormats(chosen); });
        flow->addWidget(button);
    }
    return row;
}

QWidget* FormatPicker::column(const QString& caption, FormatTable* table) const
{
    auto* whole = new QWidget;
    auto* box = new QVBoxLayout(whole);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(2);
    auto* words = new Label(caption, 13, 600);
    words->setContentsMargins(8, 0, 0, 0); // above the boxes
    box->addWidget(words);
    box->addWidget(table);
    box->addStretch();
    connect(table, &FormatTable::ticked, this, &FormatPicker::tick);
    return whole;
}

QWidget* FormatPicker::buildTables()
{
    auto* card = new Ground(Ground::Kind::Card);
    auto* across = new QHBoxLayout(card);
    across->setContentsMargins(12, 12, 12, 12);
    across->setSpacing(24);
    auto* palettes = new FormatTable(*m_palettes, tr("Palettes by bits and what shares a table"));
    palettes->setObjectName(QStringLiteral("paletteFormats"));
    auto* integers = new FormatTable(*m_integers, tr("Integers by scheme and what shares a scale"));
    integers->setObjectName(QStringLiteral("integerFormats"));
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    for (FormatTable* table : {palettes, integers}) {
        across->addWidget(column(table == palettes ? tr("Palettes") : tr("Integers"), table));
        // With large text not all of them fit: the arrows lead to what is out of sight.
        connect(table->selectionModel(), &QItemSelectionModel::currentChanged, scroll,
                [scroll, table, card](const QModelIndex& current) {
                    const QPoint at = table->visualRect(current).center();
                    const QPoint there = table->viewport()->mapTo(card, at);
                    scroll->ensureVisible(there.x(), there.y(), uiPx(48), uiPx(32));
                });
    }
    scroll->setWidget(card);
    scroll->viewport()->setAutoFillBackground(false); // it fills whatever it is given
    return scroll;
}

QWidget* FormatPicker::buildFoot()
{
    auto* foot = new QWidget;
    auto* across = new QHBoxLayout(foot);
    across->setContentsMargins(0, 4, 0, 0);
    across->setSpacing(8);
    m_outlook->setObjectName(QStringLiteral("formatOutlook"));
    m_outlook->setWrapped(true);
    m_outlook->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    QPushButton* close = makeButton(tr("Close"), ButtonRole::Neutral);
    close->setObjectName(QStringLiteral("closeFormats"));
    m_start->setObjectName(QStringLiteral("scanFormats"));
    across->addWidget(m_outlook, 1);
    across->addWidget(close);
    across->addWidget(m_start);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_start, &QPushButton::clicked, this, &FormatPicker::scanRequested);
    return foot;
}

void FormatPicker::setFormats(std::vector<CompressionSpec> formats)
{
    if (formats == m_formats)
        return;
    m_formats = std::move(formats);
    refresh();
    emit formatsChanged();
}

void FormatPicker::tick(const std::vector<CompressionSpec>& formats, bool on)
{
    std::vector<CompressionSpec> chosen = m_formats;
    for (const CompressionSpec& format : formats) {
        std::erase(chosen, format);
        if (on)
            chosen.push_back(format);
    }
    setFormats(ordered(std::move(chosen)));
}

void FormatPicker::refresh()
{
    m_palettes->setChosen(m_formats);
    m_integers->setChosen(m_formats);
    const auto others = std::ranges::count_if(m_formats, [this](const CompressionSpec& format) {
        return !m_palettes->indexOf(format).isValid() && !m_integers->indexOf(format).isValid();
    });
    QString words = formatCountText(m_formats.size());
    if (others > 0)
        words += tr(", %1 of them not in these tables").arg(others);
    m_count->setText(words);
}

void FormatPicker::setOutlook(const QString& words, const QString& button, bool possible)
{
    m_outlook->setText(words);
    m_start->setText(button);
    m_start->setEnabled(possible);
}

} // namespace bitfront
