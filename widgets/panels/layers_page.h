// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of the selected result: where the bytes are, how each layer is stored, and what
// happened to its weights.
#pragma once

#include "core/plan/mixed_config.h"
#include "widgets/parts/labels.h"

#include <memory>

class QSortFilterProxyModel;
class QTreeView;

namespace bitfront {

class Inspector;
class LayerBar;
class LayerInset;
class LayerModel;

class LayersPage : public QWidget
{
    Q_OBJECT

public:
    explicit LayersPage(Inspector& inspector, QWidget* parent = nullptr);

    /// `record` must be measured; `model` tells types and shapes.
    void setRecord(const ResultRecord& record, std::shared_ptr<const ModelInfo> model);
    void clear();
    LayerModel& layers() const { return *m_model; }
    LayerInset& inset() const { return *m_inset; }

signals:
    void layerChosen(const QString& layer);
    void keepRequested(const QString& layer, bitfront::KeptFormat format);
    void sensitivityRequested(const QString& layer);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildView();
    void layOutColumns();
    void openCurrent();
    void selectLayer(int layer);
    void copyTable() const;
    void openMenu(const QPoint& at);
    bool actByKey(int key, bool pressed);

    LayerModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTreeView* m_view;
    LayerBar* m_bar;
    LayerInset* m_inset;
    CompressionConfig m_config;
    std::vector<LayerStorage> m_layers;
    bool m_following = false;
};

} // namespace bitfront
