// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/scan_page.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/flow_layout.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace bitfront {

namespace {

QString counted(std::size_t count, const QString& one, const QString& many)
{
    return count == 1 ? one : many.arg(count);
}

} // namespace

ScanPage::ScanPage(ScanController& scan, QWidget* parent)
    : QWidget(parent)
    , m_scan(scan)
    , m_question(new Label({}, 15, 600))
    , m_words(new Label({}, 13, 400, Tone::Text2))
    , m_preset(new QComboBox)
    , m_method(new QComboBox)
    , m_attention(new QCheckBox)
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
    m_preset->setObjectName(QStringLiteral("scanPreset"));
    m_preset->setAccessibleName(tr("Formats to try"));
    m_preset->addItem(tr("Quick: 16 formats"), int(ScanPreset::Quick));
    m_preset->addItem(tr("Thorough: 49 formats"), int(ScanPreset::Thorough));
    m_method->setObjectName(QStringLiteral("scanMethod"));
    m_method->setAccessibleName(tr("How errors are found"));
    m_method->addItem(tr("Measured: every layer in every format"), int(ScanMethod::Measured));
    m_method->addItem(tr("Probed: three formats per layer"), int(ScanMethod::Probed));
    m_attention->setObjectName(QStringLiteral("scanTieAttention"));
    m_attention->setText(tr("Query, key and value together"));
    m_attention->setToolTip(tr("The three get one format in every attention"));
    auto* choices = new QWidget;
    auto* flow = new FlowLayout(8, choices);
    flow->setContentsMargins(0, 4, 0, 4);
    for (QWidget* choice : {static_cast<QWidget*>(m_preset), static_cast<QWidget*>(m_method),
                            static_cast<QWidget*>(m_attention), static_cast<QWidget*>(m_tied),
                            static_cast<QWidget*>(m_untie)})
        flow->addWidget(choice);
    m_untie->setObjectName(QStringLiteral("scanUntie"));
    column->addWidget(choices);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(12);
    m_start->setObjectName(QStringLiteral("startScan"));
    m_back->setObjectName(QStringLiteral("scanBack"));
    m_reason->setObjectName(QStringLiteral("scanObstacle"));
    m_reason->setWrapped(true);
    buttons->addWidget(m_start);
    buttons->addWidget(m_back);
    buttons->addWidget(m_reason, 1);
    column->addLayout(buttons);
    column->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    page->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);

    connect(m_preset, &QComboBox::activated, this, &ScanPage::refresh);
    connect(m_method, &QComboBox::activated, this, &ScanPage::refresh);
    connect(m_attention, &QCheckBox::clicked, this, &ScanPage::refresh);
    connect(m_untie, &QPushButton::clicked, this, [this] {
        m_ties.clear();
        refresh();
    });
    connect(m_start, &QPushButton::clicked, this, [this] { emit scanRequested(wish()); });
    connect(m_back, &QPushButton::clicked, this, &ScanPage::backRequested);
    connect(&m_scan, &ScanController::estimateReady, this, &ScanPage::showEstimate);
    connect(&m_scan, &ScanController::workChanged, this, &ScanPage::updateButton);
    setBack(false);
}

ScanWish ScanPage::wish() const
{
    ScanWish wish;
    wish.preset = static_cast<ScanPreset>(m_preset->currentData().toInt());
    wish.method = static_cast<ScanMethod>(m_method->currentData().toInt());
    wish.tieAttention = m_attention->isChecked() && !m_attention->isHidden();
    wish.ties = m_ties;
    return wish;
}

void ScanPage::setWish(const ScanWish& wish)
{
    m_preset->setCurrentIndex(m_preset->findData(int(wish.preset)));
    m_method->setCurrentIndex(m_method->findData(int(wish.method)));
    m_attention->setChecked(wish.tieAttention);
    m_ties = wish.ties;
    refresh();
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
    m_tied->setVisible(!m_ties.empty());
    m_untie->setVisible(!m_ties.empty());
    m_tied->setText(
        counted(m_ties.size(), tr("1 group of layers tied"), tr("%1 groups of layers tied")));
    QStringList names;
    for (const auto& tie : m_ties) {
        QStringList members;
        for (const std::string& layer : tie)
            members << toQString(layer);
        names << members.join(QStringLiteral(" + "));
    }
    m_tied->setToolTip(names.join(QLatin1Char('\n')));
    updateButton();
    m_scan.requestEstimate(wish());
}

void ScanPage::showEstimate(const ScanEstimate& estimate)
{
    if (!(estimate.wish == wish()))
        return;
    m_estimated = true;
    m_question->setText(tr("Scan which layers lose quality in which format"));
    QString runs = tr("%1 in up to %2 formats: %3")
                       .arg(counted(estimate.layers, tr("1 layer"), tr("%1 layers")))
                       .arg(estimate.formats)
                       .arg(counted(estimate.runs, tr("1 short run"), tr("%1 short runs")));
    if (estimate.missing < estimate.runs)
        runs += tr(", %1 of them are there").arg(estimate.runs - estimate.missing);
    if (estimate.time.highMs > 0)
        runs += tr(", %1").arg(toQString(durationText(estimate.time)));
    runs += QLatin1Char('.');
    if (estimate.wish.method == ScanMethod::Probed)
        runs += tr(" Most errors are estimated from the change of the weights. That costs quality: "
                   "on small CNNs 6 to 13 dB.");
    runs += tr(" A quarter of the samples takes no part in any choice and checks the recipes. "
               "Cancel at any time; what was measured is kept.");
    m_words->setText(runs);
    m_attention->setVisible(estimate.attentionTies > 0);
    m_start->setText(estimate.missing == 0 ? tr("Show the scan")
                         : estimate.time.highMs > 0
                         ? tr("Scan, %1").arg(toQString(durationText(estimate.time)))
                         : tr("Scan"));
    updateButton();
}

void ScanPage::updateButton()
{
    const QString obstacle = m_scan.obstacle();
    m_start->setEnabled(m_estimated && obstacle.isEmpty() && !m_scan.isWorking());
    m_reason->setText(obstacle);
}

} // namespace bitfront
