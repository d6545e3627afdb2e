// SPDX-License-Identifier: GPL-3.0-or-later
// Looks into a result: weights of a layer, outputs of the model. Opens the run's model and inputs
// again where the window does not hold them, computes on a background thread, keeps the last few.
#pragma once

#include "core/inspect/layer_view.h"
#include "core/inspect/output_view.h"
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

    /// layerReady or layerFailed follows; a later request overtakes an earlier one.
    void requestLayer(const CompressionConfig& config, const LayerStorage& storage);
    /// The same layer under two configurations: pairReady or pairFailed follows.
    void requestPair(const CompressionConfig& a, const LayerStorage& storageA,
                     const CompressionConfig& b, const LayerStorage& storageB);
    /// outputsReady or outputsFailed follows; at once where they are still known.
    void requestOutputs(const CompressionConfig& config);

signals:
    void layerReady(const bitfront::LayerViewPtr& view);
    void layerFailed(const QString& reason);
    void pairReady(const bitfront::LayerViewPtr& a, const bitfront::LayerViewPtr& b);
    void pairFailed(const QString& reason);
    void outputsReady(const bitfront::OutputViewsPtr& views);
    void outputsFailed(const QString& reason);

private:
    struct Sources;

    EngineSource m_engine;
    std::shared_ptr<const RunHeader> m_header;
    std::shared_ptr<Sources> m_sources; ///< of the run; touched by the background thread only
    std::shared_ptr<const Model> m_offeredModel;
    std::shared_ptr<Experiment> m_offeredExperiment;
    std::list<OutputViewsPtr> m_known; ///< latest first
    std::stop_source m_layerTask {std::nostopstate}, m_pairTask {std::nostopstate},
        m_outputsTask {std::nostopstate};
    quint64 m_generation = 0;
    BackgroundQueue m_queue; ///< last: joined before anything it uses dies
};

} // namespace bitfront
