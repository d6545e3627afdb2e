// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is meant for when nobody says so: dropped on the window, for example.
#pragma once

#include <filesystem>

namespace bitfront {

enum class FileRole
{
    Model,
    Inputs
};

/// By content, and where that says nothing by suffix. Files that only a model's error message can
/// explain (a state dict, ONNX, a damaged archive named .pt) count as models. Never throws.
FileRole likelyRole(const std::filesystem::path& path);

} // namespace bitfront
