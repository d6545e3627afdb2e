// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a TorchScript file: checks first, then LibTorch's own reader on the bytes that were
// checked.
#include "core/engine/files/model_file.h"
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/script/script_model.h"
#include "core/engine/torch/torch_errors.h"

#include <torch/csrc/jit/runtime/operator.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <algorithm>
#include <caffe2/serialize/read_adapter_interface.h>
#include <cstring>
#include <mutex>

namespace bitfront {

namespace jit = torch::jit;

namespace {

/// Hands LibTorch the bytes that were checked, not the file: it may have changed since.
class MemoryReader : public caffe2::serialize::ReadAdapterInterface
{
public:
    explicit MemoryReader(const FileBytes& bytes)
        : m_bytes(bytes)
    {
    }
    size_t size() const override { return m_bytes.size(); }
    size_t read(uint64_t position, void* buffer, size_t count, const char*) const override
    {
        if (position >= m_bytes.size())
            return 0;
        const std::size_t size =
            std::min<std::size_t>(count, m_bytes.size() - static_cast<std::size_t>(position));
        std::memcpy(buffer, m_bytes.data() + position, size);
        return size;
    }

private:
    const FileBytes& m_bytes;
};

/// Once per process: takes the operators that read and write files away from TorchScript (the
/// search through a model's code in script_scan is the friendly message, this is the lock), and
/// silences print() in models, which would write into our own output.
void prepareTorchScript()
{
    static std::once_flag once;
    std::call_once(once, [] {
        for (const char* name : {"aten::save", "aten::from_file"}) {
            // A copy: the registry's own list shrinks meanwhile.
            const auto operators = jit::getAllOperatorsFor(c10::Symbol::fromQualString(name));
            for (const auto& entry : operators)
                jit::deregisterOperator(entry->schema());
        }
        jit::setPrintHandler([](const std::string&) {});
    });
}

jit::Module loadModule(const FileBytes& bytes, const std::string& path)
{
    prepareTorchScript();
    try {
        // Without debug files: pickles that LibTorch would read when something goes wrong.
        return jit::load(std::make_shared<MemoryReader>(bytes), c10::Device(c10::kCPU),
                         /*load_debug_files=*/false);
    } catch (...) {
        rethrowAsError({ErrorCode::BadFormat, "LibTorch could not read the TorchScript model:",
                        "Export it again with a PyTorch version that is not newer than "
                            + torchVersion() + ", and not after torch.jit.optimize_for_inference. "
                            + exportHint(),
                        path});
    }
}

} // namespace

std::string torchVersion()
{
    return "LibTorch " TORCH_VERSION;
}

std::shared_ptr<const Model> openTorchScript(const ModelFile& file, ModelInfo info,
                                             const std::stop_token& stop)
{
    const std::string path = info.path;
    info.format = "TorchScript";
    if (stop.stop_requested())
        throw Cancelled();
    jit::Module module = loadModule(file.bytes, path);
    if (stop.stop_requested())
        throw Cancelled();
    try {
        return buildScriptModel(std::move(module), std::move(info));
    } catch (...) {
        rethrowAsError({ErrorCode::UnsupportedModel,
                        "The structure of the model cannot be read:", exportHint(), path});
    }
}

} // namespace bitfront
