// SPDX-License-Identifier: GPL-3.0-or-later
// Plain reader of the safetensors format: 8 bytes of header length, a JSON header, the data.
#include "tests/support/golden.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace bitfront::test {

namespace {

std::size_t elementSize(const std::string& dtype)
{
    static const std::map<std::string, std::size_t> sizes = {
        {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
        {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}};
    const auto found = sizes.find(dtype);
    if (found == sizes.end())
        throw std::runtime_error("unknown tensor type " + dtype);
    return found->second;
}

/// Little-endian integer of `size` bytes.
std::uint64_t littleEndian(const std::uint8_t* bytes, std::size_t size)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return value;
}

/// fp16 by its definition: a test must not lean on the conversion it checks.
float halfValue(std::uint16_t bits)
{
    const int exponent = (bits >> 10) & 31;
    const int mantissa = bits & 1023;
    float value = 0;
    if (exponent == 31)
        value = mantissa == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
        value = std::ldexp(static_cast<float>(mantissa), -24);
    else
        value = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
    return (bits & 0x8000) != 0 ? -value : value;
}

std::vector<std::uint8_t> readAll(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

} // namespace

std::size_t GoldenTensor::count() const
{
    std::size_t product = 1;
    for (const std::int64_t extent : shape)
        product *= static_cast<std::size_t>(extent);
    return product;
}

std::vector<float> GoldenTensor::floats() const
{
    const std::size_t size = elementSize(dtype);
    std::vector<float> values(count());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t bits = littleEndian(bytes.data() + i * size, size);
        if (dtype == "F32")
            values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        else if (dtype == "BF16")
            values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits << 16));
        else if (dtype == "F16")
            values[i] = halfValue(static_cast<std::uint16_t>(bits));
        else
            throw std::runtime_error("a tensor of type " + dtype + " holds no floats");
    }
    return values;
}

std::vector<std::int64_t> GoldenTensor::integers() const
{
    if (dtype.find('F') != std::string::npos)
        throw std::runtime_error("a tensor of type " + dtype + " holds no integers");
    const std::size_t size = elementSize(dtype);
    const bool isSigned = dtype.front() == 'I';
    std::vector<std::int64_t> values(count());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t bits = littleEndian(bytes.data() + i * size, size);
        const std::size_t unused = isSigned ? 64 - 8 * size : 0;
        values[i] = static_cast<std::int64_t>(bits << unused) >> unused;
    }
    return values;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : m_path(path)
    , m_bytes(readAll(path))
{
    const auto damaged = [&](const std::string& why) {
        return std::runtime_error(path.string() + " is damaged: " + why);
    };
    if (m_bytes.size() < 8)
        throw damaged("too short");
    const std::uint64_t headerSize = littleEndian(m_bytes.data(), 8);
    if (headerSize > m_bytes.size() - 8)
        throw damaged("the header is longer than the file");
    const auto dataStart = static_cast<std::size_t>(headerSize) + 8;
    const auto header = nlohmann::json::parse(
        m_bytes.begin() + 8, m_bytes.begin() + static_cast<std::ptrdiff_t>(dataStart));
    for (const auto& [key, value] : header.items()) {
        if (key == "__metadata__")
            continue;
        Entry entry;
        entry.dtype = value.at("dtype").get<std::string>();
        entry.shape = value.at("shape").get<std::vector<std::int64_t>>();
        const auto offsets = value.at("data_offsets").get<std::vector<std::uint64_t>>();
        const std::uint64_t dataSize = m_bytes.size() - dataStart;
        if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > dataSize)
            throw damaged("offsets of " + key);
        std::uint64_t elements = 1;
        for (const std::int64_t extent : entry.shape) {
            if (extent < 0
                || (extent > 0 && elements > dataSize / static_cast<std::uint64_t>(extent) + 1))
                throw damaged("shape of " + key);
            elements *= static_cast<std::uint64_t>(extent);
        }
        if (elements * elementSize(entry.dtype) != offsets[1] - offsets[0])
            throw damaged("size of " + key);
        entry.begin = dataStart + static_cast<std::size_t>(offsets[0]);
        entry.end = dataStart + static_cast<std::size_t>(offsets[1]);
        m_entries.emplace(key, std::move(entry));
    }
}

bool SafetensorsFile::contains(const std::string& tensorName) const
{
    return m_entries.contains(tensorName);
}

std::vector<std::string> SafetensorsFile::names() const
{
    std::vector<std::string> result;
    for (const auto& [key, entry] : m_entries)
        result.push_back(key);
    return result;
}

GoldenTensor SafetensorsFile::read(const std::string& tensorName) const
{
    const auto found = m_entries.find(tensorName);
    if (found == m_entries.end())
        throw std::runtime_error(m_path.string() + " has no tensor " + tensorName);
    const Entry& entry = found->second;
    const auto at = [this](std::size_t offset) {
        return m_bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    };
    return {entry.dtype, entry.shape, {at(entry.begin), at(entry.end)}};
}

Golden::Golden(std::filesystem::path directory)
    : m_directory(std::move(directory))
{
    const std::vector<std::uint8_t> text = readAll(m_directory / "index.json");
    m_index = nlohmann::json::parse(text.begin(), text.end());
    if (m_index.at("format") != 1)
        throw std::runtime_error("index.json has an unknown format");
}

std::filesystem::path Golden::defaultDirectory()
{
    const char* fromEnvironment = std::getenv("BITFRONT_GOLDEN_DIR");
    if (fromEnvironment != nullptr && *fromEnvironment != '\0')
        return fromEnvironment;
    return std::filesystem::path(BITFRONT_TEST_DATA) / "golden";
}

std::vector<nlohmann::json> Golden::cases(const std::string& family) const
{
    std::vector<nlohmann::json> result;
    for (const nlohmann::json& entry : m_index.at("cases"))
        if (entry.at("family") == family)
            result.push_back(entry);
    return result;
}

const SafetensorsFile& Golden::file(const std::string& fileName)
{
    auto& slot = m_files[fileName];
    if (!slot)
        slot = std::make_unique<SafetensorsFile>(m_directory / fileName);
    return *slot;
}

GoldenTensor Golden::tensor(const nlohmann::json& goldenCase, const std::string& role)
{
    return file(goldenCase.at("file").get<std::string>())
        .read(goldenCase.at("tensors").at(role).get<std::string>());
}

GoldenTensor Golden::weight(const nlohmann::json& goldenCase)
{
    return file(m_index.at("weights_file").get<std::string>())
        .read(goldenCase.at("weight").get<std::string>());
}

std::int64_t firstDifference(const std::vector<float>& left, const std::vector<float>& right)
{
    if (left.size() != right.size())
        return static_cast<std::int64_t>(std::min(left.size(), right.size()));
    for (std::size_t i = 0; i < left.size(); ++i) {
        const bool bothNan = std::isnan(left[i]) && std::isnan(right[i]);
        if (!bothNan
            && std::bit_cast<std::uint32_t>(left[i]) != std::bit_cast<std::uint32_t>(right[i]))
            return static_cast<std::int64_t>(i);
    }
    return -1;
}

} // namespace bitfront::test
