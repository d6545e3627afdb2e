// SPDX-License-Identifier: GPL-3.0-or-later
// The one way the core says that something went wrong: as an exception where an operation cannot go
// on, as a value where the failure is data (one configuration of a sweep).
#pragma once

#include <stdexcept>
#include <string>

namespace bitfront {

/// What kind of thing went wrong. Closed: a new kind needs a sentence in every front end.
enum class ErrorCode
{
    FileNotReadable, ///< missing, a folder, no permission
    FileNotWritable, ///< read-only folder, disk full
    BadFormat, ///< not a file of the kind asked for, damaged, truncated
    BadArgument, ///< an option or name that means nothing here
    InputMismatch, ///< inputs of wrong count, name, shape or dtype for the model
    ForwardFailed, ///< the model itself raised during its forward pass
    MetricUnfit, ///< an output that the chosen metric cannot judge
    NonFinite, ///< NaN or infinity where a measurement needs numbers
    UnsupportedModel, ///< nothing to compress, or an operator that cannot run here
    OutOfMemory,
    Internal
};

/// Stable lower-case identifier of a code ("file_not_readable"), used in JSON.
const char* errorCodeName(ErrorCode code);
/// Inverse of errorCodeName(); unknown names give ErrorCode::Internal.
ErrorCode errorCodeFromName(const std::string& name);

/// What the program itself could do about a failure, if the user says so.
enum class Remedy
{
    None,
    AddBatch, ///< give every input a first dimension of 1
    ConvertTypes, ///< convert inputs to the types that the model takes
    Bind, ///< say which tensor is for which argument
    PadTokens, ///< fill up token lists of different lengths
    PrepareImages ///< resize and crop pictures to one size
};

/// A failure as a value: what happened and why, what to do about it, and what it is about.
struct Failure
{
    ErrorCode code = ErrorCode::Internal;
    std::string message; ///< one or two plain English sentences: what happened and why
    std::string hint; ///< what the user can do; may be empty
    std::string context; ///< file, layer, output or configuration it is about; may be empty
    Remedy remedy = Remedy::None;

    bool operator==(const Failure&) const = default;
};

/// Thrown when an operation cannot go on. what() is the message followed by the hint.
class Error : public std::runtime_error
{
public:
    explicit Error(Failure failure);
    Error(ErrorCode code, std::string message, std::string hint = {}, std::string context = {});
    const Failure& failure() const noexcept { return m_failure; }
    ErrorCode code() const noexcept { return m_failure.code; }

private:
    Failure m_failure;
};

/// Thrown by work that saw its stop request. Never an Error: nothing failed.
class Cancelled : public std::exception
{
public:
    const char* what() const noexcept override { return "cancelled"; }
};

} // namespace bitfront
