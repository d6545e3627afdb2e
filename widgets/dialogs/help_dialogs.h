// SPDX-License-Identifier: GPL-3.0-or-later
// Short help: what the formats and metrics mean, and how to save a model so that it can be opened
// here.
#pragma once

#include "widgets/dialogs/command_search.h"

#include <QDialog>

namespace bitfront {

/// Formats, metrics, keys: one page.
class HelpDialog : public QDialog
{
    Q_OBJECT

public:
    explicit HelpDialog(QWidget* parent = nullptr);
};

/// All keys, those of the plot and of the tables too.
class ShortcutDialog : public QDialog
{
    Q_OBJECT

public:
    /// `commands` are those that have a key anywhere in the window.
    explicit ShortcutDialog(const QList<Command>& commands, QWidget* parent = nullptr);
};

/// The Python lines that export a model and its inputs, ready to copy.
class ExportSnippetDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ExportSnippetDialog(QWidget* parent = nullptr);
    static QString snippet();
};

} // namespace bitfront
