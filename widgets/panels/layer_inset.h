// SPDX-License-Identifier: GPL-3.0-or-later
// One layer opened: its weights before and after, with the grid or the table they were moved to,
// for the whole layer or one part of it.
#pragma once

#include "widgets/parts/labels.h"
#include "widgets/workbench/inspector.h"

class QSpinBox;

namespace bitfront {

class WeightHistogram;

class LayerInset : public QWidget
{
    Q_OBJECT

public:
    explicit LayerInset(Inspector& inspector, QWidget* parent = nullptr);

    /// Opens a layer of a result.
    void showLayer(const CompressionConfig& config, const LayerStorage& storage);
    void close();
    bool isOpen() const { return isVisibleTo(parentWidget()); }
    const WeightHistogram& histogram() const { return *m_histogram; }

signals:
    void closed();

private:
    QWidget* buildHead();
    void adopt(const LayerViewPtr& view);
    void refresh();
    void fail(const QString& reason);

    Inspector& m_inspector;
    LayerViewPtr m_view;
    std::string m_layer; ///< the one asked for
    Label* m_title;
    Label* m_subtitle;
    Label* m_state;
    QSpinBox* m_part;
    WeightHistogram* m_histogram;
};

} // namespace bitfront
