// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/operator_lookup.h"

#include <ATen/core/enum_tag.h>

#include <set>
#include <string_view>

namespace bitfront::exported {

namespace {

constexpr std::string_view kOperators = "torch.ops.";
constexpr std::string_view kHigherOrder = "torch.ops.higher_order.";

bool startsWith(const std::string& text, std::string_view head)
{
    return text.compare(0, head.size(), head) == 0;
}

} // namespace

std::string operatorName(const std::string& target)
{
    return startsWith(target, kOperators) ? target.substr(kOperators.size()) : target;
}

HigherOrder higherOrderOf(const std::string& target)
{
    if (!startsWith(target, kHigherOrder))
        return HigherOrder::None;
    const std::string name = target.substr(kHigherOrder.size());
    if (name == "cond")
        return HigherOrder::Cond;
    if (name == "while_loop")
        return HigherOrder::WhileLoop;
    if (name == "wrap_with_set_grad_enabled")
        return HigherOrder::WithGradMode;
    return name == "wrap_with_autocast" ? HigherOrder::WithAutocast : HigherOrder::None;
}

std::optional<c10::OperatorHandle> findOperator(const std::string& target)
{
    if (!startsWith(target, "torch.ops.aten."))
        return {};
    const std::string name = target.substr(kOperators.size()); // "aten.add.Tensor"
    const std::size_t first = name.find('.'), last = name.rfind('.');
    if (last <= first)
        return {};
    const std::string base = name.substr(first + 1, last - first - 1);
    std::string overload = name.substr(last + 1);
    if (overload == "default")
        overload.clear();
    if (base == "from_file")
        return {};
    return c10::Dispatcher::singleton().findSchema({"aten::" + base, overload});
}

bool mayReturnArgument(const std::string& name)
{
    static const std::set<std::string> names {
        "aten::dropout",    "aten::feature_dropout", "aten::alpha_dropout",
        "aten::einsum",     "aten::meshgrid",        "aten::broadcast_tensors",
        "aten::type_as",    "aten::atleast_1d",      "aten::atleast_2d",
        "aten::atleast_3d", "aten::numpy_T",         "aten::native_dropout"};
    return names.count(name) > 0;
}

bool drawsRandomNumbers(const Instruction& instruction)
{
    if (!instruction.op || !instruction.op->hasTag(at::Tag::nondeterministic_seeded))
        return false;
    const auto& arguments = instruction.op->schema().arguments();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = arguments[i].name();
        const c10::IValue& value = instruction.operands[i].constant;
        if ((name == "train" || name == "training") && value.isBool() && !value.toBool())
            return false;
        const bool isProbability = name == "p" || name == "dropout" || name == "dropout_p";
        if (isProbability && value.isDouble() && value.toDouble() == 0)
            return false;
    }
    return true;
}

} // namespace bitfront::exported
