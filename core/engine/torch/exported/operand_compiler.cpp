// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/operand_compiler.h"

#include "core/base/error.h"
#include "core/engine/torch/exported/schema_types.h"

#include <ATen/ops/scalar_tensor.h>

#include <algorithm>

namespace bitfront::exported {

namespace {

using c10::IValue;
using c10::TypeKind;
using Kind = Argument::Kind;

/// What a schema's type says about an argument.
struct Target
{
    Wanted wanted = Wanted::Any;
    ListType list = ListType::Any;
    bool isList = false;
};

Wanted wantedFor(TypeKind kind)
{
    switch (kind) {
    case TypeKind::TensorType:
        return Wanted::Tensor;
    case TypeKind::FloatType:
        return Wanted::Float;
    case TypeKind::BoolType:
        return Wanted::Bool;
    default:
        return Wanted::Any;
    }
}

ListType listTypeFor(const c10::Type& element)
{
    switch (element.kind()) {
    case TypeKind::TensorType:
        return ListType::Tensors;
    case TypeKind::OptionalType:
        return ListType::OptionalTensors;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
        return ListType::Ints;
    case TypeKind::FloatType:
        return ListType::Floats;
    case TypeKind::BoolType:
        return ListType::Bools;
    default:
        return ListType::Any;
    }
}

Target targetOf(const c10::Type* type)
{
    Target target;
    if (type == nullptr)
        return target;
    if (type->kind() == TypeKind::OptionalType)
        type = type->castRaw<c10::OptionalType>()->getElementType().get();
    target.wanted = wantedFor(type->kind());
    if (type->kind() == TypeKind::ListType) {
        target.isList = true;
        target.list = listTypeFor(*type->castRaw<c10::ListType>()->getElementType());
    }
    return target;
}

/// Without a schema the elements tell: numbers only, or tensors.
ListType listTypeOf(const std::vector<Argument>& elements)
{
    const auto all = [&](Kind kind) {
        return !elements.empty()
            && std::all_of(elements.begin(), elements.end(),
                           [&](const Argument& element) { return element.kind == kind; });
    };
    if (all(Kind::Int))
        return ListType::Ints;
    if (all(Kind::Float))
        return ListType::Floats;
    return all(Kind::Bool) ? ListType::Bools : ListType::Any;
}

IValue constantOf(const Argument& argument)
{
    switch (argument.kind) {
    case Kind::Int:
        return argument.integer;
    case Kind::Bool:
        return argument.integer != 0;
    case Kind::Float:
        return argument.number;
    case Kind::Complex:
        return c10::complex<double>(argument.number, argument.imaginary);
    case Kind::String:
    case Kind::Operator:
        return argument.text;
    case Kind::ScalarType:
        return static_cast<std::int64_t>(scalarTypeOf(argument.integer));
    case Kind::Layout:
        return static_cast<std::int64_t>(layoutOf(argument.integer));
    case Kind::MemoryFormat:
        return static_cast<std::int64_t>(memoryFormatOf(argument.integer));
    case Kind::Device: // models run on the CPU, wherever they were exported
        return c10::Device(argument.text == "meta" ? c10::kMeta : c10::kCPU);
    default:
        return {};
    }
}

/// Fits a constant to the type that is wanted.
IValue fitted(IValue value, const Target& target)
{
    const bool isNumber = value.isInt() || value.isDouble() || value.isBool();
    if (target.wanted == Wanted::Tensor && isNumber)
        return wrappedNumber(value);
    if (target.wanted == Wanted::Float && value.isInt())
        return static_cast<double>(value.toInt());
    if (target.wanted == Wanted::Bool && value.isInt())
        return value.toInt() != 0;
    return value;
}

bool isPlain(const Operand& operand)
{
    return operand.kind == Operand::Kind::Constant;
}

/// A list of constants needs to be made only once.
IValue constantList(const Operand& list)
{
    const auto& elements = list.elements;
    switch (list.listType) {
    case ListType::Ints: {
        std::vector<std::int64_t> values;
        for (const Operand& element : elements)
            values.push_back(element.constant.toInt());
        return values;
    }
    case ListType::Floats: {
        std::vector<double> values;
        for (const Operand& element : elements)
            values.push_back(element.constant.isInt()
                                 ? static_cast<double>(element.constant.toInt())
                                 : element.constant.toDouble());
        return values;
    }
    case ListType::Bools: {
        c10::List<bool> values;
        for (const Operand& element : elements)
            values.push_back(element.constant.toBool());
        return values;
    }
    default:
        return {};
    }
}

bool fitsConstantList(const Operand& list)
{
    const bool hasForm = list.listType == ListType::Ints || list.listType == ListType::Floats
        || list.listType == ListType::Bools;
    return hasForm && std::all_of(list.elements.begin(), list.elements.end(), isPlain);
}

Operand listOperand(std::vector<Operand> elements, ListType type)
{
    Operand list;
    list.kind = Operand::Kind::List;
    list.listType = type;
    list.elements = std::move(elements);
    if (!fitsConstantList(list))
        return list;
    Operand constant;
    try {
        constant.constant = constantList(list);
    } catch (const std::exception&) {
        throw Error(ErrorCode::BadFormat,
                    "The program in the file is damaged: a list holds numbers of a wrong kind.",
                    "Export and save the model again.");
    }
    return constant;
}

Operand stringList(const Argument& argument)
{
    c10::List<std::string> texts;
    for (const Argument& element : argument.elements)
        texts.push_back(element.text);
    Operand operand;
    operand.constant = texts;
    return operand;
}

Operand compileList(const Argument& argument, const Target& target, const OperandContext& context)
{
    const auto& elements = argument.elements;
    if (!elements.empty() && elements.front().kind == Kind::String)
        return stringList(argument);
    std::vector<Operand> operands;
    operands.reserve(elements.size());
    for (const Argument& element : elements)
        operands.push_back(compileOperand(element, nullptr, 0, context));
    return listOperand(std::move(operands), target.isList ? target.list : listTypeOf(elements));
}

} // namespace

at::Tensor wrappedNumber(const IValue& number)
{
    const at::ScalarType type = number.isDouble() ? at::kDouble
        : number.isBool()                         ? at::kBool
                                                  : at::kLong;
    at::Tensor tensor = at::scalar_tensor(number.toScalar(), at::TensorOptions(type));
    tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
    return tensor;
}

Operand compileOperand(const Argument& argument, const c10::Type* type, int fixedLength,
                       const OperandContext& context)
{
    const Target target = targetOf(type);
    Operand operand;
    switch (argument.kind) {
    case Kind::Value:
    case Kind::CustomObject:
        operand.kind = Operand::Kind::Slot;
        operand.slot = context.slotOf(argument.text);
        operand.wanted = target.wanted;
        break;
    case Kind::Subgraph:
        operand.kind = Operand::Kind::Subgraph;
        operand.graph = context.compile(*argument.graph);
        return operand;
    case Kind::List:
        return compileList(argument, target, context);
    default:
        operand.constant = fitted(constantOf(argument), target);
        break;
    }
    const bool isNone = isPlain(operand) && operand.constant.isNone();
    if (target.isList && fixedLength > 0 && !isNone) // "int[2]": one number for both
        return listOperand(std::vector<Operand>(static_cast<std::size_t>(fixedLength), operand),
                           target.list);
    return operand;
}

} // namespace bitfront::exported
