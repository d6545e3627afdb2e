// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine_loader.h"

#include "core/base/error.h"
#include "core/engine/engine_abi.h"

#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <system_error>
#include <vector>

namespace bitfront {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLibrary = "libbitfront_engine.so";

std::vector<fs::path> candidates()
{
    if (const char* chosen = std::getenv("BITFRONT_ENGINE"); chosen != nullptr && *chosen != '\0')
        return {chosen};
    std::error_code ignored;
    const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    return {folder / kLibrary, folder.parent_path() / "lib" / "bitfront" / kLibrary};
}

[[noreturn]] void fail(const std::string& why, const fs::path& library)
{
    throw Error(ErrorCode::Internal, "The engine could not be loaded: " + why,
                "Build or install Bitfront again; the library belongs beside the program.",
                library.string());
}

std::string lastLoaderError()
{
    const char* text = dlerror();
    return text != nullptr ? text : "unknown reason";
}

void* openLibrary()
{
    const std::vector<fs::path> paths = candidates();
    for (const fs::path& path : paths) {
        std::error_code ignored;
        if (!fs::exists(path, ignored))
            continue;
        void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr)
            fail(lastLoaderError() + '.', path);
        return library;
    }
    std::string places;
    for (const fs::path& path : paths)
        places += (places.empty() ? "" : ", ") + path.string();
    fail("there is no file " + places + '.', paths.front());
}

/// The library stays loaded for the life of the process: LibTorch cannot be unloaded.
std::shared_ptr<Engine> createEngine()
{
    // libgomp reads these once, while it is loaded with LibTorch.
    setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
    setenv("GOMP_SPINCOUNT", "0", /*overwrite=*/0);
    void* const library = openLibrary();
    const auto abi = reinterpret_cast<EngineAbiFunction>(dlsym(library, kEngineAbiSymbol));
    const auto create = reinterpret_cast<CreateEngineFunction>(dlsym(library, kCreateEngineSymbol));
    if (abi == nullptr || create == nullptr)
        fail("it is not Bitfront's engine library.", kLibrary);
    if (engineAbi() != abi())
        fail("program and library are of different builds (" + engineAbi() + " and " + abi() + ").",
             kLibrary);
    return std::shared_ptr<Engine>(create());
}

} // namespace

std::shared_ptr<Engine> loadEngine()
{
    static std::mutex mutex;
    static std::shared_ptr<Engine> engine;
    const std::lock_guard lock(mutex);
    if (!engine)
        engine = createEngine();
    return engine;
}

} // namespace bitfront
