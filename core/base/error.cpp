// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <array>
#include <string_view>
#include <utility>

namespace bitfront {

namespace {

constexpr std::array<std::pair<ErrorCode, const char*>, 11> kNames {
    {{ErrorCode::FileNotReadable, "file_not_readable"},
     {ErrorCode::FileNotWritable, "file_not_writable"},
     {ErrorCode::BadFormat, "bad_format"},
     {ErrorCode::BadArgument, "bad_argument"},
     {ErrorCode::InputMismatch, "input_mismatch"},
     {ErrorCode::ForwardFailed, "forward_failed"},
     {ErrorCode::MetricUnfit, "metric_unfit"},
     {ErrorCode::NonFinite, "non_finite"},
     {ErrorCode::UnsupportedModel, "unsupported_model"},
     {ErrorCode::OutOfMemory, "out_of_memory"},
     {ErrorCode::Internal, "internal"}}};

std::string fullText(const Failure& failure)
{
    return failure.hint.empty() ? failure.message : failure.message + ' ' + failure.hint;
}

} // namespace

const char* errorCodeName(ErrorCode code)
{
    for (const auto& [entry, text] : kNames)
        if (entry == code)
            return text;
    return "internal";
}

ErrorCode errorCodeFromName(const std::string& name)
{
    for (const auto& [entry, text] : kNames)
        if (name == text)
            return entry;
    return ErrorCode::Internal;
}

Error::Error(Failure failure)
    : std::runtime_error(fullText(failure))
    , m_failure(std::move(failure))
{
}

Error::Error(ErrorCode code, std::string message, std::string hint, std::string context)
    : Error(Failure {code, std::move(message), std::move(hint), std::move(context)})
{
}

} // namespace bitfront
