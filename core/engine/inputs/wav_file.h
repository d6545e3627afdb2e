// SPDX-License-Identifier: GPL-3.0-or-later
// Sounds: RIFF WAVE files with one channel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

bool looksLikeWav(std::span<const std::uint8_t> bytes);

struct Sound
{
    std::uint32_t samplesPerSecond = 0;
    std::vector<float> samples; ///< −1…1: whole numbers divided by 2^(bits − 1), as torchaudio does
};

/// PCM of 8, 16, 24, 32 bits, or floats of 32, 64. Throws Error(BadFormat): cut off, compressed,
/// more than one channel.
Sound readWav(std::span<const std::uint8_t> bytes);

} // namespace bitfront
