// SPDX-License-Identifier: GPL-3.0-or-later
// The page before a sweep: model, inputs and metrics in any order, what to try, what does not fit;
// and a bottom bar that says what is still missing.
#pragma once

#include <QWidget>

class QBoxLayout;
class QCheckBox;
class QLayout;
class QPushButton;

namespace bitfront {

class Chip;
class Label;
class ProjectSetup;

class SetupPage : public QWidget
{
    Q_OBJECT

public:
    explicit SetupPage(ProjectSetup& setup, QWidget* parent = nullptr);

    /// Whether "Back to results" is offered.
    void setHasResults(bool has);

signals:
    void openModelRequested();
    void openInputsRequested();
    void openInputsFolderRequested();
    void runFolderRequested();
    void estimateRequested();
    void backRequested();
    void exportHelpRequested();
    void metricHelpRequested();
    void newConfigurationRequested();

private:
    void resizeEvent(QResizeEvent* event) override;
    void showFolder();
    void refresh();
    QWidget* buildHead();
    QWidget* buildColumns();
    QLayout* buildPresets();
    QWidget* buildBar();
    void showLayerOptions();

    ProjectSetup& m_setup;
    Label* m_title = nullptr;
    Label* m_counts = nullptr;
    Label* m_barCounts = nullptr;
    Label* m_folderWord = nullptr;
    Label* m_folder = nullptr;
    QBoxLayout* m_columns = nullptr;
    bool m_narrow = false;
    Label* m_missing = nullptr;
    QPushButton* m_changeFolder = nullptr;
    QPushButton* m_estimate = nullptr;
    QPushButton* m_back = nullptr;
    Chip* m_quick = nullptr;
    Chip* m_standard = nullptr;
    Label* m_palette = nullptr; ///< how palettes are searched, where that is not as usual
    Chip* m_thorough = nullptr;
    QCheckBox* m_recurrent = nullptr;
};

} // namespace bitfront
