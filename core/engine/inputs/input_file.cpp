// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/input_file.h"

#include "core/base/error.h"
#include "core/engine/files/file_bytes.h"
#include "core/engine/files/file_identity.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/torch_file.h"
#include "core/engine/inputs/batches.h"
#include "core/engine/inputs/media_files.h"
#include "core/engine/inputs/token_file.h"

#include <algorithm>

namespace bitfront {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSaveHint = "Save plain tensors: torch.save({\"x\": x}, \"inputs.pt\") or "
                                  "numpy.savez(\"inputs.npz\", x=x).";

void addTensors(std::vector<RawTensor> tensors, InputFile& file)
{
    InputBatch batch;
    // numpy.savez(file, a, b) names its arrays arr_0, arr_1: that is an order, not names.
    bool positional = true;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        positional = positional && tensors[i].name == "arr_" + std::to_string(i);
        std::string name = tensors[i].name.empty() ? std::to_string(i) : tensors[i].name;
        tensors[i].name.clear();
        batch.values.push_back({std::move(name), DataValue::of(std::move(tensors[i]))});
    }
    file.ordered = positional || tensors.size() == 1;
    file.batches = groupByPrefix(std::move(batch));
}

/// A state dict has dots in its names and weights among them; inputs do not.
void refuseWeights(const DataValue& value)
{
    const auto isWeight = [](const std::string& key) { return key.ends_with(".weight"); };
    if (value.kind == DataValue::Kind::Dict
        && std::any_of(value.keys.begin(), value.keys.end(), isWeight))
        throw Error(ErrorCode::BadFormat,
                    "The inputs file holds names like those of a model's state_dict() (“"
                        + *std::find_if(value.keys.begin(), value.keys.end(), isWeight)
                        + "”): these look like weights, not inputs.",
                    kSaveHint);
}

void readTorch(std::span<const std::uint8_t> bytes, InputFile& file)
{
    const ZipArchive zip(bytes);
    zip.checkStored();
    const DataValue value = readTorchFile(bytes);
    refuseWeights(value);
    addTorchValue(value, file);
}

void readByKind(const FileBytes& bytes, InputFile& file)
{
    const FileIdentity identity = identifyFile(bytes);
    switch (identity.kind) {
    case FileKind::Npy: {
        std::vector<RawTensor> one;
        one.push_back(readNpy(bytes));
        addTensors(std::move(one), file);
        return;
    }
    case FileKind::Npz:
        addTensors(readNpz(bytes), file);
        return;
    case FileKind::Safetensors:
        addTensors(readSafetensors(bytes), file);
        return;
    case FileKind::Tensors:
    case FileKind::PickledModule: // refused by name
        readTorch(bytes, file);
        return;
    case FileKind::LegacyPickle:
        throw Error(ErrorCode::BadFormat,
                    "The inputs file is a Python pickle in the format before PyTorch 1.6.",
                    kSaveHint);
    case FileKind::Json:
        readTokenFile(bytes, file.options, file);
        return;
    default:
        break;
    }
    throw Error(
        ErrorCode::BadFormat,
        "The inputs file is " + describe(identity)
            + ", not tensors; .pt, .npy, .npz, .safetensors, token lists as .json, pictures "
              "(PNG, JPEG) and mono .wav can be read.",
        kSaveHint);
}

/// The folder's own options, when it has some, under those asked for.
InputOptions folderOptions(const fs::path& folder, const InputOptions& asked)
{
    const fs::path path = folder / kInputOptionsFile;
    std::error_code error;
    if (!fs::exists(path, error))
        return asked;
    const FileBytes bytes = readFileBytes(path);
    const std::string text(bytes.begin(), bytes.end());
    constexpr std::size_t kMaxBytes = 1 << 20;
    if (text.size() > kMaxBytes)
        throw Error(ErrorCode::BadFormat, path.string() + " is too long to be input options.",
                    "docs/formats.md says what it may hold.", path.string());
    const InputOptions own = inputOptionsFromText(text, path.string());
    if (!own.moreFiles.empty())
        throw Error(ErrorCode::BadFormat,
                    path.string() + " names files; the folder's own files are read.",
                    "Take “files” out.", path.string());
    return merged(own, asked);
}

std::vector<MediaFile> namedMedia(const fs::path& path, const InputOptions& options)
{
    std::vector<MediaFile> media {{path.filename().string(), path}};
    for (const std::string& more : options.moreFiles)
        media.push_back({fs::path(more).filename().string(), more});
    return media;
}

} // namespace

InputFile readInputFile(const fs::path& path, const InputOptions& options)
{
    validate(options);
    InputFile file;
    file.options = options;
    std::error_code error;
    if (fs::is_directory(path, error)) {
        file.options = folderOptions(path, options);
        readMedia(findMedia(path), file);
    } else {
        const FileBytes bytes = readFileBytes(path);
        const bool isMedia = looksLikeMedia(bytes);
        if (!isMedia && !options.moreFiles.empty())
            throw Error(ErrorCode::BadArgument,
                        "Several files can only be given where each is a picture or a sound.",
                        "Put the tensors of all arguments into one file.", path.string());
        if (isMedia) {
            if (options.moreFiles.empty())
                file.sha256 = sha256Hex(bytes);
            readMedia(namedMedia(path, options), file);
        } else {
            file.sha256 = sha256Hex(bytes);
            readByKind(bytes, file);
            splitBatches(file);
        }
    }
    refuseUnlike(file);
    return file;
}

} // namespace bitfront
