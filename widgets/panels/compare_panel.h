// SPDX-License-Identifier: GPL-3.0-or-later
// Two results side by side, of this run or of another one with the same model and inputs: a
// sentence, the figures that differ, the layers by difference of bytes, the weights of one of them.
#pragma once

#include "core/run/run_folder.h"
#include "widgets/parts/labels.h"
#include "widgets/results/compare_text.h"
#include "widgets/workbench/inspector.h"

class QGridLayout;
class QPushButton;
class QStackedLayout;
class QTreeView;

namespace bitfront {

class CompareModel;
class ResultChoice;
class RunController;
class Selection;
class WeightHistogram;

class ComparePanel : public QWidget
{
    Q_OBJECT

public:
    ComparePanel(RunController& run, Selection& selection, Inspector& inspector,
                 QWidget* parent = nullptr);

    /// Puts the current record beside another: of two chosen ones, those; else the first pin that
    /// is not it; else it waits for a second one to be chosen.
    void compareCurrent();
    /// Takes B from another run. Refused, with the reason, where they cannot be compared.
    void openOther(const QString& folder);
    void swap();
    QString headline() const;
    CompareModel& layers() const { return *m_layers; }

signals:
    void otherRunRequested();
    void layerChosen(const QString& layer);
    void sensitivityRequested(const QString& layer);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildSide();
    QWidget* buildLayers();
    void adoptOther(std::shared_ptr<const RunContents> other, const QString& folder);
    void dropOther();
    void refresh();
    void showPair();
    void showRows(const std::vector<CompareRow>& rows);
    void choose(bool first, int index);
    void openLayer();
    void openLayerMenu(const QPoint& at);
    bool actOnLayer(const QKeyEvent& key, bool pressed);
    void fitColumns();
    int widthOf(int column) const;
    const ResultRecord* record(bool first) const;
    const std::vector<ResultRecord>& recordsOf(bool first) const;
    int chosenOf(bool first) const;

    RunController& m_run;
    Selection& m_selection;
    Inspector& m_inspector;
    std::shared_ptr<const RunContents> m_other; ///< where B, or after a swap A, comes from
    bool m_otherIsA = false;
    int m_otherChosen = kNoRecord;
    QStackedLayout* m_pages;
    Label* m_state;
    ResultChoice* m_a;
    ResultChoice* m_b;
    Label* m_headline;
    Label* m_otherWords;
    QPushButton* m_otherButton;
    QGridLayout* m_rows = nullptr;
    CompareModel* m_layers;
    QTreeView* m_layerView;
    WeightHistogram* m_histogram;
    Label* m_histogramTitle;
    std::string m_layer; ///< whose weights are shown
    bool m_layerOpen = false; ///< whether it is stored in both, so that there are weights to show
    std::string m_shown; ///< what the comparison says was made of
    BackgroundQueue m_queue; ///< last: joined before anything it uses dies
};

} // namespace bitfront
