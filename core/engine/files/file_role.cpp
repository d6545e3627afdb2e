// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/file_role.h"

#include "core/base/error.h"
#include "core/engine/files/file_bytes.h"
#include "core/engine/files/file_identity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <system_error>

namespace bitfront {

namespace {

FileRole roleBySuffix(const std::filesystem::path& path)
{
    static constexpr std::array<std::string_view, 6> kModels {".pt",  ".pth", ".pt2",
                                                              ".jit", ".ts",  ".torchscript"};
    std::string suffix = path.extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::ranges::find(kModels, suffix) != kModels.end() ? FileRole::Model : FileRole::Inputs;
}

FileRole roleOf(const FileIdentity& identity, const std::filesystem::path& path)
{
    switch (identity.kind) {
    case FileKind::Tensors:
        return identity.detail.empty() ? FileRole::Inputs : FileRole::Model;
    case FileKind::Safetensors:
    case FileKind::Npy:
    case FileKind::Npz:
    case FileKind::Picture:
    case FileKind::Sound:
    case FileKind::Json:
        return FileRole::Inputs;
    case FileKind::LfsPointer:
    case FileKind::WebPage:
    case FileKind::Packed:
    case FileKind::OtherZip:
    case FileKind::Text:
    case FileKind::Empty:
    case FileKind::Unknown:
        return roleBySuffix(path);
    default:
        return FileRole::Model;
    }
}

} // namespace

FileRole likelyRole(const std::filesystem::path& path)
{
    std::error_code none;
    if (std::filesystem::is_directory(path, none))
        return identifyFolder(path) ? FileRole::Model : FileRole::Inputs;
    try {
        return roleOf(identifyFile(readFileBytes(path)), path);
    } catch (const Error&) {
        return roleBySuffix(path);
    }
}

} // namespace bitfront
