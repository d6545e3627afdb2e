// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/model_file.h"

#include "core/engine/files/byte_order.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/script_scan.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/zip_archive.h"

#include <algorithm>
#include <string_view>

namespace bitfront {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxPickleBytes = 1 << 28;
constexpr std::size_t kTextSample = 4096;

using Bytes = std::span<const std::uint8_t>;

bool startsWith(Bytes bytes, std::string_view magic, std::size_t at = 0)
{
    return bytes.size() >= at + magic.size()
        && std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

bool endsWith(std::string_view text, std::string_view tail)
{
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

/// What torch.save wrote: tensors in plain containers, or Python objects.
FileIdentity identifyTorchSave(const ZipArchive& zip, const ZipEntry& pickle)
{
    const PickleScan scan = scanPickle(zip.read(pickle, kMaxPickleBytes));
    bool ordered = false;
    for (const std::string& global : scan.globals) {
        if (!isTensorGlobal(global))
            return {FileKind::PickledModule, global};
        ordered = ordered || global == "collections.OrderedDict";
    }
    // Every tensor carries an empty OrderedDict of hooks, so its mere mention says nothing: a state
    // dict is recognised by a key that ends in ".weight".
    const std::vector<std::uint8_t> bytes = zip.read(pickle, kMaxPickleBytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool weights = text.find(".weight") != std::string_view::npos
        || text.find("state_dict") != std::string_view::npos;
    return {FileKind::Tensors, weights ? "state dict" : ""};
}

FileIdentity identifyZip(Bytes bytes)
{
    const ZipArchive zip(bytes);
    bool constants = false, code = false, models = false, format = false, compiled = false;
    bool exportedOld = false, coreMl = false, onlyNpy = !zip.entries().empty();
    const ZipEntry* pickle = nullptr;
    for (const ZipEntry& entry : zip.entries()) {
        const std::string name = ZipArchive::withoutTop(entry.name);
        constants = constants || name == "constants.pkl";
        code = code || name.rfind("code/", 0) == 0;
        models = models || name.rfind("models/", 0) == 0;
        format = format || name == "archive_format";
        compiled = compiled || name.rfind("data/aotinductor/", 0) == 0;
        exportedOld = exportedOld || entry.name == "serialized_exported_program.json";
        coreMl =
            coreMl || endsWith(entry.name, "Manifest.json") || endsWith(entry.name, ".mlmodel");
        onlyNpy = onlyNpy && endsWith(entry.name, ".npy");
        if (name == "data.pkl")
            pickle = &entry;
    }
    if (compiled)
        return {FileKind::CompiledPackage, {}};
    if (exportedOld || (format && models))
        return {FileKind::ExportedProgram, {}};
    if (constants && code && pickle != nullptr)
        return {FileKind::TorchScript, {}};
    if (pickle != nullptr)
        return identifyTorchSave(zip, *pickle);
    if (onlyNpy)
        return {FileKind::Npz, {}};
    return {coreMl ? FileKind::CoreMl : FileKind::OtherZip, {}};
}

bool looksLikeSafetensors(Bytes bytes)
{
    if (bytes.size() < 10 || bytes[8] != '{')
        return false;
    const auto header = littleEndian<std::uint64_t>(bytes.data());
    // A damaged length still makes a safetensors file: the reader says what is wrong with it.
    return header < (std::uint64_t {1} << 40) && startsWith(bytes.subspan(9), "\"");
}

bool looksLikeText(Bytes bytes)
{
    const Bytes sample = bytes.first(std::min(bytes.size(), kTextSample));
    return std::all_of(sample.begin(), sample.end(), [](std::uint8_t c) {
        return c >= 0x20 || c == '\n' || c == '\r' || c == '\t';
    });
}

/// Both are protocol buffers that begin with a version; ONNX goes on with the producer's name, a
/// Core ML model with a description, which is a message.
FileIdentity identifyProtobuf(Bytes bytes)
{
    if (bytes.size() < 8 || bytes[0] != 0x08 || bytes[1] == 0 || bytes[1] > 0x40)
        return {};
    if (bytes[2] == 0x12 && bytes[3] < 0x40 && bytes[4] >= 0x20 && bytes[4] < 0x7f)
        return {FileKind::Onnx, {}};
    if (bytes[2] == 0x3a || bytes[2] == 0x1a || bytes[2] == 0x22)
        return {FileKind::Onnx, {}};
    return {bytes[2] == 0x12 ? FileKind::CoreMl : FileKind::Unknown, {}};
}

FileIdentity identifyRaw(Bytes bytes)
{
    if (bytes.empty())
        return {FileKind::Empty, {}};
    if (startsWith(bytes, "\x93NUMPY"))
        return {FileKind::Npy, {}};
    if (startsWith(bytes, "GGUF"))
        return {FileKind::Gguf, {}};
    if (startsWith(bytes, "\x89HDF"))
        return {FileKind::Hdf5, {}};
    if (startsWith(bytes, "TFL3", 4))
        return {FileKind::TfLite, {}};
    if (bytes[0] == 0x80 && bytes.size() > 2 && bytes[1] >= 2 && bytes[1] <= 5)
        return {FileKind::LegacyPickle, {}};
    if (looksLikeSafetensors(bytes))
        return {FileKind::Safetensors, {}};
    if (looksLikeText(bytes))
        return {FileKind::Text, {}};
    return identifyProtobuf(bytes);
}

/// Why this kind cannot be opened as a model, and what to do.
Error notAModel(const fs::path& path, const FileIdentity& identity)
{
    const std::string file = "“" + path.filename().string() + "” ";
    const auto bad = [&](const std::string& text, const std::string& hint) {
        return Error(ErrorCode::BadFormat, file + text, hint, path.string());
    };
    const std::string fromPython = exportHint();
    switch (identity.kind) {
    case FileKind::CompiledPackage:
        return bad("is a package compiled by AOTInductor: machine code, without weights that could "
                   "be compressed.",
                   "Go back to the Python model. " + fromPython);
    case FileKind::Tensors:
        if (identity.detail.empty())
            return bad("holds tensors saved by torch.save, not a model.",
                       "It may be meant as reference inputs. For the model: " + fromPython);
        return bad("is a state dict: weights without the code that runs them.",
                   "Create the model in Python, call load_state_dict(), then save it. "
                       + fromPython);
    case FileKind::PickledModule:
        return bad("is a Python pickle (it needs “" + identity.detail
                       + "”), which can only be read "
                         "by running Python code.",
                   "Load it in Python and save it as TorchScript. " + fromPython);
    case FileKind::LegacyPickle:
        return bad("is a Python pickle in the format before PyTorch 1.6.",
                   "Load it in Python and save it as TorchScript. " + fromPython);
    case FileKind::Empty:
        return bad("is empty.", "Copy or export it again.");
    case FileKind::Text:
        return bad("is a text file, not a model.",
                   "If it came from a download, it may be an error page or a pointer to the real "
                   "file (Git LFS). "
                       + fromPython);
    case FileKind::Npy:
    case FileKind::Npz:
    case FileKind::Safetensors:
        return bad("is " + describe(identity) + ": tensors without the code that runs them.",
                   "It may be meant as reference inputs. For the model: " + fromPython);
    case FileKind::Unknown:
    case FileKind::OtherZip:
        return bad("is not a model; its content is of no kind known here.", fromPython);
    default:
        return bad("is " + describe(identity) + ", not a TorchScript model.",
                   "Start from the PyTorch model it was made from. " + fromPython);
    }
}

} // namespace

FileIdentity identifyFile(Bytes bytes)
{
    return ZipArchive::looksLikeZip(bytes) ? identifyZip(bytes) : identifyRaw(bytes);
}

std::string describe(const FileIdentity& identity)
{
    switch (identity.kind) {
    case FileKind::TorchScript:
        return "a TorchScript model";
    case FileKind::ExportedProgram:
        return "a torch.export program (.pt2)";
    case FileKind::CompiledPackage:
        return "a package compiled by AOTInductor";
    case FileKind::Tensors:
        return identity.detail.empty() ? "a file of tensors" : "a state dict";
    case FileKind::PickledModule:
        return "a Python pickle";
    case FileKind::LegacyPickle:
        return "a Python pickle in an old format";
    case FileKind::Safetensors:
        return "a safetensors file";
    case FileKind::Npy:
        return "a NumPy array (.npy)";
    case FileKind::Npz:
        return "a NumPy archive (.npz)";
    case FileKind::Onnx:
        return "an ONNX model";
    case FileKind::CoreMl:
        return "a Core ML model";
    case FileKind::Gguf:
        return "a GGUF file";
    case FileKind::TfLite:
        return "a TensorFlow Lite model";
    case FileKind::Hdf5:
        return "an HDF5 file";
    case FileKind::OtherZip:
        return "a zip archive";
    case FileKind::Text:
        return "a text file";
    case FileKind::Empty:
        return "an empty file";
    case FileKind::Unknown:
        break;
    }
    return "of an unknown kind";
}

std::string exportHint()
{
    return "In Python: torch.jit.save(torch.jit.trace(model.eval(), example_inputs), \"model.pt\")";
}

ModelFile readModelFile(const fs::path& path, const std::stop_token& stop)
{
    std::error_code ignored;
    if (fs::is_directory(path, ignored) && fs::exists(path / "Manifest.json", ignored))
        throw notAModel(path, {FileKind::CoreMl, {}});
    ModelFile file;
    file.bytes = readFileBytes(path);
    try {
        const FileIdentity identity = identifyFile(file.bytes);
        if (identity.kind != FileKind::TorchScript && identity.kind != FileKind::ExportedProgram)
            throw notAModel(path, identity);
        file.kind = identity.kind;
        const ZipArchive zip(file.bytes);
        zip.checkStored(stop);
        if (identity.kind == FileKind::TorchScript)
            refuseForbiddenOperators(zip);
    } catch (const Error& error) {
        Failure failure = error.failure();
        if (!failure.context.empty())
            throw;
        failure.context = path.string();
        throw Error(std::move(failure));
    }
    file.sha256 = sha256Hex(file.bytes);
    return file;
}

} // namespace bitfront
