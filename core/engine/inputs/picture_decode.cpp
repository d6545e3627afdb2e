// SPDX-License-Identifier: GPL-3.0-or-later
// PNG by libpng, JPEG by libjpeg. Both report errors by a jump over the C code: the functions that
// they may jump out of hold nothing that has a destructor.
#include "core/base/error.h"
#include "core/engine/inputs/picture.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>
#include <limits>
#include <png.h>
#include <string>
#include <string_view>

namespace bitfront {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t kMaxPixels = std::uint64_t {1} << 26;
/// Bytes of pixels that one byte of a file can stand for: deflate's limit for PNG; a JPEG takes at
/// least one bit for 8 × 8 pixels of three channels.
constexpr std::uint64_t kMaxPngRatio = 1032;
constexpr std::uint64_t kMaxJpegRatio = 64 * 8 * 3;
constexpr std::size_t kMessageBytes = 200;

[[noreturn]] void bad(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, what, "Save or copy the picture again.");
}

void checkSize(std::uint64_t width, std::uint64_t height, std::uint64_t channels,
               std::uint64_t fileBytes, std::uint64_t ratio)
{
    const std::string size = std::to_string(width) + " × " + std::to_string(height) + " pixels";
    if (width == 0 || height == 0 || width > kMaxPixels || height > kMaxPixels
        || width * height > kMaxPixels)
        bad("The picture claims to have " + size + "; at most 67 million are read.");
    if (width * height * channels / ratio > fileBytes)
        bad("The picture claims to have " + size + ", more than its " + std::to_string(fileBytes)
            + " bytes can hold.");
}

struct PngReading
{
    Bytes bytes;
    std::size_t at = 0;
    std::array<char, kMessageBytes> message {};
    png_structp png = nullptr;
    png_infop info = nullptr;
};

void pngFail(png_structp png, png_const_charp message)
{
    auto* const reading = static_cast<PngReading*>(png_get_error_ptr(png));
    std::snprintf(reading->message.data(), reading->message.size(), "%s", message);
    png_longjmp(png, 1);
}

void pngIgnore(png_structp /*png*/, png_const_charp /*message*/) { }

void pngRead(png_structp png, png_bytep out, png_size_t count)
{
    auto* const reading = static_cast<PngReading*>(png_get_io_ptr(png));
    if (count > reading->bytes.size() - reading->at)
        png_error(png, "it is cut off");
    std::memcpy(out, reading->bytes.data() + reading->at, count);
    reading->at += count;
}

/// Up to the header; false with a message when that fails.
bool beginPng(PngReading& reading)
{
    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, pngFail, pngIgnore);
    reading.info = reading.png == nullptr ? nullptr : png_create_info_struct(reading.png);
    if (reading.info == nullptr)
        return false;
    if (setjmp(png_jmpbuf(reading.png)) != 0)
        return false;
    png_set_read_fn(reading.png, &reading, pngRead);
    png_set_chunk_malloc_max(reading.png, 1 << 23);
    png_read_info(reading.png, reading.info);
    return true;
}

/// Sets the conversions to 8-bit grey or RGB.
bool preparePng(PngReading& reading)
{
    if (setjmp(png_jmpbuf(reading.png)) != 0)
        return false;
    const auto kind = png_get_color_type(reading.png, reading.info);
    if (kind == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(reading.png);
    if ((kind & PNG_COLOR_MASK_COLOR) == 0)
        png_set_expand_gray_1_2_4_to_8(reading.png);
    png_set_strip_16(reading.png);
    png_set_strip_alpha(reading.png);
    png_set_interlace_handling(reading.png);
    png_read_update_info(reading.png, reading.info);
    return true;
}

bool finishPng(PngReading& reading, png_bytepp rows)
{
    if (setjmp(png_jmpbuf(reading.png)) != 0)
        return false;
    png_read_image(reading.png, rows);
    png_read_end(reading.png, nullptr);
    return true;
}

Picture decodePng(Bytes bytes)
{
    PngReading reading;
    reading.bytes = bytes;
    struct Guard
    {
        PngReading& reading;
        ~Guard() { png_destroy_read_struct(&reading.png, &reading.info, nullptr); }
    } const guard {reading};
    const auto fail = [&] {
        bad(std::string("The PNG picture is damaged: ") + reading.message.data() + '.');
    };
    if (!beginPng(reading))
        fail();
    const std::uint64_t width = png_get_image_width(reading.png, reading.info);
    const std::uint64_t height = png_get_image_height(reading.png, reading.info);
    const std::uint64_t bits = std::uint64_t {png_get_bit_depth(reading.png, reading.info)}
        * png_get_channels(reading.png, reading.info);
    checkSize(width, height, std::max<std::uint64_t>(bits / 8, 1), bytes.size() * 8, kMaxPngRatio);
    if (!preparePng(reading))
        fail();
    Picture picture;
    picture.width = static_cast<std::int64_t>(width);
    picture.height = static_cast<std::int64_t>(height);
    picture.channels = png_get_channels(reading.png, reading.info);
    const std::size_t stride = png_get_rowbytes(reading.png, reading.info);
    if ((picture.channels != 1 && picture.channels != 3)
        || stride != static_cast<std::size_t>(picture.channels) * width)
        bad("The PNG picture is stored in a way that is not read here.");
    picture.pixels.resize(stride * height);
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y)
        rows[y] = picture.pixels.data() + y * stride;
    if (!finishPng(reading, rows.data()))
        fail();
    return picture;
}

struct JpegReading
{
    jpeg_decompress_struct jpeg {};
    jpeg_error_mgr errors {};
    std::jmp_buf jump {};
    std::array<char, kMessageBytes> message {};
};

void jpegFail(j_common_ptr jpeg)
{
    auto* const reading = static_cast<JpegReading*>(jpeg->client_data);
    std::array<char, JMSG_LENGTH_MAX> text {};
    jpeg->err->format_message(jpeg, text.data());
    std::snprintf(reading->message.data(), reading->message.size(), "%.150s", text.data());
    std::longjmp(reading->jump, 1);
}

/// libjpeg fills up what is missing with grey and warns: here that is a failure.
void jpegMessage(j_common_ptr jpeg, int level)
{
    if (level < 0)
        jpegFail(jpeg);
}

bool beginJpeg(JpegReading& reading, Bytes bytes)
{
    reading.jpeg.err = jpeg_std_error(&reading.errors);
    reading.errors.error_exit = jpegFail;
    reading.errors.emit_message = jpegMessage;
    reading.jpeg.client_data = &reading;
    if (setjmp(reading.jump) != 0)
        return false;
    jpeg_create_decompress(&reading.jpeg);
    reading.jpeg.client_data = &reading;
    jpeg_mem_src(&reading.jpeg, bytes.data(), bytes.size());
    jpeg_read_header(&reading.jpeg, TRUE);
    if (reading.jpeg.jpeg_color_space != JCS_GRAYSCALE)
        reading.jpeg.out_color_space = JCS_RGB;
    return true;
}

bool finishJpeg(JpegReading& reading, std::uint8_t* pixels, std::size_t stride)
{
    if (setjmp(reading.jump) != 0)
        return false;
    jpeg_start_decompress(&reading.jpeg);
    while (reading.jpeg.output_scanline < reading.jpeg.output_height) {
        JSAMPROW row = pixels + reading.jpeg.output_scanline * stride;
        jpeg_read_scanlines(&reading.jpeg, &row, 1);
    }
    jpeg_finish_decompress(&reading.jpeg);
    return true;
}

Picture decodeJpeg(Bytes bytes)
{
    JpegReading reading;
    struct Guard
    {
        JpegReading& reading;
        ~Guard() { jpeg_destroy_decompress(&reading.jpeg); }
    } const guard {reading};
    const auto fail = [&] {
        bad(std::string("The JPEG picture is damaged: ") + reading.message.data() + '.');
    };
    if (!beginJpeg(reading, bytes))
        fail();
    const auto space = reading.jpeg.jpeg_color_space;
    if (space == JCS_CMYK || space == JCS_YCCK)
        throw Error(ErrorCode::BadFormat, "The JPEG picture is in printing colours (CMYK).",
                    "Convert it to RGB.");
    Picture picture;
    picture.channels = space == JCS_GRAYSCALE ? 1 : 3;
    picture.width = reading.jpeg.image_width;
    picture.height = reading.jpeg.image_height;
    checkSize(reading.jpeg.image_width, reading.jpeg.image_height,
              static_cast<std::uint64_t>(picture.channels), bytes.size(), kMaxJpegRatio);
    const std::size_t stride =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels);
    picture.pixels.resize(stride * static_cast<std::size_t>(picture.height));
    if (!finishJpeg(reading, picture.pixels.data(), stride))
        fail();
    return picture;
}

bool startsWith(Bytes bytes, std::string_view magic, std::size_t at = 0)
{
    return bytes.size() >= at + magic.size()
        && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

} // namespace

const char* pictureKind(Bytes bytes)
{
    if (startsWith(bytes, "\x89PNG\r\n\x1a\n"))
        return "a PNG picture";
    if (startsWith(bytes, "\xff\xd8\xff"))
        return "a JPEG picture";
    if (startsWith(bytes, "GIF8"))
        return "a GIF picture";
    if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8))
        return "a WebP picture";
    if (startsWith(bytes, "BM") && bytes.size() > 26 && bytes[6] == 0 && bytes[7] == 0)
        return "a BMP picture";
    if (startsWith(bytes, std::string_view("II*\0", 4))
        || startsWith(bytes, std::string_view("MM\0*", 4)))
        return "a TIFF picture";
    if (startsWith(bytes, "ftyp", 4)
        && (startsWith(bytes, "avif", 8) || startsWith(bytes, "hei", 8)
            || startsWith(bytes, "mif1", 8)))
        return "an AVIF or HEIC picture";
    return "";
}

Picture decodePicture(Bytes bytes)
{
    const std::string_view kind = pictureKind(bytes);
    if (kind == "a PNG picture")
        return decodePng(bytes);
    if (kind == "a JPEG picture")
        return decodeJpeg(bytes);
    throw Error(ErrorCode::BadFormat,
                "The file is " + (kind.empty() ? "no picture" : std::string(kind))
                    + "; PNG and JPEG can be read.",
                "Convert it to PNG.");
}

} // namespace bitfront
