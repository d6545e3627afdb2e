// SPDX-License-Identifier: GPL-3.0-or-later
// The signature of a torch.export program and the whole of it.
#include "core/base/json_nesting.h"
#include "core/engine/exported/arguments_json.h"

#include <algorithm>

namespace bitfront::exported {

namespace {

constexpr int kSchemaMajor = 8;
constexpr int kMaxTreeDepth = 64;
constexpr int kMaxJsonDepth = 512; ///< a graph inside of a graph takes 8 levels

InputSpec parseInput(const Json& json)
{
    const Tagged entry = tagged(json);
    InputSpec spec;
    const auto tensorInput = [&](InputSpec::Kind kind, const char* nameField) {
        spec.kind = kind;
        spec.value = fieldOf<std::string>(field(entry.value, "arg"), "name");
        spec.qualifiedName = fieldOf<std::string>(entry.value, nameField);
    };
    if (entry.tag == "parameter") {
        tensorInput(InputSpec::Kind::Parameter, "parameter_name");
    } else if (entry.tag == "buffer") {
        tensorInput(InputSpec::Kind::Buffer, "buffer_name");
    } else if (entry.tag == "tensor_constant") {
        tensorInput(InputSpec::Kind::Constant, "tensor_constant_name");
    } else if (entry.tag == "user_input") {
        const Json& argument = field(entry.value, "arg");
        const Argument value = parseArgument(argument, 0);
        spec.isTensor = tagged(argument).tag == "as_tensor";
        spec.kind =
            value.kind == Argument::Kind::Value ? InputSpec::Kind::User : InputSpec::Kind::Fixed;
        spec.value = value.text;
        spec.fixedValue = value;
    } else if (entry.tag == "constant_input") {
        spec.kind = InputSpec::Kind::Fixed;
        spec.value = fieldOf<std::string>(entry.value, "name");
        spec.fixedValue = parseArgument(field(entry.value, "value"), 0);
    } else if (entry.tag == "token") {
        spec.kind = InputSpec::Kind::Token;
    } else if (entry.tag == "custom_obj") {
        spec.kind = InputSpec::Kind::CustomObject;
        spec.qualifiedName = fieldOf<std::string>(entry.value, "custom_obj_name");
    } else {
        badProgram("an input is of kind “" + entry.tag + "”");
    }
    return spec;
}

OutputSpec parseOutput(const Json& json)
{
    const Tagged entry = tagged(json);
    OutputSpec spec;
    if (entry.tag == "token") {
        spec.kind = OutputSpec::Kind::Token;
        return spec;
    }
    if (entry.tag == "user_output" || entry.tag == "loss_output") {
        const Json& argument = field(entry.value, "arg");
        if (entry.tag == "user_output") {
            spec.value = parseArgument(argument, 0);
        } else {
            spec.value.kind = Argument::Kind::Value;
            spec.value.text = fieldOf<std::string>(argument, "name");
        }
        return spec;
    }
    if (entry.tag.rfind("gradient_to", 0) == 0)
        throw Error(ErrorCode::UnsupportedModel,
                    "The program computes gradients: it was exported for training.",
                    "Export the model in evaluation mode with torch.export.export().");
    spec.kind = OutputSpec::Kind::Mutation;
    spec.value.kind = Argument::Kind::Value;
    spec.value.text = fieldOf<std::string>(field(entry.value, "arg"), "name");
    for (const char* name : {"buffer_name", "parameter_name", "user_input_name"})
        spec.target += fieldOr<std::string>(entry.value, name, "");
    return spec;
}

/// Names of the fields of namedtuples, by the name that a namedtuple is registered under.
using TupleFields = std::map<std::string, std::vector<std::string>>;

/// The context of a container: JSON once more, in a string, or JSON as it is (a defaultdict). Of a
/// class that writes words of its own: nothing.
Json contextOf(const Json& written)
{
    if (!written.is_string())
        return written;
    const std::string& text = written.get_ref<const std::string&>();
    if (isNestedDeeper(text, kMaxJsonDepth))
        return {};
    Json context = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return context.is_discarded() ? Json() : context;
}

/// Names of the parts of a container as torch.utils._pytree writes them: the keys of a dict, the
/// fields of a namedtuple or of a class. A dataclass writes [fields, fields that are None].
std::vector<std::string> keysOf(const std::string& type, const Json& written, std::size_t count,
                                const TupleFields& tupleFields)
{
    if (type == "collections.namedtuple" && written.is_string()) {
        const auto fields = tupleFields.find(written.get<std::string>());
        return fields == tupleFields.end() ? std::vector<std::string>() : fields->second;
    }
    Json keys = contextOf(written);
    if (keys.is_object() && keys.contains("dict_context"))
        keys = Json(keys["dict_context"]);
    else if (keys.is_object() && keys.size() == 1)
        keys = Json(keys.begin().value());
    const bool ownClass = type.rfind("builtins.", 0) != 0 && type.rfind("collections.", 0) != 0;
    if (ownClass && keys.is_array() && keys.size() == 2 && keys[0].is_array() && keys[1].is_array())
        keys = Json(keys[0]);
    std::vector<std::string> names;
    if (!keys.is_array() || keys.size() != count)
        return names;
    for (const Json& key : keys) {
        const Json& value = key.is_object() && key.size() == 1 ? key.begin().value() : key;
        names.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    return names;
}

TreeSpec parseTree(const Json& json, const TupleFields& tupleFields, int depth = 0)
{
    if (depth > kMaxTreeDepth)
        badProgram("its inputs or outputs are nested too deep");
    TreeSpec tree;
    if (field(json, "type").is_null())
        return tree;
    const std::string type = fieldOf<std::string>(json, "type");
    for (const Json& child : arrayField(json, "children_spec"))
        tree.children.push_back(parseTree(child, tupleFields, depth + 1));
    tree.kind = TreeSpec::Kind::Sequence;
    if (type == "builtins.tuple" || type == "builtins.list")
        return tree;
    tree.keys = keysOf(type, field(json, "context"), tree.children.size(), tupleFields);
    if (tree.keys.size() == tree.children.size())
        tree.kind = TreeSpec::Kind::Keyed;
    return tree;
}

/// "[1, {…}]": version and tree.
TreeSpec parseTreeText(const std::string& text, const TupleFields& tupleFields)
{
    const Json json = parseJson(text, "the structure of its inputs or outputs");
    if (!json.is_array() || json.size() != 2 || json[0] != 1)
        throw Error(ErrorCode::UnsupportedModel,
                    "The structure of the program's inputs is written in a version that is not "
                    "known here.",
                    "Export it with an older PyTorch.");
    return parseTree(json[1], tupleFields);
}

void readSignature(const Json& module, Program& program)
{
    const Json& signature = field(module, "signature");
    for (const Json& input : arrayField(signature, "input_specs"))
        program.inputs.push_back(parseInput(input));
    for (const Json& output : arrayField(signature, "output_specs"))
        program.outputs.push_back(parseOutput(output));
    if (program.inputs.size() != program.graph.inputs.size()
        || program.outputs.size() != program.graph.outputs.size())
        badProgram("its signature and its graph do not fit together");
}

TupleFields readTupleFields(const Json& module)
{
    TupleFields fields;
    const auto all = module.find("treespec_namedtuple_fields");
    if (all != module.end() && all->is_object())
        for (const auto& [name, definition] : all->items())
            fields[name] = fieldOr<std::vector<std::string>>(definition, "field_names", {});
    return fields;
}

void readCalls(const Json& module, Program& program)
{
    const TupleFields tupleFields = readTupleFields(module);
    bool hasRoot = false;
    for (const Json& call : arrayField(module, "module_call_graph")) {
        const std::string name = fieldOf<std::string>(call, "fqn");
        if (name.find('@') == std::string::npos) // "x@1": a further call of the same module
            program.modules.push_back(name);
        if (!name.empty() || hasRoot)
            continue;
        const Json& signature = field(call, "signature");
        if (signature.is_null())
            badProgram("the structure of its inputs is missing");
        program.inputTree = parseTreeText(fieldOf<std::string>(signature, "in_spec"), tupleFields);
        program.outputTree =
            parseTreeText(fieldOf<std::string>(signature, "out_spec"), tupleFields);
        program.argumentNames =
            fieldOr<std::vector<std::string>>(signature, "forward_arg_names", {});
        hasRoot = true;
    }
    if (!hasRoot || program.inputTree.children.size() != 2)
        badProgram("the structure of its inputs is missing");
}

void readRanges(const Json& json, Program& program)
{
    const auto ranges = json.find("range_constraints");
    if (ranges == json.end() || !ranges->is_object())
        return;
    for (const auto& [symbol, limits] : ranges->items()) {
        Range range;
        for (const auto& [name, target] :
             {std::pair {"min_val", &range.min}, std::pair {"max_val", &range.max}})
            if (limits.is_object() && limits.contains(name) && limits[name].is_number_integer())
                *target = limits[name].get<std::int64_t>();
        program.ranges.emplace(symbol, range);
    }
}

void collectNames(const TreeSpec& tree, const std::string& name, std::vector<std::string>& names)
{
    if (tree.kind == TreeSpec::Kind::Leaf) {
        names.push_back(name);
        return;
    }
    for (std::size_t i = 0; i < tree.children.size(); ++i)
        collectNames(tree.children[i],
                     name + '.'
                         + (tree.kind == TreeSpec::Kind::Keyed ? tree.keys[i] : std::to_string(i)),
                     names);
}

} // namespace

Json parseJson(const std::string& text, const std::string& what)
{
    if (isNestedDeeper(text, kMaxJsonDepth))
        badProgram("the brackets of " + what + " are nested without end");
    Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded())
        badProgram("there is no JSON where " + what + " should be");
    return json;
}

Program parseProgram(const std::string& text)
{
    const Json json = parseJson(text, "its description");
    Program program;
    const Json& version = field(json, "schema_version");
    program.schemaMajor = fieldOf<int>(version, "major");
    program.schemaMinor = fieldOf<int>(version, "minor");
    program.torchVersion = fieldOr<std::string>(json, "torch_version", "");
    if (program.schemaMajor != kSchemaMajor)
        throw Error(ErrorCode::UnsupportedModel,
                    "The program is written in version " + std::to_string(program.schemaMajor)
                        + " of the export format; this program reads version "
                        + std::to_string(kSchemaMajor) + '.',
                    "Export it with another PyTorch (2.9 to 2.15 are known to fit).");
    const Json& module = field(json, "graph_module");
    program.graph = parseGraph(field(module, "graph"));
    readSignature(module, program);
    readCalls(module, program);
    readRanges(json, program);
    return program;
}

std::vector<std::string> leafNames(const TreeSpec& tree, const std::string& prefix)
{
    std::vector<std::string> names;
    if (tree.kind == TreeSpec::Kind::Leaf)
        return {prefix + '0'};
    for (std::size_t i = 0; i < tree.children.size(); ++i)
        collectNames(tree.children[i],
                     tree.kind == TreeSpec::Kind::Keyed ? tree.keys[i] : prefix + std::to_string(i),
                     names);
    return names;
}

std::vector<std::string> argumentLeafNames(const Program& program)
{
    std::vector<std::string> names;
    const TreeSpec& positional = program.inputTree.children.at(0);
    const TreeSpec& keywords = program.inputTree.children.at(1);
    for (std::size_t i = 0; i < positional.children.size(); ++i)
        collectNames(positional.children[i],
                     i < program.argumentNames.size() ? program.argumentNames[i]
                                                      : "arg_" + std::to_string(i),
                     names);
    for (std::size_t i = 0; i < keywords.children.size(); ++i)
        collectNames(keywords.children[i],
                     i < keywords.keys.size() ? keywords.keys[i] : "kwarg_" + std::to_string(i),
                     names);
    return names;
}

} // namespace bitfront::exported
