// SPDX-License-Identifier: GPL-3.0-or-later
// The first two cards of the setup page: the model, and the inputs it is judged on.
#pragma once

#include "core/plan/layer_info.h"
#include "widgets/setup/step_card.h"

namespace bitfront {

class InputChoices;
class ProjectSetup;

class ModelCard : public StepCard
{
    Q_OBJECT

public:
    explicit ModelCard(ProjectSetup& setup, QWidget* parent = nullptr);

private:
    void refresh();
    ProjectSetup& m_setup;
    Label* m_invitation;
    KeyValueList* m_facts;
};

class InputsCard : public StepCard
{
    Q_OBJECT

public:
    explicit InputsCard(ProjectSetup& setup, QWidget* parent = nullptr);

signals:
    void folderRequested();

private:
    void refresh();
    void showFacts();
    ProjectSetup& m_setup;
    Label* m_invitation;
    KeyValueList* m_facts;
    QWidget* m_noise;
    QString m_acceptedNoise; ///< inputs that look like noise and are to be used all the same
    InputChoices* m_choices;
};

/// "x · 256 × 1 × 8 × 8 · float32"
QString tensorLine(const std::string& name, const std::vector<std::int64_t>& shape,
                   const std::string& dtype);
/// "13 with weights, 24 small tensors stay at 16 bits"
QString layersLine(const ModelInfo& model);
/// "159,770 weights · 0.307 MB at fp16"
QString sizeLine(const ModelInfo& model);

} // namespace bitfront
