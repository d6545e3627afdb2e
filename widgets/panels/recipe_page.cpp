// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/recipe_page.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>

namespace bitfront {

RecipePage::RecipePage(QWidget* parent)
    : QWidget(parent)
    , m_words(new Label({}, 11, 400, Tone::Text3))
    , m_names(new QTabBar)
    , m_text(new QPlainTextEdit)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    m_words->setObjectName(QStringLiteral("recipeWords"));
    m_words->setWrapped(true);
    head->addWidget(m_words, 1);
    auto* copy = makeButton(tr("Copy"), ButtonRole::Link);
    copy->setObjectName(QStringLiteral("copyRecipe"));
    copy->setToolTip(tr("Copies the file that is shown"));
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_text->toPlainText()); });
    head->addWidget(copy, 0, Qt::AlignTop);
    column->addLayout(head);
    m_names->setObjectName(QStringLiteral("recipeFiles"));
    m_names->setAccessibleName(tr("Files of the recipe"));
    m_names->setFont(uiFont(11, 500));
    m_names->setDrawBase(false);
    m_names->setExpanding(false);
    m_names->setUsesScrollButtons(false);
    m_names->setElideMode(Qt::ElideMiddle);
    column->addWidget(m_names);
    m_text->setObjectName(QStringLiteral("recipeText"));
    m_text->setAccessibleName(tr("Recipe"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    QFont mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    mono.setPixelSize(uiPx(12));
    m_text->setFont(mono);
    column->addWidget(m_text, 1);
    connect(m_names, &QTabBar::currentChanged, this, &RecipePage::showFile);
    clear();
}

void RecipePage::setFiles(const QList<ConfigFile>& files)
{
    m_files = files;
    const QSignalBlocker quiet(m_names);
    while (m_names->count() > 0)
        m_names->removeTab(m_names->count() - 1);
    for (const ConfigFile& file : files) {
        const int tab = m_names->addTab(file.name);
        m_names->setTabToolTip(tab, file.name);
    }
    m_names->setVisible(files.size() > 1);
    m_words->setText(files.size() > 1
                         ? tr("Two files for coreai-opt: palettes first, with prepare() and "
                              "finalize(), then the quantizer on what that returns.")
                         : tr("Configuration for coreai-opt"));
    m_words->setToolTip(files.size() == 1 ? files.front().name : QString());
    showFile(0);
}

void RecipePage::clear()
{
    m_files.clear();
    m_words->setText(tr("Configuration for coreai-opt"));
    m_names->hide();
    m_text->clear();
}

bool RecipePage::isEmpty() const
{
    return m_text->toPlainText().isEmpty();
}

void RecipePage::showFile(int index)
{
    m_text->setPlainText(index >= 0 && index < m_files.size()
                             ? m_files[index].text
                             : tr("The configuration file is missing from the run folder."));
}

} // namespace bitfront
