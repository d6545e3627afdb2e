// SPDX-License-Identifier: GPL-3.0-or-later
// The instructions of a pickle. Opcodes: CPython's Lib/pickletools.py, protocols 0 to 5.
#include "core/base/number_text.h"
#include "core/engine/files/pickle_machine.h"

#include <bit>
#include <charconv>

namespace bitfront {

namespace {

PickleNode textNode(std::string text)
{
    PickleNode node;
    node.kind = PickleNode::Kind::Text;
    node.text = std::move(text);
    return node;
}

} // namespace

/// Numbers, texts and None.
bool PickleMachine::stepConstant(std::uint8_t op)
{
    PickleNode node;
    switch (op) {
    case 'N':
        push(node);
        return true;
    case 0x88:
    case 0x89:
        node.kind = Kind::Bool;
        node.truth = op == 0x88;
        push(std::move(node));
        return true;
    case 'K':
        pushInt(static_cast<std::int64_t>(number(1)));
        return true;
    case 'M':
        pushInt(static_cast<std::int64_t>(number(2)));
        return true;
    case 'J':
        pushInt(static_cast<std::int32_t>(number(4)));
        return true;
    case 'I':
        pushDecimal(line());
        return true;
    case 'L': {
        std::string digits = line();
        if (!digits.empty() && digits.back() == 'L')
            digits.pop_back();
        pushDecimal(digits);
        return true;
    }
    case 0x8a:
        pushLong(number(1));
        return true;
    case 0x8b:
        pushLong(number(4));
        return true;
    case 'F':
        node.kind = Kind::Float;
        if (const auto value = numberFromText(line()))
            node.number = *value;
        else
            damaged("it holds a number that is none");
        push(std::move(node));
        return true;
    case 'G': { // big-endian
        std::uint64_t bits = 0;
        for (const std::uint8_t byte : take(8))
            bits = bits << 8 | byte;
        node.kind = Kind::Float;
        node.number = std::bit_cast<double>(bits);
        push(std::move(node));
        return true;
    }
    case 'X':
    case 'T':
    case 'B':
        push(textNode(text(number(4))));
        return true;
    case 0x8c:
    case 'U':
    case 'C':
        push(textNode(text(number(1))));
        return true;
    case 0x8d:
    case 0x8e:
        push(textNode(text(number(8))));
        return true;
    case 'V':
    case 'S':
        push(textNode(line()));
        return true;
    default:
        return false;
    }
}

bool PickleMachine::stepContainer(std::uint8_t op)
{
    PickleNode node;
    switch (op) {
    case '(':
        m_marks.push_back(m_stack.size());
        return true;
    case ')':
    case ']':
    case '}':
        node.kind = op == ')' ? Kind::Tuple : op == ']' ? Kind::List : Kind::Dict;
        push(std::move(node));
        return true;
    case 't':
    case 'l':
    case 'd':
        node.kind = op == 't' ? Kind::Tuple : op == 'l' ? Kind::List : Kind::Dict;
        node.items = popToMark();
        if (op == 'd' && node.items.size() % 2 != 0)
            damaged("its dict has a key without a value");
        push(std::move(node));
        return true;
    case 0x85:
    case 0x86:
    case 0x87:
        pushTuple(op - 0x84U);
        return true;
    case 'a':
        append({pop()}, Kind::List);
        return true;
    case 'e':
        append(popToMark(), Kind::List);
        return true;
    case 's': {
        const std::size_t value = pop(), key = pop();
        append({key, value}, Kind::Dict);
        return true;
    }
    case 'u':
        append(popToMark(), Kind::Dict);
        return true;
    case '0':
        pop();
        return true;
    case '1':
        popToMark();
        return true;
    case '2':
        m_stack.push_back(pop());
        m_stack.push_back(m_stack.back());
        return true;
    default:
        return false;
    }
}

bool PickleMachine::stepMemo(std::uint8_t op)
{
    const auto decimal = [this] {
        const std::string digits = line();
        std::uint64_t key = kMaxMemo;
        std::from_chars(digits.data(), digits.data() + digits.size(), key);
        return key;
    };
    switch (op) {
    case 'q':
        remember(number(1));
        return true;
    case 'r':
        remember(number(4));
        return true;
    case 'p':
        remember(decimal());
        return true;
    case 0x94:
        remember(m_memo.size());
        return true;
    case 'h':
        recall(number(1));
        return true;
    case 'j':
        recall(number(4));
        return true;
    case 'g':
        recall(decimal());
        return true;
    default:
        return false;
    }
}

bool PickleMachine::stepCall(std::uint8_t op)
{
    switch (op) {
    case 0x80:
        take(1);
        return true;
    case 0x95:
        take(8);
        return true;
    case '.':
        m_root = pop();
        m_done = true;
        return true;
    case 'c': {
        const std::string module = line();
        pushGlobal(module + '.' + line());
        return true;
    }
    case 0x93: {
        const std::size_t name = pop(), module = pop();
        pushGlobal(m_nodes[module].text + '.' + m_nodes[name].text);
        return true;
    }
    case 'Q': {
        const std::size_t id = pop();
        PickleNode node;
        node.kind = Kind::Storage;
        node.items = m_nodes[id].items;
        push(std::move(node));
        return true;
    }
    case 0x81: // an object of a class: as a call of it
        if (m_stack.size() < 2
            || m_nodes[m_stack[m_stack.size() - 2]].text.rfind("__torch__.", 0) != 0)
            return false;
        call();
        return true;
    case 'R':
        call();
        return true;
    case 'b': { // attributes of an OrderedDict are of no meaning, those of an object are its state
        const std::size_t state = pop();
        PickleNode& target = m_nodes[m_stack.empty() ? pop() : m_stack.back()];
        if (target.kind == Kind::Call)
            target.items.push_back(state);
        else if (target.kind != Kind::Dict)
            damaged("it sets attributes of plain data");
        return true;
    }
    default:
        return false;
    }
}

} // namespace bitfront
