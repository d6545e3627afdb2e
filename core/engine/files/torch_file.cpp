// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/torch_file.h"

#include "core/base/error.h"
#include "core/engine/files/pickle_machine.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/torch_storage.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace bitfront {

namespace {

using Kind = PickleNode::Kind;

constexpr std::uint64_t kMaxPickleBytes = 1 << 28;
constexpr std::uint64_t kMaxStorageBytes = std::uint64_t {1} << 40;
constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxValues = 1'000'000;
/// Views may repeat data, but not without end: a small file must not fill the memory.
constexpr std::uint64_t kMaxRepetition = 64;
constexpr std::uint64_t kAlwaysAllowedBytes = 1 << 26;

[[noreturn]] void damaged(const std::string& why)
{
    throw Error(ErrorCode::BadFormat, "The saved tensors are damaged: " + why + '.',
                "Save or copy the file again.");
}

[[noreturn]] void unsupported(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The file holds " + what + ", which is not supported.",
                "Save dense tensors of a plain type, e.g. x.float() or x.long().");
}

bool allowedGlobal(const std::string& name)
{
    static const std::set<std::string> plain {"torch.Size",
                                              "torch.device",
                                              "torch.jit._pickle.build_intlist",
                                              "torch.jit._pickle.build_doublelist",
                                              "torch.jit._pickle.build_boollist",
                                              "torch.jit._pickle.build_tensorlist"};
    return isTensorGlobal(name) || plain.count(name) > 0
        || (name.rfind("torch.", 0) == 0 && name.find('.', 6) == std::string::npos
            && name.find("loat8") != std::string::npos);
}

/// Turns the nodes of a pickle into values, with the storages of the archive.
class TreeReader
{
public:
    TreeReader(const ZipArchive& zip, std::string top, const PickleMachine& machine,
               std::uint64_t fileBytes)
        : m_zip(zip)
        , m_top(std::move(top))
        , m_machine(machine)
        , m_budget(std::max(kAlwaysAllowedBytes, fileBytes * kMaxRepetition))
    {
        if (const ZipEntry* const order = zip.find(m_top + "byteorder")) {
            const std::vector<std::uint8_t> text = zip.read(*order, 16);
            if (std::string(text.begin(), text.end()) == "big")
                unsupported("numbers in big-endian order");
        }
    }

    DataValue read(std::size_t index, int depth)
    {
        if (depth > kMaxDepth)
            damaged("its lists are nested without end");
        if (++m_values > kMaxValues)
            throw Error(ErrorCode::BadFormat, "The saved lists hold more than a million values.",
                        "Save tensors instead of lists: torch.tensor(values).");
        const PickleNode& node = m_machine.node(index);
        DataValue value;
        switch (node.kind) {
        case Kind::None:
            return value;
        case Kind::Bool:
            value.kind = DataValue::Kind::Bool;
            value.truth = node.truth;
            return value;
        case Kind::Int:
            value.kind = DataValue::Kind::Int;
            value.integer = node.integer;
            return value;
        case Kind::Float:
            value.kind = DataValue::Kind::Float;
            value.number = node.number;
            return value;
        case Kind::Text:
        case Kind::Global: // a dtype as a value
            value.kind = DataValue::Kind::Text;
            value.text = node.text;
            return value;
        case Kind::List:
        case Kind::Tuple:
            value.kind = node.kind == Kind::List ? DataValue::Kind::List : DataValue::Kind::Tuple;
            for (const std::size_t item : node.items)
                value.items.push_back(read(item, depth + 1));
            return value;
        case Kind::Dict:
            return readDict(node, depth);
        case Kind::Call:
            return readCall(node, depth);
        case Kind::Storage:
            break;
        }
        unsupported("a bare storage");
    }

private:
    DataValue readDict(const PickleNode& node, int depth)
    {
        DataValue value;
        value.kind = DataValue::Kind::Dict;
        for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
            const PickleNode& key = m_machine.node(node.items[i]);
            if (key.kind != Kind::Text && key.kind != Kind::Int)
                unsupported("a dict whose keys are neither texts nor whole numbers");
            value.keys.push_back(key.kind == Kind::Text ? key.text : std::to_string(key.integer));
            value.items.push_back(read(node.items[i + 1], depth + 1));
        }
        return value;
    }

    DataValue readCall(const PickleNode& node, int depth)
    {
        const std::string function = node.text.substr(node.text.rfind('.') + 1);
        if (function == "_rebuild_tensor" || function == "_rebuild_tensor_v2"
            || function == "_rebuild_tensor_v3")
            return DataValue::of(readTensor(node));
        const bool passesOn = function == "_rebuild_parameter" || function == "Size"
            || function == "build_intlist" || function == "build_doublelist"
            || function == "build_boollist" || function == "build_tensorlist";
        if (passesOn && !node.items.empty())
            return read(node.items.front(), depth + 1);
        if (function == "device")
            return {};
        unsupported(function == "_rebuild_qtensor"             ? "a quantized tensor"
                        : function == "_rebuild_sparse_tensor" ? "a sparse tensor"
                                                               : "a tensor made by " + function);
    }

    std::vector<std::int64_t> integers(std::size_t index)
    {
        const PickleNode* node = &m_machine.node(index);
        if (node->kind == Kind::Call && node->text == "torch.Size" && !node->items.empty())
            node = &m_machine.node(node->items.front());
        if (node->kind != Kind::Tuple && node->kind != Kind::List)
            damaged("a tensor has no shape");
        std::vector<std::int64_t> values;
        for (const std::size_t item : node->items) {
            if (m_machine.node(item).kind != Kind::Int || m_machine.node(item).integer < 0)
                damaged("a tensor's shape is not made of whole numbers");
            values.push_back(m_machine.node(item).integer);
        }
        return values;
    }

    /// Arguments: storage, offset, size, stride, …; v3 has the type at place 6.
    RawTensor readTensor(const PickleNode& node)
    {
        if (node.items.size() < 4 || m_machine.node(node.items[1]).kind != Kind::Int)
            damaged("the description of a tensor is incomplete");
        const PickleNode& storage = m_machine.node(node.items[0]);
        if (storage.kind != Kind::Storage || storage.items.size() < 5)
            damaged("a tensor has no storage");
        std::string typeName = m_machine.node(storage.items[1]).text;
        if (node.text.ends_with("_v3") && node.items.size() > 6)
            typeName = m_machine.node(node.items[6]).text;
        const std::optional<DType> type = storedTypeNamed(typeName);
        if (!type)
            unsupported("a tensor of type " + typeName);
        RawTensor tensor;
        tensor.dtype = *type;
        tensor.shape = integers(node.items[2]);
        const std::vector<std::int64_t> strides = integers(node.items[3]);
        if (strides.size() != tensor.shape.size())
            damaged("a tensor's shape and strides do not fit");
        const std::uint64_t bytes = checkedBytes(tensor.shape, *type);
        m_bytes += bytes;
        if (bytes > m_budget || m_bytes > m_budget)
            damaged("its tensors claim " + std::to_string(m_bytes) + " bytes");
        copyStrided(tensor, strides, m_machine.node(node.items[1]).integer,
                    storageBytes(m_machine.node(storage.items[2]).text));
        return tensor;
    }

    const std::vector<std::uint8_t>& storageBytes(const std::string& key)
    {
        const auto known = m_storages.find(key);
        if (known != m_storages.end())
            return known->second;
        const ZipEntry* const entry = m_zip.find(m_top + "data/" + key);
        if (entry == nullptr)
            damaged("the storage “" + key + "” is missing");
        return m_storages.emplace(key, m_zip.read(*entry, kMaxStorageBytes)).first->second;
    }

    const ZipArchive& m_zip;
    std::string m_top;
    const PickleMachine& m_machine;
    std::uint64_t m_budget, m_bytes = 0;
    std::size_t m_values = 0;
    std::map<std::string, std::vector<std::uint8_t>> m_storages;
};

} // namespace

const char* DataValue::kindText() const
{
    switch (kind) {
    case Kind::None:
        return "nothing (None)";
    case Kind::Bool:
    case Kind::Int:
    case Kind::Float:
        return "a number";
    case Kind::Text:
        return "a text";
    case Kind::Tensor:
        return "a tensor";
    case Kind::List:
        return "a list";
    case Kind::Tuple:
        return "a tuple";
    case Kind::Dict:
        break;
    }
    return "a dict";
}

DataValue readTorchFile(std::span<const std::uint8_t> bytes)
{
    const ZipArchive zip(bytes);
    const auto pickle =
        std::find_if(zip.entries().begin(), zip.entries().end(), [](const ZipEntry& entry) {
            return ZipArchive::withoutTop(entry.name) == "data.pkl";
        });
    if (pickle == zip.entries().end())
        damaged("it holds no list of tensors");
    const std::string top = pickle->name.substr(0, pickle->name.size() - 8);
    const std::vector<std::uint8_t> program = zip.read(*pickle, kMaxPickleBytes);
    const PickleMachine machine(program, allowedGlobal);
    return TreeReader(zip, top, machine, bytes.size()).read(machine.root(), 0);
}

} // namespace bitfront
