// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of Pillow's Image.resize() for 8-bit pictures (its Resample.c): weights in whole
// numbers of 2^-22, each pass rounded to 8 bits.
#include "core/base/error.h"
#include "core/engine/inputs/picture.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;

/// Weights of the pixels that one pixel of the result is made of.
struct Window
{
    std::int64_t first = 0;
    std::vector<std::int32_t> weights;
};

double filterValue(double x, ImageFilter filter)
{
    x = std::abs(x);
    if (filter == ImageFilter::Bilinear)
        return x < 1 ? 1 - x : 0;
    constexpr double a = -0.5; // Keys' cubic as Pillow has it
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

std::vector<Window> windowsOf(std::int64_t from, std::int64_t to, ImageFilter filter)
{
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double filterScale = std::max(scale, 1.0);
    const double support = (filter == ImageFilter::Bilinear ? 1.0 : 2.0) * filterScale;
    std::vector<Window> windows(static_cast<std::size_t>(to));
    std::vector<double> weights;
    for (std::int64_t i = 0; i < to; ++i) {
        const double center = (static_cast<double>(i) + 0.5) * scale;
        const auto first =
            std::max<std::int64_t>(static_cast<std::int64_t>(center - support + 0.5), 0);
        const auto end = std::min(static_cast<std::int64_t>(center + support + 0.5), from);
        weights.clear();
        double sum = 0;
        for (std::int64_t x = first; x < end; ++x) {
            weights.push_back(
                filterValue((static_cast<double>(x) - center + 0.5) * (1.0 / filterScale), filter));
            sum += weights.back();
        }
        Window& window = windows[static_cast<std::size_t>(i)];
        window.first = first;
        for (const double weight : weights) {
            const double exact = (sum != 0 ? weight / sum : weight) * (1 << kPrecisionBits);
            window.weights.push_back(static_cast<std::int32_t>(exact + (exact < 0 ? -0.5 : 0.5)));
        }
    }
    return windows;
}

std::uint8_t weighted(const std::uint8_t* pixel, std::size_t step, const Window& window)
{
    std::int32_t sum = 1 << (kPrecisionBits - 1);
    for (const std::int32_t weight : window.weights) {
        sum += weight * *pixel;
        pixel += step;
    }
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

Picture acrossRows(const Picture& picture, std::int64_t width, ImageFilter filter)
{
    Picture out {width, picture.height, picture.channels, {}};
    const auto channels = static_cast<std::size_t>(picture.channels);
    const auto stride = static_cast<std::size_t>(picture.width) * channels;
    out.pixels.reserve(static_cast<std::size_t>(width * picture.height) * channels);
    const std::vector<Window> windows = windowsOf(picture.width, width, filter);
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
        for (const Window& window : windows)
            for (std::size_t c = 0; c < channels; ++c)
                out.pixels.push_back(
                    weighted(picture.pixels.data() + y * stride
                                 + static_cast<std::size_t>(window.first) * channels + c,
                             channels, window));
    return out;
}

Picture acrossColumns(const Picture& picture, std::int64_t height, ImageFilter filter)
{
    Picture out {picture.width, height, picture.channels, {}};
    const std::size_t stride =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels);
    out.pixels.reserve(static_cast<std::size_t>(height) * stride);
    for (const Window& window : windowsOf(picture.height, height, filter))
        for (std::size_t x = 0; x < stride; ++x)
            out.pixels.push_back(weighted(picture.pixels.data()
                                              + static_cast<std::size_t>(window.first) * stride + x,
                                          stride, window));
    return out;
}

Picture nearest(const Picture& picture, std::int64_t width, std::int64_t height)
{
    Picture out {width, height, picture.channels, {}};
    const auto channels = static_cast<std::size_t>(picture.channels);
    const auto source = [](std::int64_t i, std::int64_t from, std::int64_t to) {
        const double at =
            (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to);
        return static_cast<std::size_t>(std::min(static_cast<std::int64_t>(at), from - 1));
    };
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const std::uint8_t* const pixel = picture.pixels.data()
                + (source(y, picture.height, height) * static_cast<std::size_t>(picture.width)
                   + source(x, picture.width, width))
                    * channels;
            out.pixels.insert(out.pixels.end(), pixel, pixel + channels);
        }
    return out;
}

/// int(round(x / 2)) of Python: halves go to the even neighbour.
std::int64_t middle(std::int64_t room)
{
    const std::int64_t half = room / 2;
    return room % 2 == 0 ? half : half + half % 2;
}

Picture cropped(const Picture& picture, std::int64_t width, std::int64_t height)
{
    if (picture.width < width || picture.height < height)
        throw Error(Failure {
            ErrorCode::InputMismatch,
            "A picture of " + std::to_string(picture.width) + " × " + std::to_string(picture.height)
                + " pixels is smaller than the crop of " + std::to_string(width) + " × "
                + std::to_string(height) + '.',
            "Resize it first, to at least the size of the crop.", "", Remedy::PrepareImages});
    Picture out {width, height, picture.channels, {}};
    const auto channels = static_cast<std::size_t>(picture.channels);
    const auto left = static_cast<std::size_t>(middle(picture.width - width));
    const auto top = static_cast<std::size_t>(middle(picture.height - height));
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        const std::uint8_t* const row = picture.pixels.data()
            + ((top + y) * static_cast<std::size_t>(picture.width) + left) * channels;
        out.pixels.insert(out.pixels.end(), row, row + static_cast<std::size_t>(width) * channels);
    }
    return out;
}

/// Height and width for one size (the shorter side) or two.
std::pair<std::int64_t, std::int64_t> targetSize(const Picture& picture,
                                                 const std::vector<std::int64_t>& size)
{
    if (size.size() == 2)
        return {size[0], size[1]};
    const std::int64_t shorter = std::min(picture.width, picture.height);
    const std::int64_t longer = std::max(picture.width, picture.height);
    const auto other =
        std::max<std::int64_t>(static_cast<std::int64_t>(static_cast<double>(size[0] * longer)
                                                         / static_cast<double>(shorter)),
                               1);
    return picture.width <= picture.height ? std::pair(other, size[0]) : std::pair(size[0], other);
}

} // namespace

Picture toChannels(Picture picture, ImageChannels channels)
{
    const bool grey = channels == ImageChannels::Gray;
    if (grey == (picture.channels == 1))
        return picture;
    Picture out {picture.width, picture.height, grey ? 1 : 3, {}};
    if (grey) {
        for (std::size_t i = 0; i + 2 < picture.pixels.size(); i += 3)
            out.pixels.push_back(static_cast<std::uint8_t>(
                (picture.pixels[i] * 19595U + picture.pixels[i + 1] * 38470U
                 + picture.pixels[i + 2] * 7471U + 0x8000U)
                >> 16));
    } else {
        for (const std::uint8_t pixel : picture.pixels)
            out.pixels.insert(out.pixels.end(), 3, pixel);
    }
    return out;
}

Picture resized(const Picture& picture, std::int64_t width, std::int64_t height, ImageFilter filter)
{
    if (picture.width == width && picture.height == height)
        return picture;
    if (filter == ImageFilter::Nearest)
        return nearest(picture, width, height);
    const Picture wide = picture.width == width ? picture : acrossRows(picture, width, filter);
    return wide.height == height ? wide : acrossColumns(wide, height, filter);
}

Picture prepared(Picture picture, const ImageOptions& options)
{
    picture = toChannels(std::move(picture), options.channels);
    if (!options.resize.empty()) {
        const auto [height, width] = targetSize(picture, options.resize);
        constexpr std::int64_t kMaxPixels = std::int64_t {1} << 28;
        if (width > kMaxPixels / height)
            throw Error(ErrorCode::BadFormat,
                        "A picture is so narrow that its resized copy would be too large.",
                        "Give height and width to resize to.");
        picture = resized(picture, width, height, options.filter);
    }
    if (!options.crop.empty())
        picture = cropped(picture, options.crop.back(), options.crop.front());
    return picture;
}

void appendValues(const Picture& picture, const ImageOptions& options, std::vector<float>& values)
{
    const auto channels = static_cast<std::size_t>(picture.channels);
    const std::size_t pixels = picture.pixels.size() / channels;
    const auto valueOf = [&](std::size_t pixel, std::size_t channel) {
        const std::size_t stored = options.channels == ImageChannels::Bgr ? 2 - channel : channel;
        auto value = static_cast<float>(picture.pixels[pixel * channels + stored]);
        if (options.unitRange)
            value /= 255.0F;
        // In the order of ToTensor and Normalize, each step in float32.
        if (!options.mean.empty())
            value -= static_cast<float>(options.mean[options.mean.size() == 1 ? 0 : channel]);
        if (!options.deviation.empty())
            value /=
                static_cast<float>(options.deviation[options.deviation.size() == 1 ? 0 : channel]);
        return value;
    };
    if (options.channelsLast) {
        for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            for (std::size_t channel = 0; channel < channels; ++channel)
                values.push_back(valueOf(pixel, channel));
    } else {
        for (std::size_t channel = 0; channel < channels; ++channel)
            for (std::size_t pixel = 0; pixel < pixels; ++pixel)
                values.push_back(valueOf(pixel, channel));
    }
}

} // namespace bitfront
