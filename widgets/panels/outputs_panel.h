// SPDX-License-Identifier: GPL-3.0-or-later
// What the selected configuration does to the outputs, sample by sample.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/workbench/inspector.h"

#include <QTimer>

class QComboBox;
class QSpinBox;
class QStackedLayout;
class QTreeView;

namespace bitfront {

class OutputCanvas;
class RunController;
class SampleModel;
class Selection;

class OutputsPanel : public QWidget
{
    Q_OBJECT

public:
    OutputsPanel(RunController& run, Selection& selection, Inspector& inspector,
                 QWidget* parent = nullptr);

    const OutputCanvas& canvas() const { return *m_canvas; }
    SampleModel& samples() const { return *m_samples; }
    /// The sentence in place of the outputs; empty while they are shown.
    QString state() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildSide();
    void request();
    void adopt(const OutputViewsPtr& views);
    void showState(const QString& text, bool failed = false);
    void showOutput(int index);
    void showSample();
    void clear();

    RunController& m_run;
    Selection& m_selection;
    Inspector& m_inspector;
    OutputViewsPtr m_views;
    std::string m_asked; ///< name of the configuration asked for
    std::string m_askedAt; ///< when that was measured; tried again, it is asked for again
    bool m_filling = false; ///< while the list is filled: one drawing is enough
    QTimer m_delay; ///< walking through points must not start a forward pass for each
    QStackedLayout* m_pages;
    Label* m_state;
    QComboBox* m_output;
    QSpinBox* m_plane;
    Label* m_planeWord;
    SampleModel* m_samples;
    QTreeView* m_list;
    OutputCanvas* m_canvas;
};

} // namespace bitfront
