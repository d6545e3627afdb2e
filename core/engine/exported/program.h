// SPDX-License-Identifier: GPL-3.0-or-later
// What a torch.export program says, as plain data: the graph, its signature and the metadata of its
// tensors. Read from the JSON of the archive (schema: torch/_export/serde/schema.py), not yet
// checked against any operator.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitfront::exported {

struct Graph;

/// An argument of a node, an output of a graph, or a constant.
struct Argument
{
    enum class Kind
    {
        None,
        Value, ///< a named tensor or symbolic number: `text`
        Int, ///< `integer`
        Bool, ///< `integer` is 0 or 1
        Float, ///< `number`
        Complex, ///< `number` and `imaginary`
        String, ///< `text`
        ScalarType, ///< `integer` in the enumeration of the export schema; so the next two
        Layout,
        MemoryFormat,
        Device, ///< `text`: "cpu", "cuda"
        Operator, ///< `text`: name of an operator handed to another one
        List, ///< `elements`
        Subgraph, ///< `graph`
        CustomObject ///< `text`: a value that is no tensor and no number
    };
    Kind kind = Kind::None;
    std::int64_t integer = 0;
    double number = 0, imaginary = 0;
    std::string text;
    std::vector<Argument> elements;
    std::shared_ptr<const Graph> graph;
};

struct NamedArgument
{
    std::string name; ///< of the operator's argument; empty where it is given by position
    Argument value;
};

/// One result of a node: a value, or a list of values. Names are empty where nothing is kept.
struct Result
{
    std::vector<std::string> names;
    bool isList = false;
};

struct Node
{
    std::string name, target; ///< target: "torch.ops.aten.linear.default", "_operator.add"
    std::vector<NamedArgument> inputs;
    std::vector<Result> results;
    std::string moduleStack; ///< "key,path,class;…": the modules that the node was traced in
};

/// An extent: a number, or an expression of symbols ("Symbol('s77', positive=True, integer=True)").
struct Extent
{
    std::int64_t value = 0; ///< the example's extent when there is an expression
    std::string expression;
};

/// How a tensor lies in its storage. Codes are those of the export schema.
struct TensorMeta
{
    int scalarType = 0, layout = 0;
    std::vector<Extent> sizes;
    std::vector<std::int64_t> strides;
    std::int64_t offset = 0;
};

struct Graph
{
    std::vector<std::string> inputs; ///< names of values; empty for constants, which nobody reads
    std::vector<Argument> outputs;
    std::vector<Node> nodes;
    std::map<std::string, TensorMeta> tensors;
};

/// Where an input of the graph comes from. In the order of Graph::inputs.
struct InputSpec
{
    enum class Kind
    {
        Parameter,
        Buffer,
        Constant, ///< a tensor that is neither parameter nor buffer
        User, ///< an argument of forward()
        Fixed, ///< an argument that was fixed to `fixedValue` at export
        Token,
        CustomObject
    };
    Kind kind = Kind::User;
    std::string value; ///< name in the graph
    std::string qualifiedName; ///< of the parameter, buffer or constant
    bool isTensor = true; ///< else a symbolic number
    Argument fixedValue;
};

/// What an output of the graph is. In the order of Graph::outputs.
struct OutputSpec
{
    enum class Kind
    {
        User,
        Mutation, ///< the value that a buffer, parameter or input has after the pass
        Token
    };
    Kind kind = Kind::User;
    Argument value;
    std::string target; ///< qualified name of what is changed
};

/// Shape of nested containers (torch.utils._pytree): leaves stand in order of appearance.
struct TreeSpec
{
    enum class Kind
    {
        Leaf,
        Sequence, ///< tuple or list
        Keyed ///< dict, or a class with named fields
    };
    Kind kind = Kind::Leaf;
    std::vector<std::string> keys; ///< one per child when Keyed
    std::vector<TreeSpec> children;
};

/// Limits of a symbol.
struct Range
{
    std::optional<std::int64_t> min, max;
};

struct Program
{
    Graph graph;
    std::vector<InputSpec> inputs;
    std::vector<OutputSpec> outputs;
    TreeSpec inputTree, outputTree; ///< inputTree: a pair of positional and keyword arguments
    std::vector<std::string> argumentNames; ///< of forward(), positional ones first
    std::vector<std::string> modules; ///< qualified names in registration order, "" first
    std::map<std::string, Range> ranges; ///< by symbol
    int schemaMajor = 0, schemaMinor = 0;
    std::string torchVersion;
};

/// Parses models/<name>.json. Throws Error(BadFormat) for text that is not such a program,
/// Error(UnsupportedModel) for a newer schema or something that no interpreter in C++ can run.
Program parseProgram(const std::string& json);

/// Names of the leaves of a tree: numbered at the top as `prefix` + index (or bare keys), nested
/// ones joined by dots. A tree that is a leaf itself is called `prefix` + "0".
std::vector<std::string> leafNames(const TreeSpec& tree, const std::string& prefix);

/// Names of the leaves of Program::inputTree: "x", "batch.ids", "pair.0".
std::vector<std::string> argumentLeafNames(const Program& program);

} // namespace bitfront::exported
