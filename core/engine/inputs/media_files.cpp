// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/media_files.h"

#include "core/base/error.h"
#include "core/engine/files/sha256.h"
#include "core/engine/inputs/picture.h"
#include "core/engine/inputs/wav_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <system_error>

namespace bitfront {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxFiles = 100'000;
constexpr std::size_t kHeadBytes = 32;
constexpr std::size_t kMaxFileBytes = std::size_t {1} << 30;
/// Decoded values of all files together.
constexpr std::uint64_t kMaxValues = std::uint64_t {1} << 30;

std::vector<std::uint8_t> headOf(const fs::path& path)
{
    std::array<char, kHeadBytes> head {};
    std::ifstream stream(path, std::ios::binary);
    stream.read(head.data(), head.size());
    return {head.begin(), head.begin() + stream.gcount()};
}

std::string shapeWords(const Picture& picture)
{
    return std::to_string(picture.width) + " × " + std::to_string(picture.height);
}

/// Values of files of one size, one after the other.
class Stack
{
public:
    explicit Stack(const InputOptions& options)
        : m_images(options.images.value_or(ImageOptions {}))
    {
    }

    void add(const std::string& name, std::span<const std::uint8_t> bytes)
    {
        const bool isSound = looksLikeWav(bytes);
        if (m_count > 0 && isSound != m_isSound)
            throw Error(ErrorCode::InputMismatch,
                        "There are both pictures and sounds (“" + m_first + "” and “" + name
                            + "”).",
                        "Put them into folders of their own.", name);
        m_isSound = isSound;
        isSound ? addSound(name, readWav(bytes))
                : addPicture(name, prepared(decodePicture(bytes), m_images));
        if (m_values.size() > kMaxValues)
            throw Error(ErrorCode::OutOfMemory,
                        "The files hold more than " + std::to_string(kMaxValues) + " values.",
                        "Take fewer files, or resize the pictures.");
        ++m_count;
    }

    DataValue take()
    {
        RawTensor tensor;
        tensor.shape = m_shape;
        tensor.shape.insert(tensor.shape.begin(), m_count);
        tensor.data.resize(m_values.size() * sizeof(float));
        if (!m_values.empty())
            std::memcpy(tensor.data.data(), m_values.data(), tensor.data.size());
        m_values.clear();
        m_count = 0;
        return DataValue::of(std::move(tensor));
    }

    std::string note() const
    {
        if (m_isSound)
            return "Sounds were read as values from −1 to 1, at "
                + std::to_string(m_samplesPerSecond) + " samples per second.";
        const char* const range = m_images.unitRange ? "0 to 1" : "0 to 255";
        return std::string("Pictures were read as ") + std::string(name(m_images.channels))
            + " from " + range
            + (m_images.mean.empty() && m_images.deviation.empty()
                   ? ", without subtracting a mean or dividing by a deviation."
                   : ", then normalised with mean and deviation.");
    }

private:
    void addPicture(const std::string& name, const Picture& picture)
    {
        std::vector<std::int64_t> shape {picture.channels, picture.height, picture.width};
        if (m_images.channelsLast)
            std::rotate(shape.begin(), shape.begin() + 1, shape.end());
        if (m_count == 0 && m_shape.empty()) {
            m_shape = shape;
            m_first = name;
            m_firstSize = shapeWords(picture);
        } else if (shape != m_shape) {
            throw Error(Failure {
                ErrorCode::InputMismatch,
                "The pictures have different sizes: “" + m_first + "” has " + m_firstSize
                    + " pixels, “" + name + "” " + shapeWords(picture) + '.',
                "Say to which size they are resized and cropped.", name, Remedy::PrepareImages});
        }
        appendValues(picture, m_images, m_values);
    }

    void addSound(const std::string& name, const Sound& sound)
    {
        const std::vector<std::int64_t> shape {static_cast<std::int64_t>(sound.samples.size())};
        if (m_count == 0 && m_shape.empty()) {
            m_shape = shape;
            m_first = name;
            m_samplesPerSecond = sound.samplesPerSecond;
        } else if (shape != m_shape || sound.samplesPerSecond != m_samplesPerSecond) {
            throw Error(ErrorCode::InputMismatch,
                        "The sounds differ: “" + m_first + "” has " + std::to_string(m_shape[0])
                            + " samples at " + std::to_string(m_samplesPerSecond) + " Hz, “" + name
                            + "” " + std::to_string(shape[0]) + " at "
                            + std::to_string(sound.samplesPerSecond) + " Hz.",
                        "Cut and resample them to one length and rate.", name);
        }
        m_values.insert(m_values.end(), sound.samples.begin(), sound.samples.end());
    }

    ImageOptions m_images;
    bool m_isSound = false;
    std::int64_t m_count = 0;
    std::vector<std::int64_t> m_shape; ///< of one file
    std::string m_first, m_firstSize;
    std::uint32_t m_samplesPerSecond = 0;
    std::vector<float> m_values;
};

} // namespace

bool looksLikeMedia(std::span<const std::uint8_t> head)
{
    return looksLikeWav(head) || *pictureKind(head) != '\0';
}

std::vector<MediaFile> findMedia(const fs::path& folder)
{
    std::vector<MediaFile> media;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        const bool hidden = at->path().filename().string().rfind('.', 0) == 0;
        if (hidden) {
            at.disable_recursion_pending();
            continue;
        }
        if (at->is_symlink(error) || !at->is_regular_file(error)
            || !looksLikeMedia(headOf(at->path())))
            continue;
        media.push_back({at->path().lexically_relative(folder).generic_string(), at->path()});
        if (media.size() > kMaxFiles)
            throw Error(ErrorCode::BadArgument, "The folder holds more than 100,000 files.",
                        "Choose a folder with the examples only.", folder.string());
    }
    if (error)
        throw Error(ErrorCode::FileNotReadable,
                    "The folder “" + folder.string() + "” cannot be read: " + error.message() + '.',
                    "Check its permissions.", folder.string());
    if (media.empty())
        throw Error(ErrorCode::BadFormat,
                    "The folder “" + folder.string() + "” holds no PNG, JPEG or WAV file.",
                    "Choose a folder of pictures or sounds, or a file of tensors.",
                    folder.string());
    std::sort(media.begin(), media.end(),
              [](const MediaFile& a, const MediaFile& b) { return a.name < b.name; });
    return media;
}

void readMedia(const std::vector<MediaFile>& media, InputFile& file)
{
    Stack stack(file.options);
    const std::size_t perBatch = file.options.batchSize > 0
        ? static_cast<std::size_t>(file.options.batchSize)
        : media.size();
    std::string list;
    for (std::size_t i = 0; i < media.size(); ++i) {
        const FileBytes bytes = readFileBytes(media[i].path);
        list += sha256Hex(bytes) + "  " + media[i].name + '\n';
        try {
            if (bytes.size() > kMaxFileBytes)
                throw Error(ErrorCode::BadFormat, "The file is larger than 1 GB.",
                            "Take a shorter or smaller one.");
            stack.add(media[i].name, bytes);
        } catch (const Error& error) {
            Failure failure = error.failure();
            if (failure.context.empty()) {
                failure.message = media[i].name + ": " + failure.message;
                failure.context = media[i].path.string();
            }
            throw Error(std::move(failure));
        }
        if ((i + 1) % perBatch == 0 || i + 1 == media.size())
            file.batches.push_back({{{"0", stack.take()}}});
    }
    if (file.sha256.empty())
        file.sha256 = sha256Hex(FileBytes(list.begin(), list.end()));
    file.ordered = true;
    file.notes.push_back(stack.note());
}

} // namespace bitfront
