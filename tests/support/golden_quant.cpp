// SPDX-License-Identifier: GPL-3.0-or-later
// Granularities and default axes as the reference documents them.
#include "tests/support/golden_quant.h"

#include <algorithm>
#include <stdexcept>

namespace bitfront::test {

CodeType goldenCodeType(const std::string& typeName)
{
    if (typeName == "float8_e4m3")
        return CodeType::Float8E4M3;
    if (typeName == "float4_e2m1")
        return CodeType::Float4E2M1;
    const std::optional<CodeType> type = codeTypeFromName(typeName);
    if (!type)
        throw std::runtime_error("unknown code type " + typeName);
    return *type;
}

int defaultQuantAxis(const std::string& layerType, bool perBlock)
{
    const bool transposed = layerType.find("transpose") != std::string::npos;
    return transposed != perBlock ? 1 : 0;
}

std::optional<std::vector<std::int64_t>> goldenBlockShape(const nlohmann::json& config,
                                                          const std::string& layerType,
                                                          const std::vector<std::int64_t>& shape)
{
    const auto granularity = config.at("granularity").get<std::string>();
    std::vector<std::int64_t> block = shape;
    const bool perBlock = granularity == "per_block";
    const auto axis =
        static_cast<std::size_t>(config.value("axis", defaultQuantAxis(layerType, perBlock)));
    if (granularity == "per_channel") {
        block.at(axis) = 1;
    } else if (perBlock && config.at("block_size").is_array()) {
        const auto extents = config.at("block_size").get<std::vector<std::int64_t>>();
        if (extents.size() != shape.size()) // an error in the reference
            return std::nullopt;
        for (std::size_t i = 0; i < extents.size(); ++i)
            if (extents[i] != -1)
                block.at(i) = extents[i];
    } else if (perBlock) {
        block.at(axis) = config.at("block_size").get<std::int64_t>();
        block.at(1 - axis) = 1;
    } else if (granularity != "per_tensor") {
        throw std::runtime_error("unknown granularity " + granularity);
    }
    if (!divides(shape, block))
        return std::nullopt;
    return block;
}

std::optional<QuantSpec> goldenQuantSpec(const nlohmann::json& config, const std::string& layerType,
                                         const std::vector<std::int64_t>& shape)
{
    const auto block = goldenBlockShape(config, layerType, shape);
    const bool oneValue = std::all_of(shape.begin(), shape.end(), [](auto n) { return n == 1; });
    if (!block || oneValue)
        return std::nullopt;
    QuantSpec spec;
    spec.dtype = goldenCodeType(config.at("dtype").get<std::string>());
    spec.scheme = quantSchemeFromName(config.at("scheme").get<std::string>()).value();
    if (config.value("formulation", std::string("zp")) == "minval")
        spec.formulation = QuantFormulation::MinValue;
    if (config.value("scale_dtype", std::string()) == "e8m0")
        spec.scaleType = ScaleType::E8M0;
    spec.blockShape = *block;
    return spec;
}

} // namespace bitfront::test
