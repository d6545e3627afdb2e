// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/pickle_machine.h"

#include "core/base/error.h"

#include <algorithm>
#include <charconv>

namespace bitfront {

namespace {

constexpr std::size_t kMaxNodes = 5'000'000;

} // namespace

void PickleMachine::damaged(const char* why)
{
    throw Error(ErrorCode::BadFormat,
                std::string("The pickled data in the file is damaged: ") + why + '.',
                "Save or copy the file again.");
}

PickleMachine::PickleMachine(std::span<const std::uint8_t> bytes, Allowed allowed)
    : m_bytes(bytes)
    , m_allowed(std::move(allowed))
{
    run();
}

void PickleMachine::run()
{
    while (!m_done) {
        const std::uint8_t op = take(1)[0];
        if (!stepConstant(op) && !stepContainer(op) && !stepMemo(op) && !stepCall(op))
            damaged("it has an instruction that is unknown or of no use in plain data");
    }
}

std::span<const std::uint8_t> PickleMachine::take(std::uint64_t count)
{
    const auto piece = m_bytes.take(count);
    checkEnd();
    return piece;
}

std::uint64_t PickleMachine::number(std::size_t bytes)
{
    const std::uint64_t value = m_bytes.number(bytes);
    checkEnd();
    return value;
}

std::string PickleMachine::line()
{
    std::string text = m_bytes.line();
    checkEnd();
    return text;
}

void PickleMachine::checkEnd() const
{
    if (!m_bytes.ok())
        damaged("it breaks off");
}

std::string PickleMachine::text(std::uint64_t count)
{
    const auto piece = take(count);
    return {piece.begin(), piece.end()};
}

std::size_t PickleMachine::add(PickleNode node)
{
    if (m_nodes.size() >= kMaxNodes)
        damaged("it holds too many values");
    m_nodes.push_back(std::move(node));
    return m_nodes.size() - 1;
}

void PickleMachine::pushInt(std::int64_t value)
{
    PickleNode node;
    node.kind = Kind::Int;
    node.integer = value;
    push(std::move(node));
}

/// Two's complement, little-endian.
void PickleMachine::pushLong(std::uint64_t count)
{
    const auto bytes = take(count);
    if (bytes.size() > sizeof(std::int64_t))
        damaged("it holds a whole number of more than 64 bits");
    std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t {0} : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value &= ~(std::uint64_t {0xff} << (8 * i));
        value |= std::uint64_t {bytes[i]} << (8 * i);
    }
    pushInt(static_cast<std::int64_t>(value));
}

void PickleMachine::pushDecimal(const std::string& digits)
{
    if (digits == "00" || digits == "01") { // how protocol 0 writes truth values
        PickleNode node;
        node.kind = Kind::Bool;
        node.truth = digits == "01";
        push(std::move(node));
        return;
    }
    std::int64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc())
        damaged("it holds a number that is none");
    pushInt(value);
}

void PickleMachine::pushGlobal(std::string name)
{
    if (!m_allowed(name))
        throw Error(ErrorCode::BadFormat,
                    "The file needs the Python object “" + name
                        + "”, which can only be read by running Python code. It was not loaded.",
                    "Save plain tensors, numbers, lists and dicts only.");
    PickleNode node;
    node.kind = Kind::Global;
    node.text = std::move(name);
    push(std::move(node));
}

void PickleMachine::pushTuple(std::size_t count)
{
    if (m_stack.size() < count)
        damaged("its stack is empty");
    PickleNode node;
    node.kind = Kind::Tuple;
    node.items.assign(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    push(std::move(node));
}

std::size_t PickleMachine::pop()
{
    if (m_stack.empty() || (!m_marks.empty() && m_stack.size() <= m_marks.back()))
        damaged("its stack is empty");
    const std::size_t top = m_stack.back();
    m_stack.pop_back();
    return top;
}

std::vector<std::size_t> PickleMachine::popToMark()
{
    if (m_marks.empty() || m_marks.back() > m_stack.size())
        damaged("it ends a list that did not begin");
    const auto begin = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
    std::vector<std::size_t> items(begin, m_stack.end());
    m_stack.erase(begin, m_stack.end());
    m_marks.pop_back();
    return items;
}

/// Adds items to the container on top of the stack.
void PickleMachine::append(const std::vector<std::size_t>& items, Kind kind)
{
    if (m_stack.empty())
        damaged("its stack is empty");
    PickleNode& container = m_nodes[m_stack.back()];
    if (container.kind != kind || (kind == Kind::Dict && items.size() % 2 != 0))
        damaged("it adds values to something that holds none");
    container.items.insert(container.items.end(), items.begin(), items.end());
}

void PickleMachine::remember(std::uint64_t key)
{
    if (m_stack.empty() || key >= kMaxMemo || key > m_bytes.size())
        damaged("it remembers nothing");
    if (m_memo.size() <= key)
        m_memo.resize(static_cast<std::size_t>(key) + 1);
    m_memo[static_cast<std::size_t>(key)] = m_stack.back() + 1;
}

void PickleMachine::recall(std::uint64_t key)
{
    if (key >= m_memo.size() || m_memo[static_cast<std::size_t>(key)] == 0)
        damaged("it recalls something unknown");
    m_stack.push_back(m_memo[static_cast<std::size_t>(key)] - 1);
}

/// Nothing is called: the name and the arguments are noted.
void PickleMachine::call()
{
    const std::size_t arguments = pop(), function = pop();
    if (m_nodes[function].kind != Kind::Global || m_nodes[arguments].kind != Kind::Tuple)
        damaged("it calls something that is no function");
    PickleNode node;
    if (m_nodes[function].text == "collections.OrderedDict") {
        node.kind = Kind::Dict;
        for (const std::size_t pairs : m_nodes[arguments].items)
            for (const std::size_t pair : m_nodes[pairs].items) {
                const PickleNode& entry = m_nodes[pair];
                if (entry.items.size() != 2)
                    damaged("its OrderedDict is made of something else than pairs");
                node.items.insert(node.items.end(), entry.items.begin(), entry.items.end());
            }
    } else {
        node.kind = Kind::Call;
        node.text = m_nodes[function].text;
        node.items = m_nodes[arguments].items;
    }
    push(std::move(node));
}

} // namespace bitfront
