// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of run folders share: whole files in and out, failures as values.
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bitfront::test {

inline std::string slurp(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void spit(const std::filesystem::path& path, const std::string& content)
{
    std::ofstream(path, std::ios::binary) << content;
}

/// The Error that `work` throws; Internal, "nothing thrown" when it throws none.
template<typename Work>
Failure failureOf(Work work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.failure();
    }
    return {ErrorCode::Internal, "nothing thrown", "", ""};
}

inline bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace bitfront::test
