// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/exported/arguments_json.h"

#include <cmath>
#include <functional>
#include <limits>

namespace bitfront::exported {

namespace {

using Kind = Argument::Kind;

constexpr int kMaxDepth = 32; ///< of graphs inside of graphs
constexpr std::size_t kMaxRank = 64;

/// JSON has no infinities: they are written as strings.
double number(const Json& json)
{
    if (json.is_string()) {
        const std::string text = json.get<std::string>();
        if (text == "Infinity")
            return std::numeric_limits<double>::infinity();
        if (text == "-Infinity")
            return -std::numeric_limits<double>::infinity();
        if (text == "NaN")
            return std::numeric_limits<double>::quiet_NaN();
    }
    return valueOf<double>(json, "a number");
}

Argument named(std::string name)
{
    Argument argument;
    argument.kind = Kind::Value;
    argument.text = std::move(name);
    return argument;
}

Argument integer(const Json& json, Kind kind = Kind::Int)
{
    Argument argument;
    argument.kind = kind;
    argument.integer = valueOf<std::int64_t>(json, "an integer");
    return argument;
}

Argument boolean(const Json& json)
{
    Argument argument;
    argument.kind = Kind::Bool;
    argument.integer = valueOf<bool>(json, "a truth value") ? 1 : 0;
    return argument;
}

Argument floating(const Json& json)
{
    Argument argument;
    argument.kind = Kind::Float;
    argument.number = number(json);
    return argument;
}

Argument text(const Json& json, Kind kind = Kind::String)
{
    Argument argument;
    argument.kind = kind;
    argument.text = valueOf<std::string>(json, "a text");
    return argument;
}

Argument tensor(const Json& json)
{
    return named(fieldOf<std::string>(json, "name"));
}

Argument list(const Json& json, const std::function<Argument(const Json&)>& element)
{
    if (!json.is_array())
        badProgram("a list of arguments is none");
    Argument argument;
    argument.kind = Kind::List;
    argument.elements.reserve(json.size());
    for (const Json& entry : json)
        argument.elements.push_back(element(entry));
    return argument;
}

/// {"as_name": …}, {"as_int": …}, {"as_float": …} or {"as_bool": …}
Argument symbolic(const Json& json)
{
    const Tagged entry = tagged(json);
    if (entry.tag == "as_name")
        return named(valueOf<std::string>(entry.value, "as_name"));
    if (entry.tag == "as_int")
        return integer(entry.value);
    if (entry.tag == "as_float")
        return floating(entry.value);
    if (entry.tag == "as_bool")
        return boolean(entry.value);
    badProgram("a symbolic number is of kind “" + entry.tag + "”");
}

Argument optionalTensor(const Json& json)
{
    const Tagged entry = tagged(json);
    return entry.tag == "as_tensor" ? tensor(entry.value) : Argument {};
}

Argument complexNumber(const Json& json)
{
    Argument argument;
    argument.kind = Kind::Complex;
    argument.number = number(field(json, "real"));
    argument.imaginary = number(field(json, "imag"));
    return argument;
}

using Parser = Argument (*)(const Json&, int);

const std::map<std::string, Parser>& parsers()
{
    using J = const Json&;
    static const std::map<std::string, Parser> table {
        {"as_none", [](J, int) { return Argument {}; }},
        {"as_tensor", [](J j, int) { return tensor(j); }},
        {"as_tensors", [](J j, int) { return list(j, tensor); }},
        {"as_optional_tensor", [](J j, int) { return optionalTensor(j); }},
        {"as_optional_tensors", [](J j, int) { return list(j, optionalTensor); }},
        {"as_nested_tensors",
         [](J j, int) { return list(j, [](J inner) { return list(inner, tensor); }); }},
        {"as_int", [](J j, int) { return integer(j); }},
        {"as_ints", [](J j, int) { return list(j, [](J e) { return integer(e); }); }},
        {"as_int_lists",
         [](J j, int) {
             return list(j, [](J inner) { return list(inner, [](J e) { return integer(e); }); });
         }},
        {"as_float", [](J j, int) { return floating(j); }},
        {"as_floats", [](J j, int) { return list(j, floating); }},
        {"as_float_lists",
         [](J j, int) { return list(j, [](J inner) { return list(inner, floating); }); }},
        {"as_bool", [](J j, int) { return boolean(j); }},
        {"as_bools", [](J j, int) { return list(j, boolean); }},
        {"as_string", [](J j, int) { return text(j); }},
        {"as_strings", [](J j, int) { return list(j, [](J e) { return text(e); }); }},
        {"as_complex", [](J j, int) { return complexNumber(j); }},
        {"as_sym_int", [](J j, int) { return symbolic(j); }},
        {"as_sym_float", [](J j, int) { return symbolic(j); }},
        {"as_sym_bool", [](J j, int) { return symbolic(j); }},
        {"as_sym_ints", [](J j, int) { return list(j, symbolic); }},
        {"as_sym_floats", [](J j, int) { return list(j, symbolic); }},
        {"as_sym_bools", [](J j, int) { return list(j, symbolic); }},
        {"as_scalar_type", [](J j, int) { return integer(j, Kind::ScalarType); }},
        {"as_layout", [](J j, int) { return integer(j, Kind::Layout); }},
        {"as_memory_format", [](J j, int) { return integer(j, Kind::MemoryFormat); }},
        {"as_device", [](J j, int) { return text(field(j, "type"), Kind::Device); }},
        {"as_operator", [](J j, int) { return text(j, Kind::Operator); }},
        {"as_custom_obj", [](J j, int) { return text(field(j, "name"), Kind::CustomObject); }},
        {"as_graph", [](J j, int depth) {
             Argument argument;
             argument.kind = Kind::Subgraph;
             argument.graph =
                 std::make_shared<const Graph>(parseGraph(field(j, "graph"), depth + 1));
             return argument;
         }}};
    return table;
}

Result parseResult(const Json& json, int depth)
{
    const Argument value = parseArgument(json, depth);
    switch (value.kind) {
    case Kind::Value:
    case Kind::CustomObject:
        return {{value.text}, false};
    case Kind::List: {
        Result result {{}, true};
        for (const Argument& element : value.elements)
            result.names.push_back(element.kind == Kind::Value ? element.text : "");
        return result;
    }
    default:
        return {{""}, false}; // a constant: nobody reads it by name
    }
}

Node parseNode(const Json& json, int depth)
{
    Node node;
    node.target = fieldOf<std::string>(json, "target");
    node.name = fieldOr<std::string>(json, "name", "");
    for (const Json& input : arrayField(json, "inputs"))
        node.inputs.push_back(
            {fieldOr<std::string>(input, "name", ""), parseArgument(field(input, "arg"), depth)});
    for (const Json& output : arrayField(json, "outputs"))
        node.results.push_back(parseResult(output, depth));
    if (node.name.empty() && !node.results.empty() && !node.results.front().names.empty())
        node.name = node.results.front().names.front();
    const auto metadata = json.find("metadata");
    if (metadata != json.end() && metadata->is_object())
        node.moduleStack = fieldOr<std::string>(*metadata, "nn_module_stack", "");
    return node;
}

} // namespace

Argument parseArgument(const Json& json, int depth)
{
    const Tagged entry = tagged(json);
    const auto found = parsers().find(entry.tag);
    if (found == parsers().end())
        throw Error(ErrorCode::UnsupportedModel,
                    "The program passes an argument of a kind that is not known here: “" + entry.tag
                        + "”.",
                    "Export it with an older PyTorch, or without the operator that needs it.");
    return found->second(entry.value, depth);
}

Extent parseExtent(const Json& json)
{
    const Tagged entry = tagged(json);
    if (entry.tag == "as_int")
        return {valueOf<std::int64_t>(entry.value, "as_int"), {}};
    if (entry.tag != "as_expr")
        badProgram("an extent is of kind “" + entry.tag + "”");
    Extent extent;
    extent.expression = fieldOf<std::string>(entry.value, "expr_str");
    const auto hint = entry.value.find("hint");
    if (hint != entry.value.end() && hint->is_object())
        extent.value = fieldOr<std::int64_t>(*hint, "as_int", 0);
    return extent;
}

TensorMeta parseTensorMeta(const Json& json)
{
    TensorMeta meta;
    meta.scalarType = fieldOf<int>(json, "dtype");
    meta.layout = fieldOr<int>(json, "layout", 7);
    for (const Json& size : arrayField(json, "sizes"))
        meta.sizes.push_back(parseExtent(size));
    for (const Json& stride : arrayField(json, "strides"))
        meta.strides.push_back(parseExtent(stride).value);
    meta.offset = parseExtent(field(json, "storage_offset")).value;
    if (meta.sizes.size() > kMaxRank || meta.sizes.size() != meta.strides.size())
        badProgram("a tensor has " + std::to_string(meta.sizes.size()) + " sizes and "
                   + std::to_string(meta.strides.size()) + " strides");
    return meta;
}

Graph parseGraph(const Json& json, int depth)
{
    if (depth > kMaxDepth)
        badProgram("its graphs are nested more than " + std::to_string(kMaxDepth) + " deep");
    Graph graph;
    for (const Json& input : arrayField(json, "inputs")) {
        const Argument value = parseArgument(input, depth);
        const bool isNamed = value.kind == Kind::Value || value.kind == Kind::CustomObject;
        graph.inputs.push_back(isNamed ? value.text : "");
    }
    for (const Json& output : arrayField(json, "outputs"))
        graph.outputs.push_back(parseArgument(output, depth));
    for (const Json& node : arrayField(json, "nodes"))
        graph.nodes.push_back(parseNode(node, depth));
    for (const auto& [name, meta] : field(json, "tensor_values").items())
        graph.tensors.emplace(name, parseTensorMeta(meta));
    return graph;
}

} // namespace bitfront::exported
