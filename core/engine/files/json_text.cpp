// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/json_text.h"

#include "core/base/error.h"
#include "core/base/json_nesting.h"
#include "core/base/printable.h"

#include <unordered_set>
#include <utility>
#include <vector>

namespace bitfront {

namespace {

using Json = nlohmann::ordered_json;

/// Builds the document in linear time. The library's own way is not: with a callback it walks the
/// whole list at the end of each object in it, and an ordered object looks through its keys for
/// each one that is added.
class DocumentBuilder final : public nlohmann::json_sax<Json>
{
public:
    explicit DocumentBuilder(const std::string& what)
        : m_what(what)
    {
    }

    Json take() { return std::move(m_root); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& /*text*/) override
    {
        return add(value);
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t& value) override { return add(std::move(value)); }
    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& value) override
    {
        if (!m_open.back().keys.insert(value).second)
            throw Error(ErrorCode::BadFormat,
                        "The key “" + printable(value) + "” stands twice in " + m_what + '.',
                        "Give every tensor a name of its own.");
        m_open.back().key = std::move(value);
        return true;
    }

    bool parse_error(std::size_t byte, const std::string& /*token*/,
                     const nlohmann::detail::exception& error) override
    {
        if (dynamic_cast<const nlohmann::detail::parse_error*>(&error))
            throw Error(ErrorCode::BadFormat,
                        "Not valid JSON: " + m_what + " stops making sense at byte "
                            + std::to_string(byte) + '.',
                        "Check brackets, commas and quotes there.");
        throw Error(ErrorCode::BadFormat,
                    "Not valid JSON: " + m_what + " holds a number that is too large.",
                    "Write plain numbers.");
    }

private:
    /// A list or an object that has not ended yet. It stays where it is in memory: what it is part
    /// of grows only after its end.
    struct Open
    {
        Json* value;
        std::string key; ///< of an object: what the next value is of
        std::unordered_set<std::string> keys;
    };

    Json& place(Json&& value)
    {
        if (m_open.empty())
            return m_root = std::move(value);
        Open& open = m_open.back();
        if (auto* list = open.value->get_ptr<Json::array_t*>())
            return list->emplace_back(std::move(value));
        // The entries are a vector; its own emplace_back() does not look for the key once more.
        std::vector<Json::object_t::value_type>& entries = open.value->get_ref<Json::object_t&>();
        return entries.emplace_back(std::move(open.key), std::move(value)).second;
    }
    bool add(Json&& value)
    {
        place(std::move(value));
        return true;
    }
    bool open(Json&& value)
    {
        Json& placed = place(std::move(value));
        m_open.push_back({&placed, {}, {}});
        return true;
    }
    bool close()
    {
        m_open.pop_back();
        return true;
    }

    const std::string& m_what;
    Json m_root;
    std::vector<Open> m_open;
};

} // namespace

nlohmann::ordered_json parseBoundedJson(std::span<const std::uint8_t> bytes, int maxDepth,
                                        const std::string& what)
{
    if (isNestedDeeper({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, maxDepth))
        throw Error(ErrorCode::BadFormat,
                    "The brackets of " + what + " are nested more than " + std::to_string(maxDepth)
                        + " deep.",
                    "Write lists of numbers, or lists of such lists.");
    DocumentBuilder builder(what);
    Json::sax_parse(bytes.begin(), bytes.end(), &builder);
    return builder.take();
}

} // namespace bitfront
