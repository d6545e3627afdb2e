// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/input_nesting.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bitfront {

namespace {

using Kind = DataValue::Kind;

const ArgumentInfo* argumentNamed(const std::vector<ArgumentInfo>& arguments,
                                  const std::string& name)
{
    const auto found = std::find_if(arguments.begin(), arguments.end(),
                                    [&](const ArgumentInfo& one) { return one.name == name; });
    return found == arguments.end() ? nullptr : &*found;
}

bool isPrefix(const std::string& name, const std::vector<ArgumentInfo>& arguments)
{
    return std::any_of(arguments.begin(), arguments.end(), [&](const ArgumentInfo& one) {
        return one.name.compare(0, name.size() + 1, name + '.') == 0;
    });
}

void unpack(NamedValue value, const std::vector<ArgumentInfo>& arguments,
            std::vector<NamedValue>& result)
{
    if (!value.value.isContainer() || argumentNamed(arguments, value.name)
        || !isPrefix(value.name, arguments)) {
        result.push_back(std::move(value));
        return;
    }
    for (std::size_t i = 0; i < value.value.items.size(); ++i) {
        const std::string part =
            value.value.kind == Kind::Dict ? value.value.keys[i] : std::to_string(i);
        unpack({value.name + '.' + part, std::move(value.value.items[i])}, arguments, result);
    }
}

/// What container an argument takes; type: as TorchScript writes it.
std::optional<Kind> containerOf(const ArgumentInfo& argument)
{
    const std::string& type = argument.type;
    const std::size_t start = type.rfind("Optional[", 0) == 0 ? 9 : 0;
    for (const auto& [head, kind] :
         {std::pair {"Dict[", Kind::Dict}, std::pair {"List[", Kind::List},
          std::pair {"Tuple[", Kind::Tuple}})
        if (type.compare(start, std::string(head).size(), head) == 0)
            return kind;
    return {};
}

/// Adds a part to its container, the one at its end for lists; false where it does not fit.
bool addPart(DataValue& container, const std::string& part, DataValue& value)
{
    if (container.kind == Kind::Dict)
        container.keys.push_back(part);
    else if (part != std::to_string(container.items.size()))
        return false;
    container.items.push_back(std::move(value));
    return true;
}

} // namespace

void fitNesting(std::vector<NamedValue>& values, const std::vector<ArgumentInfo>& arguments)
{
    std::vector<NamedValue> apart;
    for (NamedValue& value : values)
        unpack(std::move(value), arguments, apart);
    std::vector<NamedValue> result;
    for (NamedValue& value : apart) {
        const std::size_t dot = value.name.find('.');
        const std::string head = value.name.substr(0, dot);
        const ArgumentInfo* argument =
            dot == std::string::npos || argumentNamed(arguments, value.name)
            ? nullptr
            : argumentNamed(arguments, head);
        const auto kind = argument ? containerOf(*argument) : std::nullopt;
        if (!kind) {
            result.push_back(std::move(value));
            continue;
        }
        auto container = std::find_if(result.begin(), result.end(),
                                      [&](const NamedValue& one) { return one.name == head; });
        if (container == result.end()) {
            container = result.insert(result.end(), NamedValue {head, {}});
            container->value.kind = *kind;
        }
        if (!addPart(container->value, value.name.substr(dot + 1), value.value))
            result.push_back(std::move(value));
    }
    values = std::move(result);
}

} // namespace bitfront
