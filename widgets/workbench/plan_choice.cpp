// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/plan_choice.h"

#include "widgets/workbench/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kQuickCount = 12;

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
    selectAll();
}

PlanChoice::PlanChoice(const SweepPlan& plan)
    : refine(plan.refine)
    , policy(plan.indivisible)
{
    for (const CompressionConfig& config : plan.configs)
        m_selected.insert(config.name);
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

void PlanChoice::selectAll()
{
    for (const CompressionConfig& config : baseConfigurations())
        m_selected.insert(config.name);
}

void PlanChoice::selectQuick()
{
    m_selected.clear();
    for (const CompressionConfig& config : baseConfigurations()) {
        if (isQuickConfig(config))
            m_selected.insert(config.name);
    }
    refine = false;
}

bool PlanChoice::isQuick() const
{
    if (refine || count() != kQuickCount)
        return false;
    PlanChoice quick;
    quick.selectQuick();
    return quick.m_selected == m_selected;
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
    for (CompressionConfig& config : baseConfigurations(policy)) {
        if (isSelected(config.name))
            plan.configs.push_back(std::move(config));
    }
    return plan;
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
    const std::vector<CompressionConfig> base = baseConfigurations();
    const CompressionConfig* best = nullptr;
    for (const CompressionConfig& config : base) {
        if (name.starts_with(config.name) && (!best || best->name.size() < config.name.size()))
            best = &config;
    }
    CompressionConfig config;
    if (best)
        config = *best;
    if (best && best->name != name)
        config.seed = best->name;
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
    }
    return {};
}

} // namespace bitfront
