// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's tests share: the files of tests/data/models and failures as values.
#pragma once

#include "core/base/error.h"
#include "core/engine/files/file_bytes.h"
#include "core/engine/files/tensor_file.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace bitfront::test {

inline std::filesystem::path modelPath(const std::string& file)
{
    return std::filesystem::path(BITFRONT_TEST_DATA) / "models" / file;
}

/// models/expected.json, written by make_models.py.
inline const nlohmann::json& expectedModels()
{
    static const nlohmann::json json =
        nlohmann::json::parse(std::ifstream(modelPath("expected.json")));
    return json;
}

/// Tensors of a safetensors file beside the models.
inline std::vector<RawTensor> storedTensors(const std::string& file)
{
    return readSafetensors(readFileBytes(modelPath(file)));
}

/// The Failure that `work` throws, or none when it throws no bitfront::Error.
template<typename Work>
std::optional<Failure> failureOf(const Work& work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.failure();
    }
    return std::nullopt;
}

/// Everything a failure says, for messages and searches.
inline std::string textOf(const std::optional<Failure>& failure)
{
    if (!failure)
        return "(no failure)";
    return std::string(errorCodeName(failure->code)) + " | " + failure->message + " | "
        + failure->hint + " | " + failure->context;
}

/// Every one of `parts`, separated by '|', occurs in the failure's text.
inline bool says(const std::optional<Failure>& failure, const std::string& parts)
{
    const std::string text = textOf(failure);
    for (std::size_t start = 0; start <= parts.size();) {
        const std::size_t end = std::min(parts.find('|', start), parts.size());
        if (text.find(parts.substr(start, end - start)) == std::string::npos)
            return false;
        start = end + 1;
    }
    return true;
}

} // namespace bitfront::test
