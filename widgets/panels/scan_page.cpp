// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/scan_page.h"

#include "widgets/dialogs/format_picker.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/flow_layout.h"
#include "widgets/parts/labels.h"
#include "widgets/parts/scrolled.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHideEvent>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitfront {

namespace {

QString counted(std::size_t count, const QString& one, const QString& many)
{
    return count == 1 ? one : many.arg(count);
}

/// "3 of 12 samples take no part …", where a scan has shown how many.
QString heldOutText(const std::optional<SampleSplit>& split)
{
    const auto tr = [](const char* text) { return ScanPage::tr(text); };
    if (!split)
        return tr("Where there are enough samples, a quarter of them takes no part in any choice "
                  "and checks the recipes.");
    if (split->heldOut > 0)
        return (split->byBatch
                    ? tr("%1 of %2 batches take no part in any choice and check the recipes.")
                    : tr("%1 of %2 samples take no part in any choice and check the recipes."))
            .arg(split->heldOut)
            .arg(split->total);
    return split->reason.empty() ? tr("No samples are held out to check the recipes.")
                                 : toQString(split->reason);
}

} // namespace

ScanPage::ScanPage(ScanController& scan, QWidget* parent)
    : QWidget(parent)
    , m_scan(scan)
    , m_question(new Label({}, 15, 600))
    , m_words(new Label({}, 13, 400, Tone::Text2))
    , m_unusable(new Label({}, 13, 400, Tone::Warn))
    , m_formats(new QComboBox)
    , m_change(makeButton(tr("Change…"), ButtonRole::Link))
    , m_method(new QComboBox)
    , m_attention(new QCheckBox)
    , m_embeddings(new QCheckBox)
    , m_tied(new Label({}, 13, 400, Tone::Text2))
    , m_untie(makeButton(tr("Untie"), ButtonRole::Link))
    , m_start(makeButton(tr("Scan"), ButtonRole::Primary, QStringLiteral("play")))
    , m_back(makeButton(tr("Back"), ButtonRole::Neutral))
    , m_reason(new Label({}, 13, 400, Tone::Text2))
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    m_question->setObjectName(QStringLiteral("scanQuestion"));
    m_question->setWrapped(true);
    m_words->setObjectName(QStringLiteral("scanWords"));
    m_words->setWrapped(true);
    column->addWidget(m_question);
    column->addWidget(m_words);
    m_unusable->setObjectName(QStringLiteral("scanUnusable"));
    m_unusable->setWrapped(true);
    m_unusable->hide();
    column->addWidget(m_unusable);
    column->addWidget(buildChoices());
    column->addWidget(buildButtons());
    column->addStretch();
    auto* scroll = scrolled(page);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    connect(&m_scan, &ScanController::estimateReady, this, &ScanPage::showEstimate);
    connect(&m_scan, &ScanController::estimateFailed, this, &ScanPage::showProblem);
    connect(&m_scan, &ScanController::workChanged, this, &ScanPage::updateButton);
    connect(&m_scan, &ScanController::viewChanged, this, [this] {
        m_unusable->setVisible(!m_scan.unusable().isEmpty());
        m_unusable->setText(
            tr("%1 It is kept under another name when one scans.").arg(m_scan.unusable()));
    });
    setBack(false);
    showFormats();
}

QWidget* ScanPage::buildChoices()
{
    m_formats->setObjectName(QStringLiteral("scanPreset"));
    m_formats->setAccessibleName(tr("Formats to try"));
    m_formats->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_formats->addItem(tr("Quick: %1").arg(formatCountText(scanFormats(ScanPreset::Quick).size())),
                       int(ScanPreset::Quick));
    m_formats->addItem(
        tr("Thorough: %1").arg(formatCountText(scanFormats(ScanPreset::Thorough).size())),
        int(ScanPreset::Thorough));
    m_formats->addItem({}, kOwnChoice);
    m_change->setObjectName(QStringLiteral("changeFormats"));
    m_change->setAccessibleName(tr("Change the formats to try"));
    m_method->setObjectName(QStringLiteral("scanMethod"));
    m_method->setAccessibleName(tr("How errors are found"));
    m_method->addItem(tr("Measured: every layer in every format"), int(ScanMethod::Measured));
    m_method->addItem(tr("Probed: three formats per layer"), int(ScanMethod::Probed));
    for (QComboBox* box : {m_formats, m_method})
        box->installEventFilter(this);
    m_attention->setObjectName(QStringLiteral("scanTieAttention"));
    m_attention->setText(tr("Query, key and value together"));
    m_attention->setToolTip(tr("The three get one format in every attention"));
    m_embeddings->setObjectName(QStringLiteral("scanEmbeddings"));
    m_embeddings->setText(tr("Palettes for embeddings, too"));
    m_embeddings->setToolTip(tr("Else embeddings are tried in integer formats only, as in the "
                                "reference's sweep"));
    m_untie->setObjectName(QStringLiteral("scanUntie"));
    auto* choices = new QWidget;
    auto* flow = new FlowLayout(8, choices);
    flow->setContentsMargins(0, 4, 0, 4);
    for (QWidget* choice : {static_cast<QWidget*>(m_formats), static_cast<QWidget*>(m_change),
                            static_cast<QWidget*>(m_method), static_cast<QWidget*>(m_attention),
                            static_cast<QWidget*>(m_embeddings), static_cast<QWidget*>(m_tied),
                            static_cast<QWidget*>(m_untie)})
        flow->addWidget(choice);
    connect(m_formats, &QComboBox::activated, this,
            [this](int index) { chooseFormats(m_formats->itemData(index).toInt()); });
    connect(m_change, &QPushButton::clicked, this, &ScanPage::pickFormats);
    connect(m_method, &QComboBox::activated, this, &ScanPage::refresh);
    connect(m_attention, &QCheckBox::clicked, this, &ScanPage::refresh);
    connect(m_embeddings, &QCheckBox::clicked, this, [this](bool allowed) {
        m_wish.palette = m_palette;
        m_wish.palette->embeddings = allowed;
        refresh();
    });
    connect(m_untie, &QPushButton::clicked, this, [this] {
        m_wish.ties.clear();
        refresh();
    });
    return choices;
}

QWidget* ScanPage::buildButtons()
{
    auto* row = new QWidget;
    auto* buttons = new QHBoxLayout(row);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(12);
    m_start->setObjectName(QStringLiteral("startScan"));
    m_back->setObjectName(QStringLiteral("scanBack"));
    m_reason->setObjectName(QStringLiteral("scanObstacle"));
    m_reason->setWrapped(true);
    m_reason->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    buttons->addWidget(m_start);
    buttons->addWidget(m_back);
    buttons->addWidget(m_reason, 1);
    connect(m_start, &QPushButton::clicked, this, [this] { emit scanRequested(wish()); });
    connect(m_back, &QPushButton::clicked, this, &ScanPage::backRequested);
    return row;
}

/// The wheel scrolls the page: it must not choose, let alone open a dialog.
bool ScanPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::Wheel)
        return QWidget::eventFilter(watched, event);
    event->ignore();
    return true;
}

ScanWish ScanPage::wish() const
{
    ScanWish wish = m_wish;
    wish.method = static_cast<ScanMethod>(m_method->currentData().toInt());
    wish.tieAttention = m_attention->isChecked() && !m_attention->isHidden();
    return wish;
}

void ScanPage::setWish(const ScanWish& wish)
{
    if (m_picker) // its formats are those of the wish before
        m_picker->close();
    m_wish = wish;
    showFormats();
    m_method->setCurrentIndex(m_method->findData(int(wish.method)));
    m_attention->setChecked(wish.tieAttention);
    refresh();
}

void ScanPage::chooseFormats(int entry)
{
    if (m_picker)
        m_picker->close();
    if (entry != kOwnChoice)
        m_wish.formats = scanFormats(static_cast<ScanPreset>(entry));
    else if (!m_own.empty())
        m_wish.formats = m_own;
    showFormats();
    refresh();
    if (entry == kOwnChoice)
        pickFormats();
}

void ScanPage::pickFormats()
{
    if (m_picker)
        m_picker->close();
    m_picker = new FormatPicker(m_wish.formats, window());
    connect(m_picker, &FormatPicker::formatsChanged, this, [this] {
        m_wish.formats = m_picker->formats();
        showFormats();
        refresh();
    });
    connect(m_picker, &FormatPicker::scanRequested, this, [this] {
        m_picker->close();
        emit scanRequested(wish());
    });
    updateButton();
    m_picker->show();
}

/// Which entry the formats belong to; a set that is no preset's is remembered as the own choice.
void ScanPage::showFormats()
{
    const auto preset = presetOf(m_wish.formats);
    if (!preset)
        m_own = m_wish.formats;
    m_formats->setItemText(m_formats->count() - 1,
                           preset && m_own.empty()
                               ? tr("Own choice…")
                               : tr("Own choice: %1").arg(formatCountText(m_own.size())));
    m_formats->setCurrentIndex(m_formats->findData(preset ? int(*preset) : kOwnChoice));
    m_change->setVisible(!preset);
}

void ScanPage::setBack(bool back)
{
    m_back->setVisible(back);
}

QString ScanPage::question() const
{
    return m_question->text();
}

void ScanPage::refresh()
{
    m_estimated = false;
    m_tied->setVisible(!m_wish.ties.empty());
    m_untie->setVisible(!m_wish.ties.empty());
    m_tied->setText(
        counted(m_wish.ties.size(), tr("1 group of layers tied"), tr("%1 groups of layers tied")));
    QStringList names;
    for (const auto& tie : m_wish.ties) {
        QStringList members;
        for (const std::string& layer : tie)
            members << toQString(layer);
        names << members.join(QStringLiteral(" + "));
    }
    m_tied->setToolTip(names.join(QLatin1Char('\n')));
    m_problem.clear();
    if (m_wish.formats.empty())
        showProblem(wish(), tr("Tick at least one format."));
    else
        m_scan.requestEstimate(wish());
    updateButton();
}

void ScanPage::showEstimate(const ScanEstimate& estimate)
{
    if (!(estimate.wish == wish()))
        return;
    m_estimated = true;
    m_question->setText(tr("Scan which layers lose quality in which format"));
    m_outlook = tr("%1 in up to %2: %3")
                    .arg(counted(estimate.layers, tr("1 layer"), tr("%1 layers")),
                         formatCountText(estimate.formats),
                         counted(estimate.runs, tr("1 short run"), tr("%1 short runs")));
    if (estimate.missing < estimate.runs)
        m_outlook += tr(", %1 of them are there").arg(estimate.runs - estimate.missing);
    if (estimate.time.highMs > 0)
        m_outlook += tr(", %1").arg(toQString(durationText(estimate.time)));
    m_outlook += QLatin1Char('.');
    QStringList words {m_outlook};
    if (estimate.wish.method == ScanMethod::Probed)
        words << tr("Most errors are estimated from the change of the weights. Before refinement "
                    "that costs quality: %1.")
                     .arg(toQString(probedCostText()));
    words << heldOutText(estimate.split) << tr("Cancel at any time; what was measured is kept.");
    m_words->setText(words.join(QLatin1Char(' ')));
    m_attention->setVisible(estimate.attentionTies > 0);
    m_palette = estimate.palette;
    m_embeddings->setVisible(estimate.embeddings > 0);
    m_embeddings->setChecked(m_palette.embeddings);
    m_start->setText(estimate.missing == 0 ? tr("Show the scan")
                         : estimate.time.highMs > 0
                         ? tr("Scan, %1").arg(toQString(durationText(estimate.time)))
                         : tr("Scan"));
    updateButton();
}

/// What was estimated before is of other formats: nothing of it may stay.
void ScanPage::showProblem(const ScanWish& wish, const QString& reason)
{
    if (!(wish == this->wish()))
        return;
    m_problem = reason;
    m_outlook.clear();
    m_words->setText(tr("There is nothing to scan."));
    m_start->setText(tr("Scan"));
    updateButton();
}

void ScanPage::updateButton()
{
    const QString obstacle = m_problem.isEmpty() ? m_scan.obstacle() : m_problem;
    m_start->setEnabled(m_estimated && obstacle.isEmpty() && !m_scan.isWorking());
    m_reason->setText(obstacle);
    if (m_picker)
        m_picker->setOutlook(obstacle.isEmpty() ? m_outlook : obstacle, m_start->text(),
                             m_start->isEnabled());
}

/// Its formats are those of this page.
void ScanPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    if (m_picker && !event->spontaneous())
        m_picker->close();
}

} // namespace bitfront
