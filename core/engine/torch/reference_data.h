// SPDX-License-Identifier: GPL-3.0-or-later
// Reference inputs as the interpreter takes them.
#pragma once

#include "core/engine/engine.h"

#include <ATen/core/ivalue.h>

#include <unordered_map>

namespace bitfront {

class TorchInputs : public ReferenceData
{
public:
    const std::vector<InputTensor>& tensors() const override { return m_tensors; }
    const std::string& path() const override { return m_path; }
    const std::string& sha256() const override { return m_sha256; }
    std::int64_t samples() const override;

    /// Values by argument name, None for optional ones that were not given.
    const std::unordered_map<std::string, c10::IValue>& arguments() const { return m_arguments; }

private:
    friend class InputsLoader;
    void bind(const std::string& name, const ArgumentInfo& argument, const c10::IValue& value);
    static c10::IValue numberFor(const ArgumentInfo& argument, const at::Tensor& tensor);

    std::vector<InputTensor> m_tensors;
    std::string m_path, m_sha256;
    std::unordered_map<std::string, c10::IValue> m_arguments;
};

} // namespace bitfront
