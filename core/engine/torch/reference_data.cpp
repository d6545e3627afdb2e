// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/reference_data.h"

#include "core/engine/files/file_bytes.h"
#include "core/engine/files/model_file.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/tensor_file.h"
#include "core/engine/files/zip_archive.h"
#include "core/engine/input_binding.h"
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_tensors.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <cstring>

namespace bitfront {

namespace {

constexpr std::uint64_t kMaxPickleBytes = 1 << 28;
constexpr const char* kSaveHint = "Save plain tensors: torch.save({\"x\": x}, \"inputs.pt\") or "
                                  "numpy.savez(\"inputs.npz\", x=x).";

/// Values of a file in its order.
struct Loaded
{
    OfferedInputs offered;
    std::vector<c10::IValue> values;
};

at::ScalarType scalarType(DType type)
{
    switch (type) {
    case DType::Float16:
        return at::kHalf;
    case DType::BFloat16:
        return at::kBFloat16;
    case DType::Float64:
        return at::kDouble;
    case DType::UInt8:
        return at::kByte;
    case DType::Int8:
        return at::kChar;
    case DType::Int16:
        return at::kShort;
    case DType::Int32:
        return at::kInt;
    case DType::Int64:
        return at::kLong;
    case DType::Bool:
        return at::kBool;
    case DType::Float32:
        break;
    }
    return at::kFloat;
}

at::Tensor toTensor(const RawTensor& raw)
{
    at::Tensor tensor = at::empty(raw.shape, at::TensorOptions(scalarType(raw.dtype)));
    if (!raw.data.empty())
        std::memcpy(tensor.mutable_data_ptr(), raw.data.data(), raw.data.size());
    return tensor;
}

Loaded fromRaw(const std::vector<RawTensor>& tensors)
{
    Loaded loaded;
    // numpy.savez(file, a, b) names its arrays arr_0, arr_1: that is an order, not names.
    bool positional = true;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        positional = positional && tensors[i].name == "arr_" + std::to_string(i);
        loaded.offered.names.push_back(tensors[i].name.empty() ? std::to_string(i)
                                                               : tensors[i].name);
        loaded.values.emplace_back(toTensor(tensors[i]));
    }
    loaded.offered.ordered = positional || tensors.size() == 1;
    return loaded;
}

/// Refuses a pickle that would need anything but tensors and plain containers, by name.
void checkPickle(const FileBytes& bytes)
{
    const ZipArchive zip(bytes);
    zip.checkStored();
    for (const ZipEntry& entry : zip.entries()) {
        if (ZipArchive::withoutTop(entry.name) != "data.pkl")
            continue;
        const PickleScan scan = scanPickle(zip.read(entry, kMaxPickleBytes));
        for (const std::string& global : scan.globals)
            if (!isTensorGlobal(global))
                throw Error(
                    ErrorCode::BadFormat,
                    "The inputs file needs the Python object “" + global
                        + "”, which can only be read by running Python code. It was not loaded.",
                    kSaveHint);
        if (!scan.complete)
            throw Error(ErrorCode::BadFormat,
                        "The inputs file is damaged: its list of tensors breaks "
                        "off.",
                        "Save or copy it again.");
        if (scan.protocol > 2)
            throw Error(ErrorCode::BadFormat,
                        "The inputs file was saved with pickle protocol "
                            + std::to_string(scan.protocol) + "; LibTorch reads protocol 2.",
                        "Save it without the pickle_protocol argument.");
    }
}

void addValue(Loaded& loaded, std::string name, const c10::IValue& value)
{
    if (value.isNone())
        return;
    if (!value.isTensor() && !value.isInt() && !value.isDouble() && !value.isBool())
        throw Error(ErrorCode::InputMismatch,
                    "Entry “" + name + "” of the inputs file is a " + value.tagKind()
                        + ", not a tensor.",
                    "Give every argument one tensor or number.");
    loaded.offered.names.push_back(std::move(name));
    loaded.values.push_back(value);
}

/// LibTorch reads plain dicts only and fails an assertion of its own on an OrderedDict. Every
/// pickled tensor names that class too, so it cannot be told from the list of globals.
c10::IValue loadPickle(const FileBytes& bytes)
{
    try {
        return torch::jit::pickle_load(std::vector<char>(bytes.begin(), bytes.end()));
    } catch (const std::exception& error) {
        if (std::string(error.what()).find("GenericDict") == std::string::npos)
            throw;
        throw Error(
            ErrorCode::BadFormat,
            "The inputs file holds an OrderedDict, as a model's state_dict() does: these look "
            "like weights, not inputs.",
            kSaveHint);
    }
}

Loaded fromPickle(const FileBytes& bytes)
{
    checkPickle(bytes);
    const c10::IValue value = loadPickle(bytes);
    Loaded loaded;
    loaded.offered.ordered = true;
    if (value.isGenericDict()) {
        for (const auto& entry : value.toGenericDict()) {
            const c10::IValue& key = entry.key();
            addValue(loaded,
                     key.isString()    ? key.toStringRef()
                         : key.isInt() ? std::to_string(key.toInt())
                                       : "?",
                     entry.value());
        }
    } else if (value.isTuple()) {
        for (const c10::IValue& element : value.toTupleRef().elements())
            addValue(loaded, std::to_string(loaded.values.size()), element);
    } else if (value.isList()) {
        for (const c10::IValue& element : value.toListRef())
            addValue(loaded, std::to_string(loaded.values.size()), element);
    } else if (value.isTensorList()) {
        for (const at::Tensor& element : value.toTensorVector())
            addValue(loaded, std::to_string(loaded.values.size()), element);
    } else {
        addValue(loaded, "0", value);
    }
    return loaded;
}

Loaded load(const FileBytes& bytes)
{
    const FileIdentity identity = identifyFile(bytes);
    switch (identity.kind) {
    case FileKind::Npy:
        return fromRaw({readNpy(bytes)});
    case FileKind::Npz:
        return fromRaw(readNpz(bytes));
    case FileKind::Safetensors:
        return fromRaw(readSafetensors(bytes));
    case FileKind::Tensors:
    case FileKind::PickledModule:
        return fromPickle(bytes); // the latter is refused there, by name
    case FileKind::LegacyPickle:
        throw Error(ErrorCode::BadFormat,
                    "The inputs file is a Python pickle in the format before PyTorch 1.6.",
                    kSaveHint);
    case FileKind::TorchScript:
    case FileKind::ExportedProgram:
        throw Error(ErrorCode::BadFormat,
                    "The inputs file is " + describe(identity) + ", not tensors.", kSaveHint);
    default:
        break;
    }
    throw Error(ErrorCode::BadFormat,
                "The inputs file is " + describe(identity)
                    + "; .pt, .npy, .npz and .safetensors can be read.",
                kSaveHint);
}

std::string shapeOf(const at::Tensor& tensor)
{
    return tensor.dim() == 0 ? "a single number" : shapeText(tensor.sizes().vec());
}

} // namespace

std::int64_t TorchInputs::samples() const
{
    const bool scalar = m_tensors.empty() || m_tensors.front().shape.empty();
    return scalar ? 1 : m_tensors.front().shape.front();
}

/// Fills a TorchInputs.
class InputsLoader
{
public:
    static std::shared_ptr<const ReferenceData> run(const std::filesystem::path& path,
                                                    const ModelInfo& info)
    {
        auto inputs = std::make_shared<TorchInputs>();
        inputs->m_path = path.string();
        const FileBytes bytes = readFileBytes(path);
        inputs->m_sha256 = sha256Hex(bytes);
        const Loaded loaded = load(bytes);
        const std::vector<std::size_t> binding = bindInputs(loaded.offered, info.arguments);
        for (std::size_t i = 0; i < binding.size(); ++i)
            inputs->bind(loaded.offered.names[i], info.arguments[binding[i]], loaded.values[i]);
        for (const ArgumentInfo& argument : info.arguments)
            if (!argument.required && argument.type.rfind("Optional", 0) == 0)
                inputs->m_arguments.emplace(argument.name, c10::IValue());
        return inputs;
    }
};

void TorchInputs::bind(const std::string& name, const ArgumentInfo& argument,
                       const c10::IValue& value)
{
    InputTensor input;
    input.name = name;
    input.argument = argument.name;
    c10::IValue bound = value;
    if (value.isTensor()) {
        const at::Tensor tensor = value.toTensor().detach();
        bound = numberFor(argument, tensor);
        input.dtype = dtypeName(tensor.scalar_type());
        input.shape = tensor.sizes().vec();
        const ValueRange range = rangeOf(tensor);
        if (range.nans > 0)
            throw Error(ErrorCode::NonFinite,
                        "Input “" + name + "” (" + shapeOf(tensor) + ") holds "
                            + std::to_string(range.nans) + " NaN.",
                        "Clean the data: everything computed from NaN is NaN.", m_path);
        input.min = range.min;
        input.max = range.max;
        if (tensor.is_floating_point()) {
            const at::Tensor floats = toFloats(tensor);
            input.looksLikeNoise = bitfront::looksLikeNoise(
                {floats.const_data_ptr<float>(), static_cast<std::size_t>(floats.numel())},
                input.shape);
        }
    } else {
        input.dtype = value.isInt() ? "int" : value.isBool() ? "bool" : "float";
        input.min = input.max = value.isInt() ? static_cast<double>(value.toInt())
            : value.isBool()                  ? static_cast<double>(value.toBool())
                                              : value.toDouble();
    }
    m_tensors.push_back(std::move(input));
    m_arguments[argument.name] = std::move(bound);
}

/// A one-element tensor given for a number argument becomes that number; all else stays as it is.
c10::IValue TorchInputs::numberFor(const ArgumentInfo& argument, const at::Tensor& tensor)
{
    if (tensor.numel() != 1)
        return tensor;
    if (argument.type == "int" || argument.type == "Optional[int]")
        return tensor.item().toLong();
    if (argument.type == "float" || argument.type == "Optional[float]")
        return tensor.item().toDouble();
    if (argument.type == "bool" || argument.type == "Optional[bool]")
        return tensor.item().toBool();
    return tensor;
}

std::shared_ptr<const ReferenceData> loadTorchInputs(const std::filesystem::path& path,
                                                     const Model& model)
{
    try {
        return InputsLoader::run(path, model.info());
    } catch (const Error& error) {
        Failure failure = error.failure();
        if (failure.context.empty())
            failure.context = path.string();
        throw Error(std::move(failure));
    } catch (...) {
        rethrowAsError({ErrorCode::BadFormat, "LibTorch could not read the inputs file:", kSaveHint,
                        path.string()});
    }
}

} // namespace bitfront
