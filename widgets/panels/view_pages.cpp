// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/view_pages.h"

#include "widgets/parts/labels.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace bitfront {

void addViewPages(QStackedLayout& pages, Label* words, QWidget* side, QWidget* main)
{
    auto* empty = new QWidget;
    auto* column = new QVBoxLayout(empty);
    column->setContentsMargins(16, 16, 16, 16);
    words->setWrapped(true);
    column->addWidget(words);
    column->addStretch();
    pages.addWidget(empty);
    auto* page = new QWidget;
    auto* across = new QHBoxLayout(page);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    across->addWidget(side);
    across->addWidget(new HairLine(Qt::Vertical));
    across->addWidget(main, 1);
    pages.addWidget(page);
}

} // namespace bitfront
