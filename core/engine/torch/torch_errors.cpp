// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/torch_errors.h"

#include <c10/util/Exception.h>

#include <new>

namespace bitfront {

namespace {

bool isLackOfMemory(const std::string& text)
{
    return text.find("can't allocate memory") != std::string::npos
        || text.find("not enough memory") != std::string::npos
        || text.find("Cannot allocate memory") != std::string::npos;
}

[[noreturn]] void throwAs(Failure failure, const std::string& text)
{
    if (isLackOfMemory(text))
        throw Error(ErrorCode::OutOfMemory, "There was not enough memory.",
                    "Close other programs, use fewer reference samples or fewer parallel workers.",
                    failure.context);
    const std::string reason = essence(text);
    if (!reason.empty())
        failure.message += (failure.message.empty() ? "" : " ") + reason;
    if (!failure.message.empty() && failure.message.back() != '.')
        failure.message += '.';
    throw Error(std::move(failure));
}

} // namespace

std::string essence(const std::string& text)
{
    static const std::string marks[] {"RuntimeError: ", "Error: "};
    std::size_t start = 0;
    for (const std::string& mark : marks) {
        const std::size_t at = text.rfind(mark);
        if (at != std::string::npos) {
            start = at + mark.size();
            break;
        }
    }
    constexpr std::string_view plea = "please report a bug to PyTorch.";
    if (const std::size_t at = text.find(plea, start); at != std::string::npos)
        start = at + plea.size(); // behind the name of LibTorch's own source file
    start = text.find_first_not_of(" \n", start);
    if (start == std::string::npos)
        return {};
    const std::size_t end = text.find('\n', start);
    return text.substr(start, end == std::string::npos ? end : end - start);
}

void rethrowAsError(Failure failure)
{
    try {
        throw;
    } catch (const Error&) {
        throw;
    } catch (const Cancelled&) {
        throw;
    } catch (const std::bad_alloc&) {
        throwAs(std::move(failure), "not enough memory");
    } catch (const c10::Error& error) {
        throwAs(std::move(failure), error.what_without_backtrace());
    } catch (const std::exception& error) {
        throwAs(std::move(failure), error.what());
    }
}

} // namespace bitfront
