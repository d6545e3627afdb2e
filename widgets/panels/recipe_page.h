// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration files of a result, to be read and copied: one, or two of a mixed recipe.
#pragma once

#include "widgets/workbench/run_controller.h"

#include <QWidget>

class QPlainTextEdit;
class QTabBar;

namespace bitfront {

class Label;

class RecipePage : public QWidget
{
    Q_OBJECT

public:
    explicit RecipePage(QWidget* parent = nullptr);

    /// In the order in which coreai-opt is to apply them; none: the file is missing.
    void setFiles(const QList<ConfigFile>& files);
    void clear();
    bool isEmpty() const; ///< nothing is shown, not even that a file is missing

private:
    void showFile(int index);

    QList<ConfigFile> m_files;
    Label* m_words;
    QTabBar* m_names; ///< of several files
    QPlainTextEdit* m_text;
};

} // namespace bitfront
