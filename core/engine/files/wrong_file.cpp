// SPDX-License-Identifier: GPL-3.0-or-later
// The sentences for files that are no model that can be opened here.
#include "core/base/printable.h"
#include "core/engine/files/about_file.h"
#include "core/engine/files/model_file.h"

namespace bitfront {

namespace {

constexpr const char* kFromOtherFormat = "Start from the PyTorch model it was made from. ";

/// Python that makes the model out of the file, and saves it.
std::string afterPython(const std::string& steps)
{
    return "In Python: " + steps + "; " + saveSnippet();
}

std::string loadingWeights(const std::string& weights)
{
    return afterPython("model = YourModel(); model.load_state_dict(" + weights + ')');
}

/// What happened and what to do, for kinds that need more than their name. `file`: as Python names
/// it.
std::pair<std::string, std::string> wordsFor(const FileIdentity& identity, const std::string& file)
{
    const std::string fromPython = exportHint();
    const std::string unpickled = "If you trust it, load it and save the model itself. "
        + afterPython("model = torch.load(" + file + ", weights_only=False)");
    switch (identity.kind) {
    case FileKind::CompiledPackage:
        return {"is a package compiled by AOTInductor: machine code, without weights that could be "
                "compressed.",
                "Go back to the Python model. " + fromPython};
    case FileKind::UnfinishedProgram:
        return {"is a torch.export file without a program in it: saving it ended with an error.",
                "That error names what PyTorch cannot save (flex_attention, for one). Export the "
                "model without it, or save it as TorchScript."};
    case FileKind::Tensors:
        if (identity.detail.empty())
            return {"holds tensors saved by torch.save, not a model.",
                    "It may be meant as reference inputs. A model is saved like this. "
                        + fromPython};
        return {"is a " + identity.detail + ": weights without the code that runs them.",
                loadingWeights("torch.load(" + file + ')'
                               + (identity.detail == "checkpoint" ? "[\"state_dict\"]" : ""))};
    case FileKind::PickledModule:
        return {"is a Python pickle (it needs “" + identity.detail
                    + "”), which can only be read by running Python code.",
                unpickled};
    case FileKind::LegacyPickle:
        return {identity.detail.empty()
                    ? std::string("is a Python pickle in the format before PyTorch 1.6.")
                    : "is a bare Python pickle (it needs “" + identity.detail
                        + "”), or one in the format before PyTorch 1.6: reading it would run "
                          "Python code.",
                unpickled};
    case FileKind::TorchLite:
        return {"is a TorchScript file for phones (lite interpreter), which keeps bytecode only.",
                "Save the full model, without _save_for_lite_interpreter(). In Python: "
                "torch.jit.save(torch.jit.script(model.eval()), \"model.pt\")"};
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
                "It may be meant as reference inputs. A model is saved like this. " + fromPython};
    case FileKind::Safetensors:
        return {"is a safetensors file: weights or other tensors without the code that runs them.",
                loadingWeights("safetensors.torch.load_file(" + file + ')')};
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
    const std::string name = shownName(path);
    // Shortened names and those with signs of their own would be other files in Python.
    const bool simple =
        name == path.filename().string() && name.find_first_of("\"\\") == std::string::npos;
    const auto [what, hint] = wordsFor(identity, simple ? '"' + name + '"' : "path");
    return Error(ErrorCode::BadFormat, "“" + name + "” " + printable(what), hint, path.string());
}

} // namespace bitfront
