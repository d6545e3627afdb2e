// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/file_cards.h"

#include "widgets/parts/buttons.h"
#include "widgets/setup/input_choices.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

Label* invitation(const QString& text)
{
    auto* label = new Label(text, 13, 400, Tone::Text2);
    label->setWrapped(true);
    return label;
}

} // namespace

QString tensorLine(const std::string& name, const std::vector<std::int64_t>& shape,
                   const std::string& dtype)
{
    const QString dimensions = shape.empty()
        ? QCoreApplication::translate("bitfront::InputsCard", "scalar")
        : toQString(shapeText(shape));
    return toQString(name) + QStringLiteral(" · ") + dimensions + QStringLiteral(" · ")
        + toQString(dtype);
}

QString layersLine(const ModelInfo& model)
{
    const auto words = [&](const char* text) {
        return QCoreApplication::translate("bitfront::ModelCard", text).arg(model.layers.size());
    };
    const std::size_t plain = model.plainParameters.size();
    if (plain == 0)
        return words(QT_TRANSLATE_NOOP("bitfront::ModelCard", "%1 with weights"));
    if (plain == 1)
        return words(QT_TRANSLATE_NOOP("bitfront::ModelCard",
                                       "%1 with weights, 1 small tensor stays at 16 bits"));
    return words(QT_TRANSLATE_NOOP("bitfront::ModelCard",
                                   "%1 with weights, %2 small tensors stay at 16 bits"))
        .arg(plain);
}

QString sizeLine(const ModelInfo& model)
{
    return QCoreApplication::translate("bitfront::ModelCard", "%1 weights · %2 MB at fp16")
        .arg(countText(model.parameterCount()),
             megabytesText(static_cast<double>(model.fp16Bytes()) / kMebibyte));
}

ModelCard::ModelCard(ProjectSetup& setup, QWidget* parent)
    : StepCard(QStringLiteral("chip"), tr("Model"), parent)
    , m_setup(setup)
    , m_invitation(invitation(tr(
          "A torch.export program (.pt2) or a TorchScript file (.pt). Drop it here or choose it.")))
    , m_facts(new KeyValueList)
{
    setObjectName(QStringLiteral("modelCard"));
    body()->addWidget(m_invitation);
    body()->addWidget(m_facts);
    connect(&m_setup, &ProjectSetup::modelChanged, this, &ModelCard::refresh);
    refresh();
}

void ModelCard::refresh()
{
    const LoadState state = m_setup.modelState();
    const QString file = QFileInfo(m_setup.modelPath()).fileName();
    m_invitation->setVisible(state == LoadState::Nothing);
    m_facts->setVisible(state != LoadState::Nothing);
    setError(state == LoadState::Failed ? m_setup.modelError() : ErrorText {});
    setAction(state == LoadState::Nothing ? tr("Choose…") : tr("Replace"));
    switch (state) {
    case LoadState::Nothing:
        setState(State::Missing, tr("Missing"));
        break;
    case LoadState::Loading:
        setState(State::Busy, tr("Reading…"));
        m_facts->setRows({{tr("File"), file}});
        break;
    case LoadState::Failed:
        setState(State::Failed, tr("Cannot be used"));
        m_facts->setRows({{tr("File"), file}});
        break;
    case LoadState::Ready:
        setState(State::Ready, tr("Ready"));
        m_facts->setRows(
            {{tr("File"), file + QStringLiteral(" · ") + toQString(m_setup.model()->format)},
             {tr("Layers"), layersLine(*m_setup.model())},
             {tr("Size"), sizeLine(*m_setup.model())}});
        break;
    }
}

InputsCard::InputsCard(ProjectSetup& setup, QWidget* parent)
    : StepCard(QStringLiteral("image"), tr("Inputs"), parent)
    , m_setup(setup)
    , m_invitation(invitation(
          tr("Real examples the model is judged on: tensors (.pt, .npy, .npz, .safetensors), "
             "token ids (.json), sounds (.wav), pictures, or a folder of these.")))
    , m_facts(new KeyValueList)
    , m_noise(new QWidget)
    , m_choices(new InputChoices(setup))
{
    setObjectName(QStringLiteral("inputsCard"));
    body()->addWidget(m_invitation);
    body()->addWidget(m_facts);
    m_noise->setObjectName(QStringLiteral("noiseWarning"));
    auto* column = new QVBoxLayout(m_noise);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* noise = new QHBoxLayout;
    noise->setSpacing(10);
    noise->addWidget(new IconLabel(QStringLiteral("warning"), Tone::Warn), 0, Qt::AlignTop);
    auto* words =
        new Label(tr("These inputs look like noise: there is no structure between neighbours. "
                     "Results on noise often look better than they are."),
                  13, 400, Tone::Warn);
    words->setWrapped(true);
    noise->addWidget(words, 1);
    column->addLayout(noise);
    auto* answers = new QHBoxLayout;
    answers->setContentsMargins(uiPx(16) + 10, 0, 0, 0);
    answers->setSpacing(8);
    auto* anyway = makeButton(tr("Use anyway"), ButtonRole::Neutral);
    auto* others = makeButton(tr("Choose other inputs"), ButtonRole::Neutral);
    anyway->setObjectName(QStringLiteral("useNoise"));
    others->setObjectName(QStringLiteral("chooseOtherInputs"));
    connect(anyway, &QPushButton::clicked, this, [this] {
        m_acceptedNoise = m_setup.inputsPath();
        refresh();
    });
    connect(others, &QPushButton::clicked, this, &StepCard::actionTriggered);
    answers->addWidget(anyway);
    answers->addWidget(others);
    answers->addStretch();
    column->addLayout(answers);
    body()->addWidget(m_noise);
    foot()->addWidget(m_choices);
    connect(m_choices, &InputChoices::folderRequested, this, &InputsCard::folderRequested);
    connect(&m_setup, &ProjectSetup::inputsChanged, this, &InputsCard::refresh);
    connect(&m_setup, &ProjectSetup::modelChanged, this, &InputsCard::refresh);
    refresh();
}

void InputsCard::refresh()
{
    const LoadState state = m_setup.inputsState();
    m_invitation->setVisible(state == LoadState::Nothing);
    m_facts->setVisible(state != LoadState::Nothing);
    m_noise->hide();
    setError(state == LoadState::Failed ? m_setup.inputsError() : ErrorText {});
    setAction(state == LoadState::Nothing ? tr("Choose…") : tr("Replace"));
    const QString file = m_setup.inputsName();
    m_choices->refresh();
    switch (state) {
    case LoadState::Nothing:
        setState(State::Missing, tr("Missing"));
        break;
    case LoadState::Loading:
        setState(State::Busy, m_setup.inputs() ? tr("Running the model…") : tr("Reading…"));
        m_facts->setRows({{tr("File"), file}});
        break;
    case LoadState::Failed:
        setState(State::Failed, tr("Cannot be used"));
        m_facts->setRows({{tr("File"), file}});
        break;
    case LoadState::Ready:
        setState(State::Ready, tr("Ready"));
        showFacts();
        break;
    }
}

void InputsCard::showFacts()
{
    const auto inputs = m_setup.inputs();
    QList<KeyValue> rows;
    for (const InputTensor& tensor : inputs->tensors())
        rows.append({rows.isEmpty() ? tr("Tensor") : QString(),
                     tensorLine(tensor.argument.empty() ? tensor.name : tensor.argument,
                                tensor.shape, tensor.dtype)});
    rows.append(
        {tr("Samples"), tr("%1 from %2").arg(countText(inputs->samples()), m_setup.inputsName())});
    if (inputs->batches() > 1)
        rows.append({tr("Batches"), countText(static_cast<qint64>(inputs->batches()))});
    for (const std::string& note : inputs->notes())
        rows.append({rows.last().key == tr("Read") ? QString() : tr("Read"), toQString(note)});
    const bool noise = std::ranges::any_of(inputs->tensors(), &InputTensor::looksLikeNoise);
    if (!noise)
        rows.append({tr("Check"), tr("The model runs on them; they have structure, not noise")});
    else if (m_acceptedNoise == m_setup.inputsPath())
        rows.append({tr("Check"), tr("They look like noise, and are used all the same")});
    m_facts->setRows(rows);
    const bool open = noise && m_acceptedNoise != m_setup.inputsPath();
    m_noise->setVisible(open);
    if (open)
        setState(State::Attention, tr("Looks like noise"));
}

} // namespace bitfront
