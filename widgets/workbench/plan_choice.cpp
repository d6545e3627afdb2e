// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/plan_choice.h"

#include "core/plan/own_config.h"
#include "widgets/workbench/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitfront {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("bitfront::PlanChoice", text);
}

/// Whether a configuration is one of the twelve that show the shape of a front quickly: per group
/// the schemes that usually win and one of each size.
bool isQuickConfig(const CompressionConfig& config)
{
    if (const auto* quant = std::get_if<QuantConfig>(&config.spec)) {
        if (config.group == GroupId::PerChannel)
            return quant->scheme != QuantScheme::Asymmetric;
        return quant->scheme == QuantScheme::SymmetricWithClipping
            || (quant->scheme == QuantScheme::Asymmetric && quant->blockSize == 32);
    }
    const auto& palette = std::get<PaletteConfig>(config.spec);
    if (palette.channelScale)
        return false;
    return palette.groupSize == 0 || palette.groupSize == (palette.bits == 6 ? 16 : 8);
}

QString familyTitle(const CompressionConfig& config)
{
    if (const auto* quant = std::get_if<QuantConfig>(&config.spec)) {
        const QString type = toQString(name(quant->dtype));
        return quant->granularity == QuantGranularity::PerBlock
            ? tr("Block %1, %2").arg(quant->blockSize).arg(type)
            : type;
    }
    const auto& palette = std::get<PaletteConfig>(config.spec);
    return palette.groupSize == 0 ? tr("Per-tensor, 8 and 6 bits")
                                  : tr("Grouped, %1 bits").arg(palette.bits);
}

} // namespace

PlanChoice::PlanChoice()
{
    selectStandard();
}

PlanChoice::PlanChoice(const SweepPlan& plan)
    : refine(plan.refine)
    , policy(plan.indivisible)
    , palette(plan.palette)
{
    std::vector<std::string> names;
    for (const CompressionConfig& config : plan.configs)
        names.push_back(config.name);
    knowOwn(names);
    select(names, true);
}

void PlanChoice::select(const std::vector<std::string>& names, bool on)
{
    for (const std::string& configName : names) {
        if (on)
            m_selected.insert(configName);
        else
            m_selected.erase(configName);
    }
}

void PlanChoice::selectGroup(GroupId group, bool on)
{
    for (const ConfigFamily& family : configFamilies()) {
        if (family.group == group)
            select(family.names, on);
    }
}

void PlanChoice::selectStandard()
{
    m_selected.clear();
    for (const CompressionConfig& config : baseConfigurations())
        m_selected.insert(config.name);
    refine = true;
    palette = {};
}

void PlanChoice::selectThorough()
{
    selectStandard();
    select(moreConfigurations(), true);
}

void PlanChoice::selectQuick()
{
    m_selected.clear();
    for (const CompressionConfig& config : baseConfigurations()) {
        if (isQuickConfig(config))
            m_selected.insert(config.name);
    }
    refine = false;
    palette = {};
}

bool PlanChoice::isQuick() const
{
    PlanChoice preset;
    preset.selectQuick();
    return !refine && palette == preset.palette && preset.m_selected == m_selected;
}

bool PlanChoice::isStandard() const
{
    const PlanChoice preset;
    return refine && palette == preset.palette && preset.m_selected == m_selected;
}

bool PlanChoice::isThorough() const
{
    PlanChoice preset;
    preset.selectThorough();
    return refine && palette == preset.palette && preset.m_selected == m_selected;
}

bool PlanChoice::sweepsAs(const PlanChoice& other) const
{
    return m_selected == other.m_selected && refine == other.refine && policy == other.policy
        && palette == other.palette;
}

std::string PlanChoice::addOwn(const CompressionSpec& spec)
{
    const std::string configName = canonicalName(spec);
    knowOwn({configName});
    m_selected.insert(configName);
    return configName;
}

void PlanChoice::removeOwn(const std::string& configName)
{
    if (std::erase(m_own, configName) > 0)
        m_selected.erase(configName);
}

void PlanChoice::knowOwn(const std::vector<std::string>& names)
{
    for (const std::string& configName : names) {
        const auto spec = specFromName(configName);
        const auto all = known();
        if (spec && specProblem(*spec).empty()
            && std::ranges::find(all, configName, &CompressionConfig::name) == all.end())
            m_own.push_back(configName);
    }
}

std::vector<CompressionConfig> PlanChoice::known() const
{
    std::vector<CompressionConfig> all = baseConfigurations(policy, palette);
    for (const auto* names : {&moreConfigurations(), &m_own})
        for (const std::string& configName : *names)
            all.push_back(makeConfiguration(*specFromName(configName), policy, palette));
    return all;
}

int PlanChoice::count(GroupId group) const
{
    int number = 0;
    for (const CompressionConfig& config : baseConfigurations())
        number += config.group == group && isSelected(config.name) ? 1 : 0;
    return number;
}

int PlanChoice::total(GroupId group) const
{
    const auto all = baseConfigurations();
    return static_cast<int>(std::ranges::count(all, group, &CompressionConfig::group));
}

SweepPlan PlanChoice::plan() const
{
    SweepPlan plan;
    plan.refine = refine;
    plan.indivisible = policy;
    plan.palette = palette;
    for (CompressionConfig& config : known()) {
        if (isSelected(config.name))
            plan.configs.push_back(std::move(config));
    }
    return plan;
}

const std::vector<std::string>& moreConfigurations()
{
    static const std::vector<std::string> kNames {
        "perchannel_float8_e4m3fn_symmetric",    "perblock_bs32_int8_symmetric",
        "perblock_bs32_int8_asymmetric",         "perblock_bs64_int4_symmetric",
        "perblock_bs64_int4_asymmetric",         "perblock_bs64_int4_symmetric_with_clipping",
        "perblock_bs32_float4_e2m1fn_symmetric", "palette_pertensor_4bit_pcs0",
        "palette_pertensor_4bit_pcs1",           "palette_grouped_gs32_6bit_pcs0",
        "palette_grouped_gs32_4bit_pcs0",        "palette_grouped_gs32_4bit_pcs1",
        "palette_grouped_gs4_3bit_pcs0",         "palette_grouped_gs4_3bit_pcs1",
        "palette_grouped_gs8_3bit_pcs0",         "palette_grouped_gs16_3bit_pcs0",
        "palette_grouped_gs4_2bit_pcs0",         "palette_grouped_gs8_2bit_pcs0"};
    return kNames;
}

std::vector<ConfigFamily> configFamilies()
{
    std::vector<ConfigFamily> families;
    for (const CompressionConfig& config : baseConfigurations()) {
        const QString title = familyTitle(config);
        auto family = std::ranges::find_if(families, [&](const ConfigFamily& known) {
            return known.group == config.group && known.title == title;
        });
        if (family == families.end())
            family = families.insert(family, ConfigFamily {config.group, title, {}});
        family->names.push_back(config.name);
    }
    return families;
}

CompressionConfig configForName(const std::string& name)
{
    // A refinement's name is that of its seed, "_skip-" and what it keeps.
    const std::string seed = name.substr(0, name.find("_skip-"));
    CompressionConfig config;
    const auto spec = specFromName(seed);
    if (spec && specProblem(*spec).empty())
        config = makeConfiguration(*spec);
    if (seed != name)
        config.seed = seed;
    config.name = name;
    return config;
}

QString groupTitleText(GroupId group)
{
    switch (group) {
    case GroupId::PerChannel:
        return tr("Per-channel quantization");
    case GroupId::PerBlock:
        return tr("Per-block quantization");
    case GroupId::Palette:
        return tr("Palettization");
    case GroupId::Mixed:
        return tr("Mixed precision");
    }
    return {};
}

} // namespace bitfront
