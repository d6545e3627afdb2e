// SPDX-License-Identifier: GPL-3.0-or-later
// Opcodes: CPython's Lib/pickletools.py, protocols 0 to 5.
#include "core/engine/files/pickle_scan.h"

#include "core/engine/files/pickle_bytes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace bitfront {

namespace {

/// Walks the opcodes. Keeps only what names of globals can be made of: strings, on a shallow model
/// of the stack that is enough for STACK_GLOBAL as picklers write it.
class Walker
{
public:
    explicit Walker(std::span<const std::uint8_t> bytes)
        : m_bytes(bytes)
    {
    }

    PickleScan run()
    {
        while (m_bytes.ok() && m_known && !m_scan.complete)
            step();
        return m_scan;
    }

private:
    std::uint64_t number(std::size_t bytes) { return m_bytes.number(bytes); }
    std::string line() { return m_bytes.line(); }
    std::span<const std::uint8_t> take(std::uint64_t count) { return m_bytes.take(count); }

    void pushText(std::uint64_t count)
    {
        const auto piece = take(count);
        push(std::string(piece.begin(), piece.end()));
    }

    void push(std::string text)
    {
        m_before = std::move(m_last);
        m_last = std::move(text);
    }

    void addGlobal(const std::string& module, const std::string& name)
    {
        const std::string full = module + '.' + name;
        if (std::find(m_scan.globals.begin(), m_scan.globals.end(), full) == m_scan.globals.end())
            m_scan.globals.push_back(full);
    }

    void addNamed()
    {
        const std::string module = line();
        const std::string name = line();
        if (m_bytes.ok())
            addGlobal(module, name);
    }

    void recall(std::uint64_t key)
    {
        const auto found = m_memo.find(key);
        push(found == m_memo.end() ? std::string() : found->second);
    }

    void step()
    {
        const auto head = take(1);
        if (head.empty())
            return;
        const char op = static_cast<char>(head[0]);
        if (!stepNames(op) && !stepData(op))
            m_known = isPlain(op);
    }

    /// Strings, the memo and globals.
    bool stepNames(char op)
    {
        switch (static_cast<std::uint8_t>(op)) {
        case 'c':
        case 'i':
            addNamed();
            return true;
        case 0x93:
            addGlobal(m_before, m_last);
            return true;
        case 'X':
        case 'T':
            pushText(number(4));
            return true;
        case 'U':
        case 0x8c:
            pushText(number(1));
            return true;
        case 0x8d:
            pushText(number(8));
            return true;
        case 'V':
        case 'S':
            push(line());
            return true;
        case 'q':
            m_memo[number(1)] = m_last;
            return true;
        case 'r':
            m_memo[number(4)] = m_last;
            return true;
        case 0x94:
            m_memo[m_memo.size()] = m_last;
            return true;
        case 'h':
            recall(number(1));
            return true;
        case 'j':
            recall(number(4));
            return true;
        // Extension codes name a global through a registry that we cannot see.
        case 0x82:
            take(1);
            addGlobal("copyreg", "extension");
            return true;
        case 0x83:
            take(2);
            addGlobal("copyreg", "extension");
            return true;
        case 0x84:
            take(4);
            addGlobal("copyreg", "extension");
            return true;
        case 0x80:
            m_scan.protocol = static_cast<int>(number(1));
            return true;
        case '.':
            m_scan.complete = true;
            return true;
        default:
            return false;
        }
    }

    /// Opcodes with data that cannot name anything.
    bool stepData(char op)
    {
        switch (static_cast<std::uint8_t>(op)) {
        case 'F':
        case 'I':
        case 'L':
        case 'P':
        case 'p':
        case 'g':
            line();
            return true;
        case 'K':
            take(1);
            return true;
        case 'M':
            take(2);
            return true;
        case 'J':
            take(4);
            return true;
        case 'G':
        case 0x95:
            take(8);
            return true;
        case 0x8a:
        case 'C':
            take(number(1));
            return true;
        case 0x8b:
        case 'B':
            take(number(4));
            return true;
        case 0x8e:
        case 0x96:
            take(number(8));
            return true;
        default:
            return false;
        }
    }

    static bool isPlain(char op)
    {
        constexpr std::string_view plain = "(012NQR]}abdelostu)\x81\x85\x86\x87\x88\x89\x8f\x90\x91"
                                           "\x92\x97\x98";
        return plain.find(op) != std::string_view::npos;
    }

    PickleBytes m_bytes;
    bool m_known = true; ///< whether all opcodes so far were
    std::string m_before, m_last; ///< the two strings pushed last
    std::map<std::uint64_t, std::string> m_memo;
    PickleScan m_scan;
};

} // namespace

PickleScan scanPickle(std::span<const std::uint8_t> bytes)
{
    return Walker(bytes).run();
}

bool isTensorGlobal(const std::string& global)
{
    static constexpr std::string_view kNames[] {"collections.OrderedDict",
                                                "torch._utils._rebuild_tensor",
                                                "torch._utils._rebuild_tensor_v2",
                                                "torch._utils._rebuild_tensor_v3",
                                                "torch._utils._rebuild_parameter",
                                                "torch._utils._rebuild_sparse_tensor",
                                                "torch._utils._rebuild_qtensor",
                                                "torch._tensor._rebuild_from_type_v2",
                                                "torch.Size",
                                                "torch.device",
                                                "torch.nn.parameter.Parameter",
                                                "torch.serialization._get_layout",
                                                "torch._utils._rebuild_meta_tensor_no_storage"};
    if (std::find(std::begin(kNames), std::end(kNames), global) != std::end(kNames))
        return true;
    // Storages ("torch.FloatStorage", "torch.storage.UntypedStorage") and dtypes ("torch.float16").
    constexpr std::string_view storage = "Storage";
    if (global.rfind("torch.", 0) != 0)
        return false;
    if (global.size() > storage.size()
        && global.compare(global.size() - storage.size(), storage.size(), storage) == 0)
        return true;
    static constexpr std::string_view kTypes[] {
        "torch.float64", "torch.float32", "torch.float16", "torch.bfloat16",  "torch.int64",
        "torch.int32",   "torch.int16",   "torch.int8",    "torch.uint8",     "torch.uint16",
        "torch.uint32",  "torch.uint64",  "torch.bool",    "torch.complex64", "torch.complex128"};
    return std::find(std::begin(kTypes), std::end(kTypes), global) != std::end(kTypes);
}

} // namespace bitfront
