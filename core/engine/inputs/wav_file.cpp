// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/wav_file.h"

#include "core/base/error.h"
#include "core/engine/files/byte_order.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t kPcm = 1, kFloat = 3, kExtensible = 0xfffe;
constexpr std::size_t kHeaderBytes = 12, kChunkHeaderBytes = 8;

struct Format
{
    std::uint16_t code = 0, channels = 0, bits = 0;
    std::uint32_t samplesPerSecond = 0;
};

bool says(Bytes bytes, std::size_t at, std::string_view word)
{
    return bytes.size() >= at + word.size()
        && std::equal(word.begin(), word.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

[[noreturn]] void bad(const std::string& what, const std::string& hint)
{
    throw Error(ErrorCode::BadFormat, "The WAV file " + what + '.', hint);
}

Format readFormat(Bytes chunk)
{
    if (chunk.size() < 16)
        bad("has a damaged header", "Save or copy it again.");
    Format format;
    format.code = littleEndian<std::uint16_t>(chunk.data());
    format.channels = littleEndian<std::uint16_t>(chunk.data() + 2);
    format.samplesPerSecond = littleEndian<std::uint32_t>(chunk.data() + 4);
    format.bits = littleEndian<std::uint16_t>(chunk.data() + 14);
    if (format.code == kExtensible && chunk.size() >= 26)
        format.code = littleEndian<std::uint16_t>(chunk.data() + 24);
    return format;
}

void refuseUnlessReadable(const Format& format)
{
    if (format.channels != 1)
        bad("has " + std::to_string(format.channels) + " channels",
            "Mix it to one channel, e.g. sox in.wav out.wav remix -.");
    const bool pcm = format.code == kPcm
        && (format.bits == 8 || format.bits == 16 || format.bits == 24 || format.bits == 32);
    const bool floats = format.code == kFloat && (format.bits == 32 || format.bits == 64);
    if (!pcm && !floats)
        bad("is stored in a way that is not read here (format " + std::to_string(format.code) + ", "
                + std::to_string(format.bits) + " bits)",
            "Save it as 16-bit PCM.");
}

float sampleAt(const std::uint8_t* p, const Format& format)
{
    switch (format.bits) {
    case 8: // the one width that is stored without a sign
        return static_cast<float>((*p - 128) / 128.0);
    case 16:
        return static_cast<float>(static_cast<std::int16_t>(littleEndian<std::uint16_t>(p))
                                  / 32768.0);
    case 24: {
        const auto word = static_cast<std::uint32_t>(p[0]) << 8
            | static_cast<std::uint32_t>(p[1]) << 16 | static_cast<std::uint32_t>(p[2]) << 24;
        return static_cast<float>(static_cast<std::int32_t>(word) / 2147483648.0);
    }
    case 32: {
        const auto word = littleEndian<std::uint32_t>(p);
        return format.code == kFloat
            ? std::bit_cast<float>(word)
            : static_cast<float>(static_cast<std::int32_t>(word) / 2147483648.0);
    }
    default:
        return static_cast<float>(std::bit_cast<double>(littleEndian<std::uint64_t>(p)));
    }
}

} // namespace

bool looksLikeWav(Bytes bytes)
{
    return says(bytes, 0, "RIFF") && says(bytes, 8, "WAVE");
}

Sound readWav(Bytes bytes)
{
    std::optional<Format> format;
    std::size_t at = kHeaderBytes;
    while (looksLikeWav(bytes) && bytes.size() - at >= kChunkHeaderBytes) {
        const auto length = littleEndian<std::uint32_t>(bytes.data() + at + 4);
        const Bytes rest = bytes.subspan(at + kChunkHeaderBytes);
        const Bytes chunk = rest.first(std::min<std::size_t>(length, rest.size()));
        if (says(bytes, at, "fmt "))
            format = readFormat(chunk);
        if (says(bytes, at, "data")) {
            if (!format)
                break;
            refuseUnlessReadable(*format);
            if (chunk.size() < length)
                bad("is cut off: " + std::to_string(length) + " bytes of sound are announced, "
                        + std::to_string(chunk.size()) + " are there",
                    "Copy or save it again.");
            Sound sound;
            sound.samplesPerSecond = format->samplesPerSecond;
            const std::size_t step = format->bits / 8U;
            sound.samples.reserve(chunk.size() / step);
            for (std::size_t i = 0; i + step <= chunk.size(); i += step)
                sound.samples.push_back(sampleAt(chunk.data() + i, *format));
            if (sound.samples.empty())
                bad("holds no sound", "Save it again.");
            return sound;
        }
        const std::size_t whole = chunk.size() + (length % 2); // chunks begin at even places
        if (whole >= rest.size())
            break;
        at += kChunkHeaderBytes + whole;
    }
    bad("is cut off or damaged: it announces no sound", "Copy or save it again.");
}

} // namespace bitfront
