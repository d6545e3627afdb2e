// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/welcome/welcome_page.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/parts/list_row.h"
#include "widgets/parts/message_banner.h"
#include "widgets/parts/scrolled.h"
#include "widgets/theme.h"
#include "widgets/welcome/welcome_picture.h"
#include "widgets/workbench/error_text.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitfront {

namespace {

constexpr int kColumnWidth = 880;
constexpr int kShownRuns = 4;

QString whenText(const QDateTime& when)
{
    const QDate today = QDate::currentDate();
    const QDateTime local = when.toLocalTime();
    if (local.date() == today)
        return WelcomePage::tr("Today %1")
            .arg(QLocale().toString(local.time(), QStringLiteral("HH:mm")));
    if (local.date() == today.addDays(-1))
        return WelcomePage::tr("Yesterday");
    return QLocale().toString(local.date(), QStringLiteral("d MMM"));
}

} // namespace

WelcomePage::WelcomePage(QWidget* parent)
    : QWidget(parent)
    , m_unfinished(new MessageBanner)
    , m_error(new QWidget)
    , m_errorText(new Label({}, 13, 400, Tone::Err))
{
    setObjectName(QStringLiteral("welcomePage"));
    auto* error = new QHBoxLayout(m_error);
    error->setContentsMargins(0, 0, 0, 0);
    error->setSpacing(10);
    error->addWidget(new IconLabel(QStringLiteral("warning"), Tone::Err), 0, Qt::AlignTop);
    m_errorText->setWrapped(true);
    error->addWidget(m_errorText, 1);
    m_error->hide();

    auto* column = new QWidget;
    column->setMaximumWidth(uiPx(kColumnWidth));
    auto* down = new QVBoxLayout(column);
    down->setContentsMargins(0, 24, 0, 20);
    down->setSpacing(0);
    m_unfinished->setObjectName(QStringLiteral("unfinishedRun"));
    m_unfinished->hide();
    down->addWidget(m_unfinished);
    down->addWidget(m_error);
    down->addStretch(2);
    down->addWidget(buildTop());
    down->addSpacing(48);
    down->addWidget(buildBottom());
    down->addStretch(3);
    auto* foot = new QHBoxLayout;
    foot->addWidget(
        new Label(tr("Everything runs on this computer. Models and inputs are never uploaded."), 11,
                  400, Tone::Text3));
    foot->addStretch();
    foot->addWidget(new Label(tr("Help  F1"), 11, 400, Tone::Text3));
    down->addLayout(foot);

    auto* page = new QWidget;
    auto* across = new QHBoxLayout(page);
    across->setContentsMargins(24, 0, 24, 0);
    across->addStretch();
    across->addWidget(column, 1000);
    across->addStretch();
    auto* scroll = scrolled(page);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    setMinimumSize(uiPx(420), uiPx(160));
}

QWidget* WelcomePage::buildTop()
{
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    auto* mark = new QLabel;
    mark->setPixmap(applicationIcon().pixmap(QSize(uiPx(48), uiPx(48)), devicePixelRatioF()));
    words->addWidget(mark);
    words->addSpacing(20);
    words->addWidget(new Label(tr("Bitfront"), 28, 600));
    words->addSpacing(8);
    auto* tagline = new Label(tr("See what each compression setting costs your model,\nand pick "
                                 "the smallest one that is still good enough."),
                              15, 400, Tone::Text2);
    tagline->setWrapped(true);
    words->addWidget(tagline);
    words->addSpacing(24);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* open =
        makeButton(tr("Open a model…"), ButtonRole::Primary, QStringLiteral("folder-open"));
    auto* demo = makeButton(tr("Try the demo"), ButtonRole::Neutral, QStringLiteral("flask"));
    open->setObjectName(QStringLiteral("openModel"));
    demo->setObjectName(QStringLiteral("tryDemo"));
    for (QPushButton* button : {open, demo})
        button->setFixedHeight(uiPx(36));
    connect(open, &QPushButton::clicked, this, &WelcomePage::openModelRequested);
    connect(demo, &QPushButton::clicked, this, &WelcomePage::demoRequested);
    m_demo = demo;
    buttons->addWidget(open);
    buttons->addWidget(demo);
    buttons->addStretch();
    words->addLayout(buttons);
    words->addStretch();

    auto* top = new QWidget;
    auto* across = new QHBoxLayout(top);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(56);
    across->addLayout(words, 1);
    across->addWidget(new WelcomePicture, 1);
    return top;
}

QWidget* WelcomePage::buildBottom()
{
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    left->addWidget(new Label(tr("Recent"), 13, 600));
    left->addSpacing(8);
    m_recent = new QVBoxLayout;
    m_recent->setSpacing(0);
    left->addLayout(m_recent);
    left->addStretch();
    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    right->addWidget(new Label(tr("Or drop files anywhere"), 13, 600));
    right->addWidget(buildDropZone());
    right->addStretch();

    auto* bottom = new QWidget;
    auto* across = new QHBoxLayout(bottom);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(56);
    across->addLayout(left, 1);
    across->addLayout(right, 1);
    setRecentRuns({});
    return bottom;
}

QWidget* WelcomePage::buildDropZone()
{
    auto* zone = new Ground(Ground::Kind::Dashed);
    zone->setFixedHeight(uiPx(174));
    auto* column = new QVBoxLayout(zone);
    column->setContentsMargins(24, 20, 24, 20);
    column->addStretch();
    column->addWidget(new IconLabel(QStringLiteral("download"), Tone::Text2, 24), 0,
                      Qt::AlignHCenter);
    column->addSpacing(4);
    column->addWidget(new Label(tr("Model, inputs or a run folder"), 13, 500), 0, Qt::AlignHCenter);
    column->addWidget(new Label(QStringLiteral(".pt  .pt2  .npy  .npz  .safetensors  .bitfront"),
                                11, 400, Tone::Text3),
                      0, Qt::AlignHCenter);
    column->addStretch();
    return zone;
}

void WelcomePage::setRecentRuns(const QList<RecentRun>& runs)
{
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recent->addWidget(new HairLine);
    if (runs.isEmpty()) {
        m_recent->addSpacing(12);
        m_recent->addWidget(
            new Label(tr("Finished and stopped runs will be listed here."), 13, 400, Tone::Text3));
        return;
    }
    for (const RecentRun& run : runs.first(std::min<qsizetype>(runs.size(), kShownRuns))) {
        auto* row = new ListRow;
        row->setIcon(run.finished ? QStringLiteral("folder") : QStringLiteral("square"),
                     Tone::Text2);
        row->setTexts(QFileInfo(run.folder).fileName(),
                      run.summary.isEmpty()
                          ? whenText(run.when)
                          : whenText(run.when) + QStringLiteral(" · ") + run.summary,
                      run.count);
        row->setPicture(run.picture);
        row->setToolTip(run.folder);
        connect(row, &ListRow::activated, this,
                [this, folder = run.folder] { emit runRequested(folder); });
        m_recent->addWidget(row);
        m_recent->addWidget(new HairLine);
    }
}

void WelcomePage::offerUnfinished(const RecentRun& run, int results, bool written)
{
    m_unfinished->setVisible(!run.folder.isEmpty());
    if (run.folder.isEmpty())
        return;
    const QString name = QFileInfo(run.folder).fileName();
    const QString kept =
        results == 1 ? tr("1 result is kept") : tr("%1 results are kept").arg(results);
    m_unfinished->showMessage(
        MessageBanner::Kind::Info,
        written ? tr("%1 is being written by another process.").arg(name)
                : tr("Unfinished run %1, %2: %3.").arg(name, whenText(run.when), kept),
        QStringLiteral("clock"));
    const auto add = [&](const char* object, const QString& text, const QString& role,
                         void (WelcomePage::*signal)(const QString&)) {
        QPushButton* button = m_unfinished->addButton(text, role);
        button->setObjectName(QLatin1String(object));
        connect(button, &QPushButton::clicked, this,
                [this, signal, folder = run.folder] { emit(this->*signal)(folder); });
        return button;
    };
    if (!written)
        add("resumeUnfinished", tr("Resume"), {}, &WelcomePage::resumeRequested);
    add("openUnfinished", written ? tr("Follow") : tr("Open"), {}, &WelcomePage::runRequested);
    add("forgetUnfinished", tr("Forget"), QStringLiteral("quiet"), &WelcomePage::forgetRequested)
        ->setToolTip(tr("Takes the run off this list. Its files stay where they are."));
}

void WelcomePage::setDemoAvailable(bool available)
{
    m_demo->setVisible(available);
}

void WelcomePage::showError(const ErrorText& error)
{
    m_errorText->setText(error.title.isEmpty() ? QString() : error.whole());
    m_error->setVisible(!error.title.isEmpty());
}

QString WelcomePage::errorMessage() const
{
    return m_error->isHidden() ? QString() : m_errorText->text();
}

} // namespace bitfront
