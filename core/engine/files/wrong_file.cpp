// SPDX-License-Identifier: GPL-3.0-or-later
// The sentences for files that are no model that can be opened here.
#include "core/engine/files/model_file.h"

namespace bitfront {

namespace {

constexpr const char* kFromOtherFormat = "Start from the PyTorch model it was made from. ";

/// What happened and what to do, for kinds that need more than their name.
std::pair<std::string, std::string> wordsFor(const FileIdentity& identity)
{
    const std::string fromPython = exportHint();
    switch (identity.kind) {
    case FileKind::CompiledPackage:
        return {"is a package compiled by AOTInductor: machine code, without weights that could be "
                "compressed.",
                "Go back to the Python model. " + fromPython};
    case FileKind::Tensors:
        if (identity.detail.empty())
            return {"holds tensors saved by torch.save, not a model.",
                    "It may be meant as reference inputs. For the model: " + fromPython};
        return {"is a " + identity.detail + ": weights without the code that runs them.",
                "Create the model in Python, call load_state_dict(), then save it. " + fromPython};
    case FileKind::PickledModule:
        return {"is a Python pickle (it needs “" + identity.detail
                    + "”), which can only be read by running Python code.",
                "Load it in Python and save it again. " + fromPython};
    case FileKind::LegacyPickle:
        return {identity.detail.empty()
                    ? std::string("is a Python pickle in the format before PyTorch 1.6.")
                    : "is a bare Python pickle (it needs “" + identity.detail
                        + "”), or one in the format before PyTorch 1.6: reading it would run "
                          "Python code.",
                "Load it in Python and save it again. " + fromPython};
    case FileKind::TorchLite:
        return {"is a TorchScript file for phones (lite interpreter), which keeps bytecode only.",
                "Save the full model. " + fromPython};
    case FileKind::Empty:
        return {"is empty.", "Copy or export it again."};
    case FileKind::LfsPointer:
        return {"is a Git LFS pointer: a few lines that stand for the real file.",
                "Fetch the file itself: git lfs pull."};
    case FileKind::WebPage:
        return {"is a web page, not a model: the download brought an error or a login page.",
                "Download the file itself."};
    case FileKind::Packed:
        return {"is " + describe(identity) + ".", "Unpack it and open the model inside."};
    case FileKind::Text:
    case FileKind::Json:
        return {"is " + describe(identity) + ", not a model.",
                "If it came from a download, it may be an error message. " + fromPython};
    case FileKind::Picture:
    case FileKind::Sound:
    case FileKind::Npy:
    case FileKind::Npz:
        return {"is " + describe(identity) + ", not a model.",
                "It may be meant as reference inputs. For the model: " + fromPython};
    case FileKind::Safetensors:
        return {"is a safetensors file: weights or other tensors without the code that runs them.",
                "Create the model in Python, load these weights, then save it. " + fromPython};
    case FileKind::Onnx:
        return {"is an ONNX model, not a PyTorch one.", kFromOtherFormat + fromPython};
    case FileKind::Gguf:
        return {"is a GGUF file: weights that are quantized for llama.cpp already.",
                kFromOtherFormat + fromPython};
    case FileKind::Unknown:
    case FileKind::OtherZip:
        return {"is not a model; its content is of no kind known here.", fromPython};
    default:
        return {"is " + describe(identity) + ", not a PyTorch model.",
                kFromOtherFormat + fromPython};
    }
}

} // namespace

Error notAModel(const std::filesystem::path& path, const FileIdentity& identity)
{
    const auto [what, hint] = wordsFor(identity);
    return Error(ErrorCode::BadFormat, "“" + path.filename().string() + "” " + what, hint,
                 path.string());
}

} // namespace bitfront
