// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/preflight_card.h"

#include "widgets/parts/buttons.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace bitfront {

namespace {

constexpr int kFewLines = 3;

QString tr2(const char* text, int n = -1)
{
    return QCoreApplication::translate("bitfront::PreflightCard", text, nullptr, n);
}

QString joined(const std::vector<std::int64_t>& sizes)
{
    QStringList words;
    for (const std::int64_t size : sizes)
        words << QString::number(size);
    return words.join(QStringLiteral(", "));
}

QString sizesText(const DivisibilityNote& note)
{
    QStringList parts;
    if (!note.blockSizes.empty())
        parts << tr2("block %1").arg(joined(note.blockSizes));
    if (!note.groupSizes.empty())
        parts << tr2("palette group %1").arg(joined(note.groupSizes));
    return parts.join(QStringLiteral(" · "));
}

/// Without the part of the name that it shares with the first one: "layer1.conv1, conv2".
QString shortened(const QString& first, const QString& name)
{
    const qsizetype dot = first.lastIndexOf(QLatin1Char('.'));
    return dot > 0 && name.startsWith(first.left(dot + 1)) ? name.mid(dot + 1) : name;
}

/// A layer has a note for each axis that does not divide.
qsizetype layersIn(const std::vector<DivisibilityNote>& notes)
{
    std::set<std::string_view> names;
    for (const DivisibilityNote& note : notes)
        names.insert(note.layer);
    return static_cast<qsizetype>(names.size());
}

} // namespace

QList<PreflightLine> preflightLines(const std::vector<DivisibilityNote>& notes, bool together)
{
    QList<PreflightLine> lines;
    QStringList firsts;
    for (const DivisibilityNote& note : notes) {
        PreflightLine line {toQString(note.layer), toQString(note.axisText), sizesText(note)};
        const auto same =
            std::find_if(lines.begin(), lines.end(), [&line](const PreflightLine& other) {
                return other.axis == line.axis && other.sizes == line.sizes;
            });
        if (together && same != lines.end()) {
            same->layers +=
                QStringLiteral(", ") + shortened(firsts[same - lines.begin()], line.layers);
        } else {
            firsts << line.layers;
            lines << line;
        }
    }
    return lines;
}

QString preflightSummary(const std::vector<DivisibilityNote>& notes)
{
    std::map<std::int64_t, std::set<std::string_view>, std::greater<>> bySize;
    for (const DivisibilityNote& note : notes)
        for (const auto& sizes : {note.blockSizes, note.groupSizes})
            for (const std::int64_t size : sizes)
                bySize[size].insert(note.layer);
    if (bySize.empty())
        return {};
    QStringList parts;
    for (const auto& [size, layers] : bySize) {
        const QString words = !parts.isEmpty() ? tr2("%1 by %2")
            : layers.size() == 1               ? tr2("%1 layer does not divide by %2")
                                               : tr2("%1 layers do not divide by %2");
        parts << words.arg(layers.size()).arg(size);
        if (parts.size() == 3)
            break;
    }
    const QString first = parts.value(0);
    parts.removeFirst();
    return parts.isEmpty() ? first
                           : first + QStringLiteral(",\n") + parts.join(QStringLiteral(", "));
}

PreflightCard::PreflightCard(ProjectSetup& setup, QWidget* parent)
    : Ground(Kind::Card, parent)
    , m_setup(setup)
    , m_icon(new IconLabel(QStringLiteral("warning"), Tone::Warn))
    , m_title(new Label({}, 13, 600))
    , m_lines(new QVBoxLayout)
    , m_showAll(makeButton({}, ButtonRole::Link))
    , m_foot(new QWidget)
    , m_policy(new QComboBox)
    , m_policyHint(new Label({}, 11, 400, Tone::Text3))
{
    setObjectName(QStringLiteral("preflightCard"));
    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(m_icon);
    head->addWidget(m_title, 1);
    m_title->setElided(true);
    m_lines->setContentsMargins(26, 0, 0, 0);
    m_lines->setSpacing(0);

    m_policy->setObjectName(QStringLiteral("indivisiblePolicy"));
    m_policy->setAccessibleName(tr("What happens to layers that do not divide"));
    m_policy->addItem(tr("Use the nearest size that fits"),
                      static_cast<int>(IndivisiblePolicy::Nearest));
    m_policy->addItem(tr("Treat each channel by itself"),
                      static_cast<int>(IndivisiblePolicy::PerChannel));
    m_policy->addItem(tr("Keep the layer at 16 bits"), static_cast<int>(IndivisiblePolicy::Skip));
    auto* foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(26, 4, 0, 0);
    foot->setSpacing(8);
    foot->addWidget(m_showAll);
    foot->addStretch();
    foot->addWidget(new Label(tr("Then"), 13, 400, Tone::Text3));
    foot->addWidget(m_policy);
    m_policyHint->setWrapped(true);
    m_policyHint->setContentsMargins(26, 0, 0, 0);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 14);
    column->setSpacing(8);
    column->addLayout(head);
    column->addLayout(m_lines);
    column->addWidget(m_foot);
    column->addWidget(m_policyHint);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    connect(m_showAll, &QPushButton::clicked, this, [this] {
        m_all = !m_all;
        refresh();
    });
    connect(m_policy, &QComboBox::activated, this, [this] {
        PlanChoice plan = m_setup.plan();
        plan.policy = static_cast<IndivisiblePolicy>(m_policy->currentData().toInt());
        m_setup.setPlan(plan);
    });
    connect(&m_setup, &ProjectSetup::planChanged, this, &PreflightCard::refresh);
    connect(&m_setup, &ProjectSetup::modelChanged, this, &PreflightCard::refresh);
    refresh();
}

void PreflightCard::refresh()
{
    setVisible(m_setup.model() != nullptr);
    const qsizetype count = layersIn(m_setup.divisibility());
    m_icon->setIcon(count > 0 ? QStringLiteral("warning") : QStringLiteral("check-circle"),
                    count > 0 ? Tone::Warn : Tone::Ok);
    if (count == 0)
        m_title->setText(tr("Pre-flight: every layer fits every block and group size"));
    else
        m_title->setText(
            count == 1
                ? tr("Pre-flight: 1 layer does not fit every block or group size")
                : tr("Pre-flight: %1 layers do not fit every block or group size").arg(count));
    m_foot->setVisible(count > 0);
    m_policyHint->setVisible(count > 0);
    const QSignalBlocker quiet(m_policy);
    m_policy->setCurrentIndex(m_policy->findData(static_cast<int>(m_setup.plan().policy)));
    switch (m_setup.plan().policy) {
    case IndivisiblePolicy::Nearest:
        m_policyHint->setText(
            tr("Blocks become whole channels; palette groups take the nearest size that divides."));
        break;
    case IndivisiblePolicy::PerChannel:
        m_policyHint->setText(
            tr("Blocks become whole channels; every channel gets its own palette (can be large)."));
        break;
    case IndivisiblePolicy::Skip:
        m_policyHint->setText(
            tr("In those configurations these layers are not compressed at all."));
        break;
    }
    rebuildLines();
}

void PreflightCard::rebuildLines()
{
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto& notes = m_setup.divisibility();
    const QList<PreflightLine> lines = preflightLines(notes, !m_all);
    const qsizetype shown = m_all ? lines.size() : std::min<qsizetype>(lines.size(), kFewLines);
    for (qsizetype i = 0; i < shown; ++i) {
        auto* row = new QWidget;
        row->setFixedHeight(uiPx(26));
        auto* across = new QHBoxLayout(row);
        across->setContentsMargins(0, 0, 0, 0);
        across->setSpacing(12);
        auto* layers = new Label(lines[i].layers);
        layers->setElided(true);
        auto* axis = new Label(lines[i].axis, 13, 400, Tone::Text2);
        auto* sizes = new Label(lines[i].sizes, 11, 500, Tone::Text2);
        layers->setFixedWidth(uiPx(150));
        axis->setElided(true);
        sizes->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        across->addWidget(layers);
        across->addWidget(axis, 1);
        across->addWidget(sizes);
        m_lines->addWidget(row);
    }
    m_showAll->setVisible(m_all || lines.size() > kFewLines
                          || static_cast<qsizetype>(notes.size()) > lines.size());
    m_showAll->setText(m_all ? tr("Show fewer") : tr("Show all %1 layers").arg(layersIn(notes)));
}

} // namespace bitfront
