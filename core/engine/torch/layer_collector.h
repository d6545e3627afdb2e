// SPDX-License-Identifier: GPL-3.0-or-later
// Decides which parameters of a model are compressible layers, the same for every file format, and
// fills the lists of ModelInfo.
#pragma once

#include "core/plan/layer_info.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bitfront {

/// One parameter as a file lists it.
struct ParameterFacts
{
    std::string module; ///< qualified name of its owner, "" for the root
    std::string className; ///< original class of the owner, "" when not known
    std::string parameter;
    at::Tensor tensor;
    /// Kind of the first operator that takes it as its weight, embeddings last.
    std::optional<LayerKind> operatorKind;
    bool used = true; ///< whether forward() reads it
    /// False where forward() reads it from a place that an exchange does not reach.
    bool exchangeable = true;
};

/// A parameter tensor with everybody who holds it: numbers of LayerCollector::add() calls.
struct ParameterGroup
{
    at::Tensor tensor;
    std::vector<std::size_t> owners;
};

class LayerCollector
{
public:
    /// Fills info's layers, plainParameters, modules and notes.
    /// info.layerOptions says what counts as a layer.
    explicit LayerCollector(ModelInfo& info)
        : m_info(info)
    {
    }

    /// In registration order, a module before its parameters.
    void addModule(const std::string& name, const std::string& className);
    void add(ParameterFacts facts) { m_facts.push_back(std::move(facts)); }
    /// Decides, drops modules without layers and notes what stays as it is. Throws
    /// Error(UnsupportedModel) when there is no layer.
    void finish();

    /// After finish(), in the order of info's lists.
    std::vector<ParameterGroup> takeLayers() { return std::move(m_layers); }
    std::vector<ParameterGroup> takePlain() { return std::move(m_plain); }

private:
    struct Place
    {
        bool isLayer;
        std::size_t index;
    };

    void shareUses();
    void decideAll();
    void decide(std::size_t owner);
    void addLayer(LayerInfo layer, std::size_t owner);
    void addPlain(std::string name, std::size_t owner);
    void dropModules();
    std::optional<Place> findPlace(const at::Tensor& tensor) const;
    void countRecurrent();
    void noteUntouched();
    void makePrintable();
    [[noreturn]] void refuse() const;

    ModelInfo& m_info;
    std::vector<ParameterGroup> m_layers, m_plain;
    std::vector<ParameterFacts> m_facts; ///< one per call of add()
    std::multimap<const void*, Place> m_places; ///< by address of the data
    std::set<std::string> m_skippedTypes;
    std::vector<std::string> m_unused;
    bool m_isQuantized = false;
};

/// Class that does what an operator does, for files that do not name it: "…conv.Conv2d".
/// `rank`: of the weight.
std::string classFor(LayerKind kind, std::int64_t rank);

} // namespace bitfront
