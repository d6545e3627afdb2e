// SPDX-License-Identifier: GPL-3.0-or-later
// Looks into a result: weights of a layer, outputs of the model. Opens the run's model and inputs
// again where the window does not hold them, computes on a background thread, keeps the last few.
#pragma once

#include "core/inspect/layer_view.h"
#include "core/inspect/sample_drawing.h"
#include "core/run/run_folder.h"
#include "widgets/workbench/background_queue.h"

#include <QObject>
#include <QString>

#include <functional>
#include <list>
#include <memory>

namespace bitfront {

using LayerViewPtr = std::shared_ptr<const LayerView>;
/// All outputs of one configuration.
struct OutputViews
{
    std::string config; ///< CompressionConfig::name
    std::vector<OutputView> outputs;
};
using OutputViewsPtr = std::shared_ptr<const OutputViews>;
using SampleDrawingPtr = std::shared_ptr<const SampleDrawing>;
/// One layer under two configurations, counted.
struct LayerPair
{
    std::string layer;
    LayerHistogram a, b; ///< of the whole layer
};

class Inspector : public QObject
{
    Q_OBJECT

public:
    using EngineSource = std::function<std::shared_ptr<Engine>()>;

    explicit Inspector(EngineSource engine, QObject* parent = nullptr);
    ~Inspector() override;

    /// The run that is looked into; null for none. Forgets everything about another one.
    void setRun(std::shared_ptr<const RunHeader> header);
    /// What the window has open already, so that it need not be read twice. Used where it is what
    /// the run was made of.
    void offer(std::shared_ptr<const Model> model, std::shared_ptr<Experiment> experiment);

    /// layerReady or layerFailed follows. Of every kind of request a later one overtakes the
    /// earlier, of which nothing more is heard.
    void requestLayer(const CompressionConfig& config, const LayerStorage& storage);
    /// Counts a part of a layer, or all of it (−1): histogramReady follows.
    void requestHistogram(const LayerViewPtr& view, int part);
    /// The same layer under two configurations: pairReady or pairFailed follows.
    void requestPair(const CompressionConfig& a, const LayerStorage& storageA,
                     const CompressionConfig& b, const LayerStorage& storageB);
    /// outputsReady or outputsFailed follows; at once where they are still known.
    void requestOutputs(const CompressionConfig& config);
    /// Reduces a sample of `views->outputs[output]` to what is drawn: drawingReady follows.
    void requestDrawing(const OutputViewsPtr& views, std::size_t output, std::int64_t sample,
                        std::int64_t plane);

signals:
    void layerReady(const bitfront::LayerViewPtr& view);
    void layerFailed(const QString& reason);
    void histogramReady(const bitfront::LayerViewPtr& view, const bitfront::LayerHistogram& counts);
    void pairReady(const bitfront::LayerPair& pair);
    void pairFailed(const QString& reason);
    void outputsReady(const bitfront::OutputViewsPtr& views);
    void outputsFailed(const QString& reason);
    void drawingReady(const bitfront::OutputViewsPtr& views, std::size_t output,
                      const bitfront::SampleDrawingPtr& drawing);

private:
    struct Sources;
    void keep(const OutputViewsPtr& views);

    EngineSource m_engine;
    std::shared_ptr<const RunHeader> m_header;
    std::shared_ptr<Sources> m_sources; ///< of the run; touched by the background thread only
    std::shared_ptr<const Model> m_offeredModel;
    std::shared_ptr<Experiment> m_offeredExperiment;
    std::list<OutputViewsPtr> m_known; ///< latest first
    std::stop_source m_layerTask {std::nostopstate}, m_pairTask {std::nostopstate},
        m_outputsTask {std::nostopstate}, m_histogramTask {std::nostopstate},
        m_drawingTask {std::nostopstate};
    // Last: joined before anything they use dies.
    BackgroundQueue m_queue; ///< opens, compresses, runs the model
    BackgroundQueue m_countQueue; ///< counts what is there: never waits for a forward pass
};

} // namespace bitfront
