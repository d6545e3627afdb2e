// SPDX-License-Identifier: GPL-3.0-or-later
// Reference inputs as the interpreter takes them.
#pragma once

#include "core/engine/engine.h"
#include "core/engine/inputs/input_file.h"

#include <ATen/core/ivalue.h>

#include <unordered_map>

namespace bitfront {

/// The first batch, which holds the others.
class TorchInputs : public ReferenceData
{
public:
    /// Binds the values of the file's batches. Throws Error: InputMismatch, BadArgument, NonFinite.
    TorchInputs(const InputFile& file, std::string path,
                const std::vector<ArgumentInfo>& arguments);

    const std::vector<InputTensor>& tensors() const override { return m_tensors; }
    const std::string& path() const override { return m_path; }
    const std::string& sha256() const override { return m_sha256; }
    std::int64_t samples() const override; ///< of all batches
    InputOptions options() const override { return m_options; }
    std::vector<std::string> notes() const override { return m_notes; }

    /// Values by argument name, None for optional ones that were not given.
    const std::unordered_map<std::string, c10::IValue>& arguments() const { return m_arguments; }
    /// How many passes they are for, and what each is given; batch(0) is this one.
    std::size_t batches() const override { return m_more.size() + 1; }
    const TorchInputs& batch(std::size_t index) const
    {
        return index == 0 ? *this : m_more.at(index - 1);
    }

    /// Converts the tensors of one argument in all batches and notes it. False when it has that
    /// type already or is nothing that can be converted.
    bool convert(const std::string& argument, const std::string& dtype);

private:
    TorchInputs(const InputBatch& batch, const std::vector<std::size_t>& binding,
                const std::vector<ArgumentInfo>& arguments, bool addBatch);
    void noteBinding(const std::vector<std::string>& names, const std::vector<std::size_t>& binding,
                     const std::vector<ArgumentInfo>& arguments);
    void bind(const NamedValue& value, const ArgumentInfo& argument, bool addBatch);
    c10::IValue toArgument(const DataValue& value, const std::string& name,
                           const std::string& argument, bool addBatch);
    void describe(const std::string& name, const std::string& argument, const at::Tensor& tensor);
    void describeNumber(const std::string& name, const std::string& argument,
                        const c10::IValue& number);

    std::vector<InputTensor> m_tensors;
    std::string m_path, m_sha256;
    InputOptions m_options;
    std::vector<std::string> m_notes;
    std::unordered_map<std::string, c10::IValue> m_arguments;
    std::vector<TorchInputs> m_more;
};

} // namespace bitfront
