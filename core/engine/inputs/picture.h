// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in memory: decoded, resized and cropped as Pillow and torchvision do it.
#pragma once

#include "core/plan/input_options.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

struct Picture
{
    std::int64_t width = 0, height = 0;
    int channels = 3; ///< 1 grey, 3 RGB
    std::vector<std::uint8_t> pixels; ///< row by row, channels together
};

/// "a PNG picture", "a WebP picture", …; empty for what is no picture.
const char* pictureKind(std::span<const std::uint8_t> bytes);

/// PNG or JPEG. Transparency is dropped, 16 bits become 8, rotation marks are ignored: as
/// Image.convert("RGB") of Pillow. Throws Error(BadFormat): damaged, cut off, another kind of
/// picture, more pixels than the file can hold or than 2^26.
Picture decodePicture(std::span<const std::uint8_t> bytes);

/// RGB to grey with Pillow's weights, or grey to RGB. Blue first is decided later.
Picture toChannels(Picture picture, ImageChannels channels);

/// Resized with Pillow's arithmetic, to the bit. Sizes must be at least 1.
Picture resized(const Picture& picture, std::int64_t width, std::int64_t height,
                ImageFilter filter);

/// Channels, resize and crop of the options. torchvision's rules: one size is the shorter side, the
/// crop is from the middle. Throws Error(InputMismatch) when the picture is smaller than the crop.
Picture prepared(Picture picture, const ImageOptions& options);

/// Appends channels × height × width (or height × width × channels) floats.
void appendValues(const Picture& picture, const ImageOptions& options, std::vector<float>& values);

} // namespace bitfront
