// SPDX-License-Identifier: GPL-3.0-or-later
// Reads golden vectors (index.json and the .safetensors files it names) for tests, independently of
// the program's own file readers.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitfront::test {

/// One tensor as stored.
struct GoldenTensor
{
    std::string dtype; ///< as the file says: F32, F16, BF16, I8, U8, I32, I64, BOOL
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> bytes;

    std::size_t count() const;
    /// Floating-point values widened to fp32. Throws std::runtime_error for other types.
    std::vector<float> floats() const;
    /// Integer values. Throws std::runtime_error for floating-point types.
    std::vector<std::int64_t> integers() const;
};

/// A .safetensors file held in memory; every offset is checked against the file's size.
class SafetensorsFile
{
public:
    /// Throws std::runtime_error when the file is missing, truncated or not of this format.
    explicit SafetensorsFile(const std::filesystem::path& path);
    bool contains(const std::string& tensorName) const;
    std::vector<std::string> names() const;
    /// Throws std::runtime_error when there is no such tensor.
    GoldenTensor read(const std::string& tensorName) const;

private:
    struct Entry
    {
        std::string dtype;
        std::vector<std::int64_t> shape;
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    std::filesystem::path m_path;
    std::vector<std::uint8_t> m_bytes;
    std::map<std::string, Entry> m_entries;
};

/// A golden directory. Files are read on first use and kept.
class Golden
{
public:
    /// Throws std::runtime_error when index.json is missing or malformed.
    explicit Golden(std::filesystem::path directory = defaultDirectory());
    /// BITFRONT_GOLDEN_DIR of the environment, else the committed data.
    static std::filesystem::path defaultDirectory();

    const nlohmann::json& index() const { return m_index; }
    /// Cases of one family, in file order.
    std::vector<nlohmann::json> cases(const std::string& family) const;
    const SafetensorsFile& file(const std::string& fileName);
    /// Tensor a case lists under `role` ("dequant", "codes", ...).
    GoldenTensor tensor(const nlohmann::json& goldenCase, const std::string& role);
    /// The uncompressed weight of a case.
    GoldenTensor weight(const nlohmann::json& goldenCase);

private:
    std::filesystem::path m_directory;
    nlohmann::json m_index;
    std::map<std::string, std::unique_ptr<SafetensorsFile>> m_files;
};

/// Index of the first element whose bit pattern differs (any NaN equals any NaN), or -1 when all
/// agree.
std::int64_t firstDifference(const std::vector<float>& left, const std::vector<float>& right);

} // namespace bitfront::test
