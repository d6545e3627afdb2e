// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of packed models share: configurations that have something to do in every row, a
// small packed file, errors as text.
#pragma once

#include "core/base/error.h"
#include "core/pack/packed_model.h"
#include "core/plan/layer_storage.h"
#include "tests/support/values_model.h"

#include <QByteArray>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bitfront::test {

inline CompressionConfig configOf(const CompressionSpec& spec)
{
    CompressionConfig config;
    config.name = canonicalName(spec);
    config.spec = spec;
    config.palette.embeddings = true; // so that every row has something to compress
    return config;
}

inline std::vector<std::uint8_t> packedSample(const CompressionSpec& spec)
{
    const ValuesModel model(WeightType::Float32);
    const CompressionConfig config = configOf(spec);
    return writePacked(packModel(model, config.name, planStorage(model.info(), config)));
}

inline QByteArray textOf(const std::function<void()>& work)
{
    try {
        work();
    } catch (const Error& error) {
        return QByteArray::fromStdString(std::string(errorCodeName(error.code())) + ": "
                                         + error.what());
    }
    return "nothing was thrown";
}

} // namespace bitfront::test
