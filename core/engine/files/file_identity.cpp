// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/file_identity.h"

#include "core/engine/files/byte_order.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/zip_archive.h"
#include "core/engine/inputs/picture.h"
#include "core/engine/inputs/token_file.h"
#include "core/engine/inputs/wav_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

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

/// The first global that does more than rebuild tensors.
std::string foreignGlobal(const PickleScan& scan)
{
    for (const std::string& global : scan.globals)
        if (!isTensorGlobal(global))
            return global;
    return {};
}

/// What torch.save wrote: tensors in plain containers, or Python objects.
FileIdentity identifyTorchSave(const ZipArchive& zip, const ZipEntry& pickle)
{
    const std::vector<std::uint8_t> bytes = zip.read(pickle, kMaxPickleBytes);
    const std::string foreign = foreignGlobal(scanPickle(bytes));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool checkpoint = text.find("state_dict") != std::string_view::npos
        || text.find("optimizer") != std::string_view::npos;
    if (!foreign.empty())
        return {FileKind::PickledModule, foreign};
    // Every tensor carries an empty OrderedDict of hooks, so its mention says nothing: a state dict
    // is recognised by a key that ends in ".weight".
    if (checkpoint)
        return {FileKind::Tensors, "checkpoint"};
    return {FileKind::Tensors, text.find(".weight") != std::string_view::npos ? "state dict" : ""};
}

/// The parts of an archive that tell its kind, by name below the top folder.
struct ZipSigns
{
    bool constants = false, code = false, models = false, format = false, compiled = false;
    bool flatProgram = false, programData = false, weightFiles = false, coreMl = false,
         bytecode = false;
    bool kerasConfig = false, kerasWeights = false, onlyNpy = true;
    const ZipEntry* pickle = nullptr;

    explicit ZipSigns(const ZipArchive& zip)
    {
        onlyNpy = !zip.entries().empty();
        for (const ZipEntry& entry : zip.entries())
            look(entry);
    }

private:
    void look(const ZipEntry& entry)
    {
        const std::string& full = entry.name;
        const std::string name = ZipArchive::withoutTop(full);
        constants = constants || name == "constants.pkl";
        bytecode = bytecode || name == "bytecode.pkl";
        code = code || name.rfind("code/", 0) == 0;
        models = models || name.rfind("models/", 0) == 0;
        format = format || name == "archive_format";
        compiled = compiled || name.rfind("data/aotinductor/", 0) == 0;
        flatProgram = flatProgram || full == "serialized_exported_program.json";
        weightFiles = weightFiles || (name.rfind("data/weights/", 0) == 0 && full.ends_with(".pt"));
        programData = programData || name.rfind("data/weights/", 0) == 0;
        coreMl = coreMl || full.ends_with("Manifest.json") || full.ends_with(".mlmodel");
        kerasConfig = kerasConfig || full == "config.json";
        kerasWeights = kerasWeights || full.ends_with(".weights.h5");
        onlyNpy = onlyNpy && full.ends_with(".npy");
        if (name == "data.pkl")
            pickle = &entry;
    }
};

FileIdentity identifyZip(Bytes bytes)
{
    const ZipArchive zip(bytes);
    const ZipSigns signs(zip);
    if (signs.compiled)
        return {FileKind::CompiledPackage, {}};
    if (signs.flatProgram)
        return {FileKind::ExportedProgram, "PyTorch 2.1 to 2.7"};
    if (signs.format && signs.models)
        return {FileKind::ExportedProgram,
                signs.weightFiles ? "PyTorch 2.8" : "PyTorch 2.9 and newer"};
    if (signs.format && signs.programData)
        return {FileKind::UnfinishedProgram, {}};
    if (signs.constants && signs.code && signs.pickle != nullptr)
        return {FileKind::TorchScript, {}};
    if (signs.bytecode)
        return {FileKind::TorchLite, {}};
    if (signs.pickle != nullptr)
        return identifyTorchSave(zip, *signs.pickle);
    if (signs.onlyNpy)
        return {FileKind::Npz, {}};
    if (signs.kerasConfig && signs.kerasWeights)
        return {FileKind::Keras, {}};
    return {signs.coreMl ? FileKind::CoreMl : FileKind::OtherZip, {}};
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

FileIdentity identifyText(Bytes bytes)
{
    const Bytes sample = bytes.first(std::min(bytes.size(), kTextSample));
    std::string text(sample.begin(), sample.end());
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    if (text.rfind("version https://git-lfs", 0) == 0)
        return {FileKind::LfsPointer, {}};
    if (text.find("<!doctype html") != std::string::npos || text.find("<html") != std::string::npos)
        return {FileKind::WebPage, {}};
    return {looksLikeJson(bytes) ? FileKind::Json : FileKind::Text, {}};
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

/// Kinds with a mark of their own, by place and bytes.
std::optional<FileIdentity> identifyMagic(Bytes bytes)
{
    struct Mark
    {
        std::size_t at;
        std::string_view magic;
        FileKind kind;
        const char* detail;
    };
    static constexpr std::array<Mark, 12> kMarks {
        {{0, "\x93NUMPY", FileKind::Npy, ""},
         {0, "GGUF", FileKind::Gguf, ""},
         {0, "\x89HDF", FileKind::Hdf5, ""},
         {4, "TFL3", FileKind::TfLite, ""},
         {4, "PTMF", FileKind::TorchLite, ""},
         {4, "ET12", FileKind::ExecuTorch, ""},
         {0, "\x1f\x8b", FileKind::Packed, "gzip"},
         {0,
          "\xfd"
          "7zXZ",
          FileKind::Packed, "xz"},
         {0, "7z\xbc\xaf\x27\x1c", FileKind::Packed, "7z"},
         {0, "Rar!", FileKind::Packed, "rar"},
         {0, "\x28\xb5\x2f\xfd", FileKind::Packed, "zstd"},
         {257, "ustar", FileKind::Packed, "tar"}}};
    for (const Mark& mark : kMarks)
        if (startsWith(bytes, mark.magic, mark.at))
            return FileIdentity {mark.kind, mark.detail};
    if (const std::string picture = pictureKind(bytes); !picture.empty())
        return FileIdentity {FileKind::Picture, picture};
    if (looksLikeWav(bytes))
        return FileIdentity {FileKind::Sound, {}};
    return {};
}

FileIdentity identifyRaw(Bytes bytes)
{
    if (bytes.empty())
        return {FileKind::Empty, {}};
    if (auto identity = identifyMagic(bytes))
        return *std::move(identity);
    if (bytes[0] == 0x80 && bytes.size() > 2 && bytes[1] >= 2 && bytes[1] <= 5)
        return {FileKind::LegacyPickle, foreignGlobal(scanPickle(bytes))};
    if (looksLikeSafetensors(bytes))
        return {FileKind::Safetensors, {}};
    if (looksLikeText(bytes))
        return identifyText(bytes);
    return identifyProtobuf(bytes);
}

} // namespace

FileIdentity identifyFile(Bytes bytes)
{
    return ZipArchive::looksLikeZip(bytes) ? identifyZip(bytes) : identifyRaw(bytes);
}

std::optional<FileIdentity> identifyFolder(const fs::path& folder)
{
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        return {};
    if (fs::exists(folder / "Manifest.json", ignored))
        return FileIdentity {FileKind::CoreMl, {}};
    if (fs::exists(folder / "saved_model.pb", ignored))
        return FileIdentity {FileKind::TensorFlow, {}};
    return {};
}

std::string describe(const FileIdentity& identity)
{
    switch (identity.kind) {
    case FileKind::TorchScript:
        return "a TorchScript model";
    case FileKind::ExportedProgram:
        return "a torch.export program (.pt2)";
    case FileKind::UnfinishedProgram:
        return "a torch.export file without a program";
    case FileKind::CompiledPackage:
        return "a package compiled by AOTInductor";
    case FileKind::Tensors:
        return identity.detail.empty() ? "a file of tensors" : "a " + identity.detail;
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
    case FileKind::TorchLite:
        return "a TorchScript file for phones (lite interpreter)";
    case FileKind::ExecuTorch:
        return "an ExecuTorch program";
    case FileKind::Keras:
        return "a Keras model";
    case FileKind::TensorFlow:
        return "a TensorFlow SavedModel";
    case FileKind::Picture:
        return identity.detail;
    case FileKind::Sound:
        return "a sound (.wav)";
    case FileKind::Json:
        return "a JSON file";
    case FileKind::LfsPointer:
        return "a Git LFS pointer";
    case FileKind::WebPage:
        return "a web page";
    case FileKind::Packed:
        return "a " + identity.detail + " archive";
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

} // namespace bitfront
