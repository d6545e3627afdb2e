// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/setup/input_choices.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

BindingEditor::BindingEditor(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_rows(new QGridLayout)
    , m_hint(new Label({}, 11, 400, Tone::Text3))
{
    setObjectName(QStringLiteral("bindingEditor"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_rows->setHorizontalSpacing(12);
    m_rows->setVerticalSpacing(6);
    m_rows->setColumnMinimumWidth(0, uiPx(88));
    m_rows->setColumnStretch(1, 1);
    column->addLayout(m_rows);
    m_hint->setWrapped(true);
    column->addWidget(m_hint);
}

void BindingEditor::refresh()
{
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_choices.clear();
    if (!m_setup.model())
        return;
    const auto& offered = m_setup.offeredInputs();
    const auto inputs = m_setup.inputs();
    const auto& bindings = m_setup.inputOptions().bindings;
    for (const ArgumentInfo& argument : m_setup.model()->arguments) {
        auto* name = new Label(toQString(argument.name), 13, 400, Tone::Text3);
        name->setElided(true);
        name->setToolTip(toQString(argument.type));
        auto* choice = new QComboBox;
        choice->setAccessibleName(tr("Tensor for %1").arg(toQString(argument.name)));
        choice->setObjectName(QStringLiteral("bind:") + toQString(argument.name));
        choice->addItem(argument.required ? tr("choose a tensor") : tr("nothing"), QString());
        for (const InputTensor& tensor : offered) {
            const QString text = toQString(tensor.name) + QStringLiteral(" · ")
                + (tensor.shape.empty() ? QString() : toQString(shapeText(tensor.shape)))
                + QStringLiteral(" · ") + toQString(tensor.dtype);
            choice->addItem(text, toQString(tensor.name));
        }
        std::string now;
        for (const InputBinding& binding : bindings)
            if (binding.argument == argument.name)
                now = binding.name;
        if (inputs)
            for (const InputTensor& tensor : inputs->tensors())
                if (tensor.argument == argument.name)
                    now = tensor.name;
        choice->setCurrentIndex(std::max(0, choice->findData(toQString(now))));
        connect(choice, &QComboBox::activated, this, &BindingEditor::apply);
        m_rows->addWidget(name, m_choices.size(), 0);
        m_rows->addWidget(choice, m_choices.size(), 1);
        m_choices << choice;
    }
    m_hint->setText(tr("Tensors that no argument gets are left out."));
}

/// Once every argument that needs a tensor has one.
void BindingEditor::apply()
{
    InputOptions options = m_setup.inputOptions();
    options.bindings.clear();
    const auto& arguments = m_setup.model()->arguments;
    for (qsizetype i = 0; i < m_choices.size(); ++i) {
        const QString name = m_choices[i]->currentData().toString();
        const ArgumentInfo& argument = arguments[static_cast<std::size_t>(i)];
        if (name.isEmpty() && argument.required) {
            m_hint->setText(tr("Choose a tensor for %1 too.").arg(toQString(argument.name)));
            return;
        }
        if (!name.isEmpty())
            options.bindings.push_back({argument.name, name.toStdString()});
    }
    m_setup.setInputOptions(options);
}

InputChoices::InputChoices(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_folder(makeButton(tr("Choose a folder…"), ButtonRole::Link))
    , m_stored(makeButton(tr("Use the example inputs in the model file"), ButtonRole::Neutral))
    , m_remedy(makeButton({}, ButtonRole::Neutral))
    , m_showBinding(makeButton({}, ButtonRole::Link))
    , m_showPictures(makeButton({}, ButtonRole::Link))
    , m_binding(new BindingEditor(setup))
    , m_pictures(new PictureEditor(setup))
{
    m_stored->setObjectName(QStringLiteral("storedInputs"));
    m_remedy->setObjectName(QStringLiteral("inputRemedy"));
    m_showBinding->setObjectName(QStringLiteral("showBinding"));
    m_showPictures->setObjectName(QStringLiteral("showPictures"));
    auto* links = new QHBoxLayout;
    links->setSpacing(16);
    links->addWidget(m_stored);
    links->addWidget(m_remedy);
    links->addWidget(m_showBinding);
    links->addWidget(m_showPictures);
    links->addWidget(m_folder);
    links->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(links);
    column->addWidget(m_binding);
    column->addWidget(m_pictures);
    connect(m_stored, &QPushButton::clicked, this,
            [this] { m_setup.loadInputs(QLatin1String(kStoredInputs)); });
    connect(m_folder, &QPushButton::clicked, this, &InputChoices::folderRequested);
    connect(m_remedy, &QPushButton::clicked, this, &InputChoices::applyRemedy);
    connect(m_showBinding, &QPushButton::clicked, this, [this] {
        m_bindingOpen = !m_bindingOpen;
        refresh();
    });
    connect(m_showPictures, &QPushButton::clicked, this, [this] {
        m_picturesOpen = !m_picturesOpen;
        refresh();
    });
}

void InputChoices::applyRemedy()
{
    InputOptions options = m_setup.inputOptions();
    options.addBatch = options.addBatch || m_setup.inputsRemedy() == Remedy::AddBatch;
    options.convertTypes = options.convertTypes || m_setup.inputsRemedy() == Remedy::ConvertTypes;
    m_setup.setInputOptions(options);
}

void InputChoices::refresh()
{
    const LoadState state = m_setup.inputsState();
    const Remedy remedy = m_setup.inputsRemedy();
    const bool settled = state == LoadState::Ready || state == LoadState::Failed;
    const bool usesStored = m_setup.inputsPath() == QLatin1String(kStoredInputs);
    m_stored->setVisible(m_setup.hasStoredInputs() && state != LoadState::Loading && !usesStored);
    m_remedy->setVisible(state == LoadState::Failed
                         && (remedy == Remedy::AddBatch || remedy == Remedy::ConvertTypes));
    m_remedy->setText(remedy == Remedy::AddBatch ? tr("Add the batch dimension")
                                                 : tr("Convert to the model's types"));
    const bool canBind = settled && m_setup.model() != nullptr
        && (m_setup.offeredInputs().size() > 1 || remedy == Remedy::Bind)
        && !m_setup.offeredInputs().empty();
    const bool bindingOpen = canBind && (m_bindingOpen || remedy == Remedy::Bind);
    m_showBinding->setVisible(canBind && remedy != Remedy::Bind);
    m_showBinding->setText(bindingOpen ? tr("Hide binding") : tr("Change binding…"));
    m_binding->setVisible(bindingOpen);
    if (bindingOpen)
        m_binding->refresh();
    const bool hasPictures = settled && m_setup.inputsArePictures();
    const bool picturesOpen = hasPictures && (m_picturesOpen || remedy == Remedy::PrepareImages);
    m_showPictures->setVisible(hasPictures && remedy != Remedy::PrepareImages);
    m_showPictures->setText(picturesOpen ? tr("Hide picture settings") : tr("Picture settings…"));
    m_pictures->setVisible(picturesOpen);
    if (picturesOpen)
        m_pictures->refresh();
    m_folder->setVisible(state == LoadState::Nothing);
    setVisible(state != LoadState::Loading
               && (state == LoadState::Nothing || !m_stored->isHidden() || !m_remedy->isHidden()
                   || canBind || hasPictures));
}

} // namespace bitfront
