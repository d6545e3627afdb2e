// SPDX-License-Identifier: GPL-3.0-or-later
// The estimate, before anything runs: how long, how much memory, where it goes; trim it, start it
// or not. A sheet over the empty plot, never a modal dialog.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/workbench/error_text.h"
#include "widgets/workbench/plan_choice.h"

#include <optional>

class QCheckBox;
class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace bitfront {

class ProjectSetup;

class EstimateSheet : public QWidget
{
    Q_OBJECT

public:
    explicit EstimateSheet(ProjectSetup& setup, QWidget* parent = nullptr);

    /// Shown inside the sheet: a folder that cannot be written, memory that is missing.
    void showError(const ErrorText& error);
    QString errorMessage() const;

signals:
    void startRequested();
    void cancelled();
    void runFolderRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Row
    {
        Label* detail;
        Label* value;
        QHBoxLayout* line;
    };
    QWidget* buildSheet();
    QWidget* buildNumbers();
    QWidget* buildTrim();
    QWidget* buildError();
    QHBoxLayout* buildButtons();
    Row addRow(QVBoxLayout* column, QWidget* lead, const QString& name);
    void refresh();
    void refreshNumbers();
    void refreshTrim();
    void toggleQuick();

    ProjectSetup& m_setup;
    Label* m_title = nullptr;
    Label* m_subtitle = nullptr;
    Row m_main {}, m_refinement {}, m_memory {}, m_folder {};
    QCheckBox* m_refine = nullptr;
    Label* m_total = nullptr;
    QWidget* m_numbers = nullptr;
    QWidget* m_trim = nullptr;
    QCheckBox* m_groups[3] = {};
    QPushButton* m_trimButton = nullptr;
    QPushButton* m_quick = nullptr;
    std::optional<PlanChoice> m_beforeQuick; ///< what *Quick* took the place of
    QPushButton* m_start = nullptr;
    QWidget* m_error = nullptr;
    Label* m_errorText = nullptr;
};

} // namespace bitfront
