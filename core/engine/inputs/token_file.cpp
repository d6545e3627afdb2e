// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/token_file.h"

#include "core/base/error.h"
#include "core/engine/files/json_text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace bitfront {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 10;

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& hint)
{
    throw Error(ErrorCode::BadFormat, "“" + name + "” in the JSON file " + what + '.', hint, name);
}

/// Numbers of nested lists, flattened, with the shape that all of them agree on.
class Lists
{
public:
    Lists(std::string name, const InputOptions& options)
        : m_name(std::move(name))
        , m_options(options)
    {
    }

    void read(const Json& list)
    {
        if (m_options.padToken && isRagged(list))
            readPadded(list);
        else
            readLevel(list, 0);
    }

    bool isPadded() const { return m_padded; }
    bool holdsIds() const { return !m_floats && !m_bools; }

    RawTensor tensor() const
    {
        RawTensor tensor;
        tensor.dtype = m_floats ? DType::Float32 : m_bools ? DType::Bool : DType::Int64;
        tensor.shape.assign(m_shape.begin(), m_shape.begin() + static_cast<std::ptrdiff_t>(m_rank));
        tensor.data.resize(m_values.size() * itemBytes(tensor.dtype));
        for (std::size_t i = 0; i < m_values.size(); ++i)
            store(tensor, i, m_values[i], m_numbers[i]);
        return tensor;
    }

    /// 1 for what the file says, 0 for what was filled up.
    RawTensor mask() const
    {
        RawTensor tensor;
        tensor.dtype = DType::Int64;
        tensor.shape.assign(m_shape.begin(), m_shape.begin() + static_cast<std::ptrdiff_t>(m_rank));
        tensor.data.resize(m_values.size() * sizeof(std::int64_t));
        for (std::size_t i = 0; i < m_values.size(); ++i) {
            const std::int64_t one = m_isFill.empty() || !m_isFill[i] ? 1 : 0;
            store(tensor, i, one, 0);
        }
        return tensor;
    }

private:
    static void store(RawTensor& tensor, std::size_t i, std::int64_t value, double number)
    {
        const auto single = static_cast<float>(number);
        std::uint8_t* const place = tensor.data.data() + i * itemBytes(tensor.dtype);
        if (tensor.dtype == DType::Float32)
            std::memcpy(place, &single, sizeof(single));
        else if (tensor.dtype == DType::Bool)
            *place = value != 0 ? 1 : 0;
        else
            std::memcpy(place, &value, sizeof(value));
    }

    static bool isRagged(const Json& list)
    {
        return std::any_of(list.begin(), list.end(), [&](const Json& row) {
            return row.is_array() && row.size() != list.front().size();
        });
    }

    void readLevel(const Json& list, std::size_t depth)
    {
        if (m_rank == depth) {
            if (!m_values.empty())
                refuseMixed();
            m_shape.at(m_rank++) = static_cast<std::int64_t>(list.size());
        } else if (m_shape[depth] != static_cast<std::int64_t>(list.size())) {
            refuseRagged(list.size(), depth);
        }
        for (const Json& item : list) {
            if (item.is_array())
                readLevel(item, depth + 1);
            else if (depth + 1 != m_rank)
                refuseMixed();
            else
                readNumber(item);
        }
    }

    void readNumber(const Json& item)
    {
        if (item.is_boolean()) {
            m_bools = true;
            add(item.get<bool>() ? 1 : 0, item.get<bool>() ? 1 : 0);
        } else if (item.is_number_float()) {
            m_floats = true;
            add(0, item.get<double>());
        } else if (item.is_number_unsigned() && item.get<std::uint64_t>() > INT64_MAX) {
            refuse(m_name, "holds a number beyond 64 bits", "Token ids are small whole numbers.");
        } else if (item.is_number()) {
            add(item.get<std::int64_t>(), static_cast<double>(item.get<std::int64_t>()));
            m_ints = true;
        } else if (item.is_string()) {
            refuse(m_name, "is text, not token ids",
                   "Run the model's tokenizer in Python and save the ids: "
                   "json.dump(tokenizer(texts)[\"input_ids\"], file).");
        } else {
            refuse(m_name, "holds something that is no number", "Write lists of numbers.");
        }
        if (m_bools && (m_ints || m_floats))
            refuse(m_name, "mixes truth values and numbers", "Write one kind of value.");
    }

    void readPadded(const Json& rows)
    {
        std::size_t longest = 0;
        for (const Json& row : rows)
            longest = std::max(longest, row.is_array() ? row.size() : 0);
        m_padded = true;
        for (const Json& row : rows) {
            if (!row.is_array())
                refuseMixed();
            for (const Json& item : row) {
                readNumber(item);
                m_isFill.push_back(false);
            }
            for (std::size_t i = row.size(); i < longest; ++i) {
                add(*m_options.padToken, static_cast<double>(*m_options.padToken));
                m_isFill.push_back(true);
            }
        }
        m_shape[0] = static_cast<std::int64_t>(rows.size());
        m_shape[1] = static_cast<std::int64_t>(longest);
        m_rank = 2;
    }

    void add(std::int64_t value, double number)
    {
        m_values.push_back(value);
        m_numbers.push_back(number);
    }

    [[noreturn]] void refuseMixed() const
    {
        refuse(m_name, "mixes numbers and lists", "Write lists of the same depth everywhere.");
    }

    [[noreturn]] void refuseRagged(std::size_t length, std::size_t depth) const
    {
        throw Error(Failure {
            ErrorCode::InputMismatch,
            "“" + m_name + "” holds lists of different lengths (" + std::to_string(m_shape[depth])
                + " and " + std::to_string(length) + "): a tensor has one length for all of them.",
            "Cut them to one length, or say which token fills up the shorter ones.", m_name,
            Remedy::PadTokens});
    }

    std::string m_name;
    const InputOptions& m_options;
    std::array<std::int64_t, kMaxDepth> m_shape {}; ///< the first m_rank
    std::size_t m_rank = 0;
    std::vector<std::int64_t> m_values;
    std::vector<double> m_numbers;
    std::vector<bool> m_isFill;
    bool m_floats = false, m_bools = false, m_ints = false, m_padded = false;
};

DataValue numberValue(const std::string& name, const Json& json)
{
    DataValue value;
    if (json.is_boolean()) {
        value.kind = DataValue::Kind::Bool;
        value.truth = json.get<bool>();
    } else if (json.is_number_float()) {
        value.kind = DataValue::Kind::Float;
        value.number = json.get<double>();
    } else if (json.is_number()) {
        value.kind = DataValue::Kind::Int;
        value.integer = json.get<std::int64_t>();
    } else if (!json.is_null()) {
        refuse(name, "is neither a list nor a number", "Write lists of token ids.");
    }
    return value;
}

/// Adds a value, and the mask where it is wanted and not made yet.
void addValue(const std::string& name, const Json& json, const InputOptions& options,
              InputBatch& batch, bool& padded)
{
    if (!json.is_array()) {
        batch.values.push_back({name, numberValue(name, json)});
        return;
    }
    Lists lists(name, options);
    lists.read(json);
    batch.values.push_back({name, DataValue::of(lists.tensor())});
    padded = padded || lists.isPadded();
    const auto isMask = [&](const NamedValue& v) { return v.name == options.padMask; };
    if (!options.padMask.empty() && lists.holdsIds()
        && std::none_of(batch.values.begin(), batch.values.end(), isMask))
        batch.values.push_back({options.padMask, DataValue::of(lists.mask())});
}

InputBatch readBatch(const Json& json, const InputOptions& options, bool& padded)
{
    InputBatch batch;
    if (!json.is_object()) {
        addValue("0", json, options, batch, padded);
        return batch;
    }
    if (!options.padMask.empty() && json.contains(options.padMask))
        throw Error(ErrorCode::BadArgument,
                    "The JSON file holds “" + options.padMask
                        + "” itself, so it cannot be made from the padding.",
                    "Leave one of the two out.", options.padMask);
    for (const auto& [key, value] : json.items())
        addValue(key, value, options, batch, padded);
    return batch;
}

} // namespace

bool looksLikeJson(std::span<const std::uint8_t> bytes)
{
    const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t c) {
        return c != ' ' && c != '\n' && c != '\r' && c != '\t';
    });
    return first != bytes.end() && (*first == '[' || *first == '{');
}

void readTokenFile(std::span<const std::uint8_t> bytes, const InputOptions& options,
                   InputFile& file)
{
    const Json json = parseBoundedJson(bytes, kMaxDepth, "the token file");
    if (json.empty())
        throw Error(ErrorCode::BadFormat, "The JSON file holds no numbers.",
                    "Write a list of token ids, or {\"argument\": [ids, …]}.");
    bool padded = false;
    if (json.is_array() && json.front().is_object()) {
        for (const Json& one : json) {
            if (!one.is_object())
                refuse("0", "mixes objects and other values", "Write one object for each batch.");
            file.batches.push_back(readBatch(one, options, padded));
        }
    } else {
        file.batches.push_back(readBatch(json, options, padded));
    }
    file.ordered = !json.is_object() || json.size() == 1;
    if (padded)
        file.notes.push_back("Shorter lists of token ids were filled up with "
                             + std::to_string(*options.padToken) + '.');
}

} // namespace bitfront
