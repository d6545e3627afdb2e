// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialogs/config_editor.h"

#include "core/plan/layer_storage.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

constexpr CodeType kTypes[] = {CodeType::Int8,       CodeType::Int4,       CodeType::Int2,
                               CodeType::UInt8,      CodeType::UInt4,      CodeType::UInt2,
                               CodeType::Float8E4M3, CodeType::Float8E5M2, CodeType::Float4E2M1};
constexpr int kPaletteBits[] = {8, 6, 4, 3, 2, 1};

QComboBox* combo(const char* name, const QString& accessible)
{
    auto* box = new QComboBox;
    box->setObjectName(QLatin1String(name));
    box->setAccessibleName(accessible);
    return box;
}

QSpinBox* spin(const char* name, const QString& accessible)
{
    auto* box = new QSpinBox;
    box->setObjectName(QLatin1String(name));
    box->setAccessibleName(accessible);
    box->setRange(1, static_cast<int>(kMostPerBlock));
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return box;
}

void choose(QComboBox* box, int value)
{
    box->setCurrentIndex(std::max(box->findData(value), 0));
}

} // namespace

ConfigEditor::ConfigEditor(const CompressionSpec& start, std::shared_ptr<const ModelInfo> model,
                           std::set<std::string> known, IndivisiblePolicy policy, QWidget* parent)
    : QDialog(parent)
    , m_model(std::move(model))
    , m_known(std::move(known))
    , m_policy(policy)
    , m_form(new QFormLayout)
    , m_method(combo("configMethod", tr("Method")))
    , m_type(combo("configType", tr("Type of the codes")))
    , m_scheme(combo("configScheme", tr("Scheme")))
    , m_scope(combo("configScope", tr("What shares a scale")))
    , m_bits(combo("configBits", tr("Bits of the palette")))
    , m_tables(combo("configTables", tr("What shares a table")))
    , m_block(spin("configBlock", tr("Elements of a block")))
    , m_group(spin("configGroup", tr("Channels of a group")))
    , m_scales(new QCheckBox(tr("Divide every channel by its largest weight first")))
    , m_title(new Label({}, 15, 600))
    , m_name(new Label({}, 11, 400, Tone::Text3))
    , m_summary(new Label({}, 13, 500))
    , m_add(makeButton(tr("Add"), ButtonRole::Primary))
{
    setObjectName(QStringLiteral("configEditor"));
    setWindowTitle(tr("Own configuration"));
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    adopt(start);
    for (QComboBox* box : {m_method, m_type, m_scheme, m_scope, m_bits, m_tables})
        connect(box, &QComboBox::currentIndexChanged, this, &ConfigEditor::refresh);
    for (QSpinBox* box : {m_block, m_group})
        connect(box, &QSpinBox::valueChanged, this, &ConfigEditor::refresh);
    connect(m_scales, &QCheckBox::toggled, this, &ConfigEditor::refresh);
    connect(m_add, &QPushButton::clicked, this, [this] {
        emit configurationMade(spec());
        close();
    });
    refresh();
}

void ConfigEditor::build()
{
    m_method->addItem(tr("Quantization: codes times a scale"), 0);
    m_method->addItem(tr("Palette: codes into a table of weights"), 1);
    for (const CodeType type : kTypes)
        m_type->addItem(toQString(name(type)), static_cast<int>(type));
    m_scheme->addItem(tr("Symmetric"), static_cast<int>(QuantScheme::Symmetric));
    m_scheme->addItem(tr("Asymmetric, with a zero point"),
                      static_cast<int>(QuantScheme::Asymmetric));
    m_scheme->addItem(tr("Symmetric, clipped"),
                      static_cast<int>(QuantScheme::SymmetricWithClipping));
    m_scope->addItem(tr("The whole weight"), static_cast<int>(QuantGranularity::PerTensor));
    m_scope->addItem(tr("A channel"), static_cast<int>(QuantGranularity::PerChannel));
    m_scope->addItem(tr("A block of a channel"), static_cast<int>(QuantGranularity::PerBlock));
    for (const int bits : kPaletteBits)
        m_bits->addItem(tr("%1 (%2 weights)").arg(bits).arg(1 << bits), bits);
    m_tables->addItem(tr("The whole weight"), 0);
    m_tables->addItem(tr("A group of channels"), 1);
    m_scales->setObjectName(QStringLiteral("configScales"));
    m_form->setHorizontalSpacing(16);
    m_form->setVerticalSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const std::pair<QString, QWidget*> kRows[] = {
        {tr("Method"), m_method},        {tr("Codes"), m_type},       {tr("Scheme"), m_scheme},
        {tr("One scale for"), m_scope},  {tr("Block size"), m_block}, {tr("Bits"), m_bits},
        {tr("One table for"), m_tables}, {tr("Group size"), m_group}, {tr("Scales"), m_scales}};
    for (const auto& [text, field] : kRows) {
        auto* label = new Label(text, 13, 400, Tone::Text2);
        label->setBuddy(field);
        label->setMinimumHeight(field->sizeHint().height());
        m_form->addRow(label, field);
    }
    m_title->setElided(true);
    m_name->setElided(true);
    m_summary->setObjectName(QStringLiteral("configSummary"));
    m_summary->setWrapped(true);
    m_summary->setMinimumHeight(uiPx(36));
    m_add->setObjectName(QStringLiteral("configAdd"));
    m_add->setDefault(true);
    auto* cancel = makeButton(tr("Cancel"), ButtonRole::Neutral);
    connect(cancel, &QPushButton::clicked, this, &QDialog::close);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch();
    foot->addWidget(cancel);
    foot->addWidget(m_add);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_name);
    column->addSpacing(12);
    column->addLayout(m_form);
    column->addSpacing(12);
    column->addWidget(new HairLine);
    column->addSpacing(8);
    column->addWidget(m_summary);
    column->addStretch();
    column->addLayout(foot);
    resize(uiPx(460), uiPx(460));
}

void ConfigEditor::adopt(const CompressionSpec& start)
{
    QuantConfig quant;
    PaletteConfig palette;
    if (const auto* given = std::get_if<QuantConfig>(&start))
        quant = *given;
    else
        palette = std::get<PaletteConfig>(start);
    choose(m_method, std::holds_alternative<PaletteConfig>(start) ? 1 : 0);
    choose(m_type, static_cast<int>(quant.dtype));
    choose(m_scheme, static_cast<int>(quant.scheme));
    choose(m_scope, static_cast<int>(quant.granularity));
    m_block->setValue(quant.blockSize > 0 ? static_cast<int>(quant.blockSize) : 32);
    choose(m_bits, palette.bits);
    choose(m_tables, palette.groupSize > 0 ? 1 : 0);
    m_group->setValue(palette.groupSize > 0 ? static_cast<int>(palette.groupSize) : 8);
    m_scales->setChecked(palette.channelScale);
}

bool ConfigEditor::isPalette() const
{
    return m_method->currentData().toInt() == 1;
}

CompressionSpec ConfigEditor::spec() const
{
    if (isPalette())
        return PaletteConfig {m_bits->currentData().toInt(),
                              m_tables->currentData().toInt() == 1 ? m_group->value() : 0,
                              m_scales->isChecked()};
    QuantConfig quant;
    quant.dtype = static_cast<CodeType>(m_type->currentData().toInt());
    quant.scheme = static_cast<QuantScheme>(m_scheme->currentData().toInt());
    quant.granularity = static_cast<QuantGranularity>(m_scope->currentData().toInt());
    if (quant.granularity == QuantGranularity::PerBlock)
        quant.blockSize = m_block->value();
    return quant;
}

QString ConfigEditor::summary() const
{
    return m_summary->text();
}

void ConfigEditor::refresh()
{
    const CompressionSpec chosen = spec();
    const auto* quant = std::get_if<QuantConfig>(&chosen);
    const auto show = [this](QWidget* field, bool shown) {
        field->setVisible(shown);
        m_form->labelForField(field)->setVisible(shown);
    };
    for (QWidget* field : {m_type, m_scheme, m_scope})
        show(field, quant != nullptr);
    show(m_block, quant && quant->granularity == QuantGranularity::PerBlock);
    for (QWidget* field : {static_cast<QWidget*>(m_bits), static_cast<QWidget*>(m_tables),
                           static_cast<QWidget*>(m_scales)})
        show(field, quant == nullptr);
    show(m_group, isPalette() && m_tables->currentData().toInt() == 1);

    const std::string problem = specProblem(chosen);
    m_summary->setTone(problem.empty() ? Tone::Text : Tone::Err);
    const bool known = m_known.contains(canonicalName(chosen));
    m_add->setEnabled(problem.empty());
    m_add->setText(known ? tr("Tick it") : tr("Add"));
    if (!problem.empty()) {
        m_title->setText(tr("Cannot be run"));
        m_name->clear();
        m_summary->setText(toQString(problem));
        return;
    }
    const CompressionConfig config = makeConfiguration(chosen, m_policy);
    m_title->setText(toQString(title(config)));
    m_name->setText(known ? tr("%1, already on the list").arg(toQString(config.name))
                          : toQString(config.name));
    if (!m_model) {
        m_summary->setText(tr("Size and bits are shown once a model is open."));
        return;
    }
    const std::vector<LayerStorage> layers = planStorage(*m_model, config);
    const SizeAccount size = accountSize(*m_model, layers);
    const auto otherwise = std::ranges::count_if(layers, [](const LayerStorage& layer) {
        return layer.kind != StorageKind::Untouched && !layer.reason.empty();
    });
    QString text = tr("%1 bits · %2 MB · %3 · %4 of %5 layers")
                       .arg(size.averageBits(), 0, 'f', 2)
                       .arg(megabytesText(size.megabytes()), ratioText(size.compressionRatio()))
                       .arg(size.compressedLayers)
                       .arg(size.totalLayers);
    if (otherwise > 0)
        text += QLatin1Char('\n')
            + tr("%1 layers do not divide and are stored otherwise.").arg(otherwise);
    m_summary->setText(text);
}

} // namespace bitfront
