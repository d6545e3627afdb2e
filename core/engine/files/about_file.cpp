// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/about_file.h"

#include "core/base/printable.h"

#include <string_view>
#include <utility>

namespace bitfront {

namespace {

bool isAboutContent(ErrorCode code)
{
    return code == ErrorCode::BadFormat || code == ErrorCode::UnsupportedModel;
}

/// The first words of messages, and how they go on when the file has a name.
constexpr std::pair<std::string_view, std::string_view> kSubjects[] {
    {"The file ", "“%” "},
    {"The inputs file ", "The inputs file “%” "},
    {"The pickled data in the file ", "The pickled data in “%” "},
    {"The entries of the archive ", "The entries of “%” "},
    {"LibTorch could not read the TorchScript model", "LibTorch could not read “%”"},
    {"The program in the file ", "The program in “%” "},
    {"The program ", "The program in “%” "},
    {"The archive ", "The archive “%” "},
    {"The model's ", "“%”: the model's "},
    {"The model ", "The model in “%” "}};

std::string withName(const std::string& message, const std::string& name)
{
    for (const auto& [plain, named] : kSubjects)
        if (message.compare(0, plain.size(), plain) == 0) {
            std::string text(named);
            text.replace(text.find('%'), 1, name);
            return text + message.substr(plain.size());
        }
    return "“" + name + "”: " + message;
}

} // namespace

std::string shownName(const std::filesystem::path& path)
{
    constexpr std::size_t kLongest = 60, kHead = 30, kTail = 20;
    const std::string name = printable(path.filename().string());
    if (name.size() <= kLongest)
        return name;
    const auto isInside = [&](std::size_t at) { // of a character of several bytes
        return (static_cast<unsigned char>(name[at]) & 0xC0U) == 0x80U;
    };
    std::size_t head = kHead, tail = name.size() - kTail;
    while (isInside(head))
        --head;
    while (isInside(tail))
        ++tail;
    return name.substr(0, head) + "…" + name.substr(tail);
}

Failure aboutFile(Failure failure, const std::filesystem::path& path)
{
    const std::string name = shownName(path);
    if (isAboutContent(failure.code) && !name.empty()
        && failure.message.find(name) == std::string::npos)
        failure.message = withName(failure.message, name);
    failure.message = printable(failure.message);
    failure.hint = printable(failure.hint);
    if (failure.context.empty())
        failure.context = path.string();
    return failure;
}

} // namespace bitfront
