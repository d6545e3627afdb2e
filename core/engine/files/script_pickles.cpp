// SPDX-License-Identifier: GPL-3.0-or-later
// The pickles of a TorchScript archive: attributes and parameters, constants.
#include "core/base/error.h"
#include "core/base/json_nesting.h"
#include "core/engine/files/pickle_machine.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/script_limits.h"
#include "core/engine/files/torch_storage.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bitfront {

namespace {

using Kind = PickleNode::Kind;

constexpr std::uint64_t kMaxPickleBytes = 1 << 28;
constexpr int kMaxDepth = 256; ///< of modules, lists and tuples
constexpr int kMaxTypeDepth = 64; ///< of brackets in the name of a type

[[noreturn]] void damaged(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The file is damaged: " + what + '.',
                "Copy or export it again.");
}

/// LibTorch looks names up in the archive's own code and among PyTorch's classes only.
bool allowedGlobal(const std::string& name)
{
    return name.rfind("__torch__.", 0) == 0 || name.rfind("torch.", 0) == 0 || isTensorGlobal(name);
}

std::uint64_t elementBytes(std::string_view storage)
{
    if (storage == "torch.ComplexDoubleStorage")
        return 16;
    const std::optional<DType> type = storedTypeNamed(storage);
    return type ? itemBytes(*type) : 1; // quantized and 8-bit floats
}

class PickleCheck
{
public:
    PickleCheck(const ZipArchive& zip, const PickleMachine& machine, std::string folder)
        : m_zip(zip)
        , m_machine(machine)
        , m_folder(std::move(folder))
        , m_depth(machine.size(), 0)
    {
    }

    void run()
    {
        for (std::size_t i = 0; i < m_machine.size(); ++i) {
            const PickleNode& node = m_machine.node(i);
            if (node.kind == Kind::Storage)
                checkStorage(node);
            if (node.kind == Kind::Global)
                checkTypeName(node.text);
            if (node.kind == Kind::Call)
                for (const std::size_t item : node.items)
                    if (node.text.ends_with("restore_type_tag"))
                        checkTypeName(m_machine.node(item).text);
        }
        checkDepth();
    }

private:
    /// ("storage", type, key, device, number of elements): LibTorch takes the number on trust.
    void checkStorage(const PickleNode& storage)
    {
        if (storage.items.size() < 5)
            damaged("the description of a tensor is incomplete");
        const std::string& key = m_machine.node(storage.items[2]).text;
        const PickleNode& count = m_machine.node(storage.items[4]);
        const ZipEntry* const entry = m_zip.find(m_folder + key);
        if (entry == nullptr)
            damaged("its entry “" + m_folder + key + "” is missing");
        std::uint64_t bytes = 0;
        if (count.kind != Kind::Int || count.integer < 0
            || __builtin_mul_overflow(static_cast<std::uint64_t>(count.integer),
                                      elementBytes(m_machine.node(storage.items[1]).text), &bytes)
            || bytes > entry->bytes)
            damaged("its entry “" + entry->name + "” is shorter than its tensor");
    }

    static void checkTypeName(const std::string& name)
    {
        if (isNestedDeeper(name, kMaxTypeDepth))
            damaged("the name of a type is nested without end");
    }

    /// Depth first without recursion, which is what is guarded against.
    void checkDepth()
    {
        std::vector<std::pair<std::size_t, std::size_t>> path {{m_machine.root(), 0}};
        std::vector<bool> open(m_machine.size(), false);
        open[m_machine.root()] = true;
        while (!path.empty()) {
            auto& [node, next] = path.back();
            const std::vector<std::size_t>& items = m_machine.node(node).items;
            if (next == items.size()) {
                const std::size_t done = node;
                open[done] = false;
                path.pop_back();
                if (!path.empty())
                    deepen(path.back().first, m_depth[done] + 1);
                continue;
            }
            const std::size_t item = items[next++];
            if (open[item])
                damaged("its data holds itself");
            if (m_depth[item] > 0 || m_machine.node(item).items.empty()) {
                deepen(node, m_depth[item] + 1);
            } else {
                open[item] = true;
                path.emplace_back(item, 0);
                if (path.size() > kMaxDepth)
                    tooDeepData();
            }
        }
    }

    void deepen(std::size_t node, int depth)
    {
        m_depth[node] = std::max(m_depth[node], depth);
        if (depth > kMaxDepth)
            tooDeepData();
    }

    [[noreturn]] static void tooDeepData()
    {
        damaged("its data is nested more than " + std::to_string(kMaxDepth) + " deep");
    }

    const ZipArchive& m_zip;
    const PickleMachine& m_machine;
    std::string m_folder;
    std::vector<int> m_depth; ///< 0: not known yet
};

} // namespace

void refuseUnsafePickles(const ZipArchive& zip)
{
    constexpr std::string_view suffix = ".pkl";
    for (const ZipEntry& entry : zip.entries()) {
        const std::string name = ZipArchive::withoutTop(entry.name);
        if (name != "data.pkl" && name != "constants.pkl")
            continue;
        const std::vector<std::uint8_t> bytes = zip.read(entry, kMaxPickleBytes);
        const PickleMachine machine(bytes, allowedGlobal);
        // The tensors of "data.pkl" lie in "data/", those of "constants.pkl" in "constants/".
        PickleCheck(zip, machine, entry.name.substr(0, entry.name.size() - suffix.size()) + '/')
            .run();
    }
}

} // namespace bitfront
