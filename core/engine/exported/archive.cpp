// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/exported/archive.h"

#include "core/engine/exported/arguments_json.h"
#include "core/engine/files/zip_archive.h"

#include <algorithm>
#include <string_view>

namespace bitfront::exported {

namespace {

constexpr std::uint64_t kMaxJsonBytes = std::uint64_t {1} << 30;
constexpr std::uint64_t kMaxSampleBytes = std::uint64_t {1} << 30;
constexpr std::uint64_t kMaxTextBytes = 1 << 16;
constexpr std::string_view kModels = "models/";
constexpr std::string_view kJson = ".json";

/// torch.export.save() stores all entries as they are; an unpacked text of 1 GB is not one.
[[noreturn]] void refuseCompressed()
{
    throw Error(ErrorCode::UnsupportedModel,
                "The entries of the archive are compressed, which PyTorch never does.",
                "Save the file again with torch.export.save().");
}

[[noreturn]] void oldLayout(const std::string& version)
{
    throw Error(ErrorCode::UnsupportedModel,
                "The file is a torch.export program in the layout of PyTorch " + version
                    + "; programs saved by PyTorch 2.9 and newer can be opened.",
                "Load and save it with PyTorch 2.9 or newer: "
                "torch.export.save(torch.export.load(\"old.pt2\"), \"new.pt2\"). Where that "
                "fails, as for PyTorch 2.5 and older, export the model again.");
}

/// Entries by their name below the archive's top folder.
class Entries
{
public:
    explicit Entries(const FileBytes& bytes)
        : m_zip(bytes)
    {
        for (const ZipEntry& entry : m_zip.entries()) {
            if (entry.name == "serialized_exported_program.json")
                oldLayout("2.1 to 2.7");
            m_entries.emplace(ZipArchive::withoutTop(entry.name), &entry);
        }
    }

    const std::map<std::string, const ZipEntry*>& all() const { return m_entries; }
    bool has(const std::string& name) const { return m_entries.count(name) > 0; }
    std::string text(const std::string& name, std::uint64_t limit) const
    {
        const std::vector<std::uint8_t> bytes = read(name, limit);
        return {bytes.begin(), bytes.end()};
    }
    std::vector<std::uint8_t> read(const std::string& name, std::uint64_t limit) const
    {
        const ZipEntry& entry = find(name);
        if (entry.method != 0)
            refuseCompressed();
        return m_zip.read(entry, limit);
    }
    const ZipEntry& find(const std::string& name) const
    {
        const auto found = m_entries.find(name);
        if (found == m_entries.end())
            throw Error(ErrorCode::BadFormat,
                        "The file is damaged: its entry “" + name + "” is missing.",
                        "Copy or export it again.");
        return *found->second;
    }

private:
    ZipArchive m_zip;
    std::map<std::string, const ZipEntry*> m_entries;
};

bool startsWith(const std::string& text, std::string_view head)
{
    return text.compare(0, head.size(), head) == 0;
}

/// Names of the programs, "model" first.
std::vector<std::string> programNames(const Entries& entries)
{
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries.all())
        if (startsWith(name, kModels) && name.size() > kModels.size() + kJson.size()
            && name.compare(name.size() - kJson.size(), kJson.size(), kJson) == 0)
            names.push_back(
                name.substr(kModels.size(), name.size() - kModels.size() - kJson.size()));
    const auto usual = std::find(names.begin(), names.end(), "model");
    if (usual != names.end())
        std::rotate(names.begin(), usual, usual + 1);
    return names;
}

void checkVersion(const Entries& entries)
{
    if (entries.has("archive_version")) {
        const std::string version = entries.text("archive_version", kMaxTextBytes);
        if (version != "0")
            throw Error(ErrorCode::UnsupportedModel,
                        "The archive is of version “" + version.substr(0, 20)
                            + "”; version 0, which PyTorch 2.9 and newer write, can be opened.",
                        "Export the model with another PyTorch.");
    }
    if (entries.has("byteorder") && entries.text("byteorder", kMaxTextBytes) != "little")
        throw Error(ErrorCode::UnsupportedModel,
                    "The archive was written on a machine with another byte order.",
                    "Load and save it on a usual (little-endian) machine.");
}

/// data/weights/<name>_weights_config.json and its sibling for constants.
void readTensors(const Entries& entries, const std::string& folder, const std::string& config,
                 Archive& archive)
{
    if (!entries.has(folder + config))
        return;
    const Json json =
        parseJson(entries.text(folder + config, kMaxJsonBytes), "its list of tensors");
    const Json& list = field(json, "config");
    if (!list.is_object())
        badProgram("its list of tensors is none");
    for (const auto& [name, item] : list.items()) {
        const std::string path = folder + fieldOf<std::string>(item, "path_name");
        const bool isTensor = item.contains("tensor_meta") && item["tensor_meta"].is_object();
        if (fieldOr<bool>(item, "use_pickle", false) || !isTensor)
            throw Error(ErrorCode::UnsupportedModel,
                        "“" + name
                            + "” is stored as a Python object (a tensor subclass or a custom "
                              "class), which can only be read by running Python code.",
                        "Export the model with plain tensors.");
        archive.tensors[name] = {path, parseTensorMeta(item["tensor_meta"])};
        const ZipEntry& entry = entries.find(path);
        if (entry.method != 0)
            refuseCompressed();
        archive.storages[path] = {entry.dataOffset, entry.bytes};
    }
}

} // namespace

Archive readArchive(const FileBytes& bytes)
{
    const Entries entries(bytes);
    checkVersion(entries);
    const std::vector<std::string> names = programNames(entries);
    if (names.empty())
        badProgram("the archive holds no program");
    const std::string& name = names.front();
    if (entries.has("data/weights/" + name + ".pt"))
        oldLayout("2.8");
    Archive archive;
    archive.program = parseProgram(entries.text("models/" + name + ".json", kMaxJsonBytes));
    archive.otherModels.assign(names.begin() + 1, names.end());
    readTensors(entries, "data/weights/", name + "_weights_config.json", archive);
    readTensors(entries, "data/constants/", name + "_constants_config.json", archive);
    const std::string samples = "data/sample_inputs/" + name + ".pt";
    if (entries.has(samples))
        archive.sampleInputs = entries.read(samples, kMaxSampleBytes);
    return archive;
}

} // namespace bitfront::exported
