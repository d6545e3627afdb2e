// SPDX-License-Identifier: GPL-3.0-or-later
// The archive that torch.export.save() writes since PyTorch 2.9: one program, the bytes of its
// tensors, sample inputs.
#pragma once

#include "core/engine/exported/program.h"
#include "core/engine/files/file_bytes.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitfront::exported {

/// A stored tensor: several may lie in one storage (tied weights, views).
struct StoredTensor
{
    std::string path; ///< entry of the archive without its top folder: the name of the storage
    TensorMeta meta;
};

/// A storage's bytes in the archive, checked to lie inside of it.
struct StorageBytes
{
    std::uint64_t offset = 0, size = 0;
};

struct Archive
{
    Program program;
    std::map<std::string, StoredTensor> tensors; ///< by qualified name: weights and constants
    std::map<std::string, StorageBytes> storages; ///< by StoredTensor::path
    std::vector<std::uint8_t> sampleInputs; ///< torch.save of (args, kwargs); empty when none
    std::vector<std::string> otherModels; ///< names of further programs, which are not opened
};

/// Reads everything but the tensors' bytes. `bytes` must be an archive whose checksums were
/// checked. Throws Error: BadFormat for damage, UnsupportedModel for older layouts, several byte
/// orders, tensors that only Python can rebuild.
Archive readArchive(const FileBytes& bytes);

} // namespace bitfront::exported
