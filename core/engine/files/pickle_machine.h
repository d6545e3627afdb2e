// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the stack machine of a pickle as far as plain data goes. Whoever uses it decides what the
// few named functions mean; unknown names never get that far.
#pragma once

#include "core/engine/files/pickle_bytes.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// A value under construction. Containers hold indices of other nodes, since pickles share and even
/// nest them in themselves.
struct PickleNode
{
    enum class Kind
    {
        None,
        Bool,
        Int,
        Float,
        Text,
        List,
        Tuple,
        Dict,
        Global, ///< text: its qualified name
        Storage, ///< items: of the persistent id's tuple
        Call ///< text: the function's name; items: its arguments, then the state it is given
    };
    Kind kind = Kind::None;
    bool truth = false;
    std::int64_t integer = 0;
    double number = 0;
    std::string text;
    std::vector<std::size_t> items; ///< a dict alternates keys and values
};

class PickleMachine
{
public:
    /// Whether a qualified name ("torch.FloatStorage") may be used at all.
    using Allowed = std::function<bool(const std::string& name)>;

    /// Runs to the end mark. Throws Error(BadFormat): damage, a name that is not allowed.
    PickleMachine(std::span<const std::uint8_t> bytes, Allowed allowed);

    std::size_t root() const { return m_root; }
    const PickleNode& node(std::size_t index) const { return m_nodes.at(index); }
    std::size_t size() const { return m_nodes.size(); }

private:
    using Kind = PickleNode::Kind;

    [[noreturn]] static void damaged(const char* why);
    void run();
    bool stepConstant(std::uint8_t op);
    bool stepContainer(std::uint8_t op);
    bool stepMemo(std::uint8_t op);
    bool stepCall(std::uint8_t op);
    std::span<const std::uint8_t> take(std::uint64_t count);
    std::uint64_t number(std::size_t bytes);
    std::string line();
    void checkEnd() const;
    std::string text(std::uint64_t count);
    std::size_t add(PickleNode node);
    void push(PickleNode node) { m_stack.push_back(add(std::move(node))); }
    void pushInt(std::int64_t value);
    void pushLong(std::uint64_t count);
    void pushDecimal(const std::string& digits);
    void pushGlobal(std::string name);
    void pushTuple(std::size_t count);
    std::size_t pop();
    std::vector<std::size_t> popToMark();
    void append(const std::vector<std::size_t>& items, Kind kind);
    void remember(std::uint64_t key);
    void recall(std::uint64_t key);
    void call();

    /// Of remembered values; beyond this a file is damaged.
    static constexpr std::uint64_t kMaxMemo = 5'000'000;

    PickleBytes m_bytes;
    Allowed m_allowed;
    bool m_done = false;
    std::size_t m_root = 0;
    std::deque<PickleNode> m_nodes;
    std::vector<std::size_t> m_stack, m_marks;
    std::vector<std::size_t> m_memo; ///< node + 1; 0: not set
};

} // namespace bitfront
