# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the small models, inputs and damaged files of the engine's tests. Re-runnable:
python make_models.py   (needs torch, numpy, safetensors). Writes into models/ beside this file.

Every good model NAME has NAME.pt (TorchScript), NAME.inputs.* and an entry in expected.json: its layers
and, computed here by Python alone, the PSNR of int8 per-channel symmetric weights. The outputs of the
eager model are in NAME.outputs.safetensors."""
import copy
import json
import os
import pathlib
import pickle
import warnings
import zipfile
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

import model_parts
from model_parts import fake_quant_int8, flatten, smooth

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parent / "models"
EXPECTED: Dict[str, dict] = {}


# --- models -----------------------------------------------------------------------------------
class Mlp(model_parts.Mlp):
    """Of this script, so that a pickle of it needs what nobody else has."""


class Cnn(nn.Module):
    """Batch norm, a depthwise convolution (input extent 1) and a strided one."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.pointwise = nn.Conv2d(8, 16, 1, stride=2, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 10)

    def forward(self, image):
        x = F.relu(self.bn1(self.stem(image)))
        x = F.relu(self.bn2(self.pointwise(self.depthwise(x))))
        return self.fc(x.mean((2, 3)))


class Upsampler(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(2, 6, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(6, 4, 4, stride=2, padding=1)
        self.out = nn.Conv2d(4, 1, 1)

    def forward(self, x) -> Tuple[Tensor, Tensor]:
        y = self.out(F.relu(self.up(F.relu(self.down(x)))))
        return y, y > 0


class TiedLm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(60, 16)
        self.mix = nn.Linear(16, 16)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 60, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        x = self.embed(ids)
        return self.head(self.norm(x + torch.tanh(self.mix(x))))


class SelfAttention(nn.Module):
    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(dim, dim) for _ in range(3))
        self.out = nn.Linear(dim, dim)

    def split(self, x: Tensor) -> Tensor:
        return x.reshape(x.size(0), x.size(1), self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        scores = q @ k.transpose(2, 3) / (q.size(3) ** 0.5)
        scores = scores.masked_fill(mask[:, None, None, :] == 0, -1e9)
        y = (torch.softmax(scores, -1) @ v).transpose(1, 2)
        return self.out(y.reshape(x.size(0), x.size(1), -1))


class EncoderLayer(nn.Module):
    def __init__(self, dim: int, heads: int, hidden: int):
        super().__init__()
        self.attention = SelfAttention(dim, heads)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.linear1, self.linear2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.norm1(x + self.attention(x, mask))
        return self.norm2(x + self.linear2(F.gelu(self.linear1(x))))


class Encoder(nn.Module):
    """A text classifier with two inputs: token ids and an attention mask."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(128, 32)
        self.positions = nn.Embedding(16, 32)
        self.layers = nn.ModuleList([EncoderLayer(32, 4, 64) for _ in range(2)])
        self.classifier = nn.Linear(32, 4)

    def forward(self, ids: Tensor, attention_mask: Tensor) -> Dict[str, Tensor]:
        where = torch.arange(ids.size(1), device=ids.device)
        x = self.tokens(ids) + self.positions(where)[None]
        for layer in self.layers:
            x = layer(x, attention_mask)
        weight = attention_mask.to(x.dtype)[:, :, None]
        pooled = (x * weight).sum(1) / weight.sum(1)
        return {"logits": self.classifier(pooled), "hidden": x}


class Mha(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)
        self.fc = nn.Linear(16, 16)

    def forward(self, x):
        y, _ = self.attn(x, x, x, need_weights=False)
        return self.fc(x + y)


class MultiOutput(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 8)
        self.a, self.b = nn.Linear(8, 3), nn.Linear(8, 2)

    def forward(self, x: Tensor, scale: float = 1.0) -> Tuple[Dict[str, Tensor], List[Tensor]]:
        h = torch.relu(self.body(x)) * scale
        return {"a": self.a(h), "mask": h > 0.1}, [self.b(h), h.argmax(1)]


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(16, 24), nn.Linear(24, 6)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


class Stateful(nn.Module):
    """Counts its calls and keeps a running mean: without care the second pass differs."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.register_buffer("seen", torch.zeros(6))
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.seen += x.mean(0)
        return self.fc(x) + self.seen * self.calls


class NanMaker(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sqrt(self.fc(x) - 100.0)


class FragileNan(nn.Module):
    """Finite as saved, NaN as soon as its weight is rounded."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.register_buffer("exact", self.fc.weight.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.sqrt(-(self.fc.weight - self.exact).abs().sum())


class NanWeight(nn.Module):
    """A NaN in a weight that is used, but that the outputs do not depend on."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.unused = nn.Linear(6, 6)
        self.unused.weight.data[2, 3] = float("nan")

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) + self.unused(x)[:0].sum()


class Custom(nn.Module):
    """A weight that only the code shows to be one: F.linear with an own parameter."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(7, 6))
        self.scale = nn.Parameter(torch.ones(7))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight) * self.scale


class NoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(6)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        torch.save(x, "bitfront_was_here.bin")
        return self.fc(x)


class WriterAtLoad(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.ones(3)
        self.training = False

    @torch.jit.export
    def __getstate__(self):
        return (self.w, self.training)

    @torch.jit.export
    def __setstate__(self, state: Tuple[Tensor, bool]):
        self.w = state[0]
        self.training = state[1]
        torch.save(self.w, "bitfront_was_here.bin")

    def forward(self, x: Tensor) -> Tensor:
        return x + self.w


# --- expected values ----------------------------------------------------------------------------
def psnr(out: Tensor, ref: Tensor) -> float:
    out, ref = out.double().flatten(), ref.double().flatten()
    noise = ((out - ref) ** 2).mean()
    return float("inf") if noise == 0 else float(10 * torch.log10((ref**2).max() / noise))


def kind_of(module: nn.Module) -> str:
    if isinstance(module, nn.Embedding):
        return "embedding"
    if isinstance(module, nn.modules.conv._ConvTransposeNd):
        return "conv_transpose"
    return "conv" if isinstance(module, nn.modules.conv._ConvNd) else "linear"


def quantizable(model: nn.Module):
    kinds = (nn.Linear, nn.Embedding, nn.modules.conv._ConvNd)
    return [(n, m) for n, m in model.named_modules() if isinstance(m, kinds)]


def run(model, inputs):
    with torch.no_grad():
        return flatten(model(*inputs.values()))


def w8_psnr(model: nn.Module, inputs, reference) -> Dict[str, float]:
    owners = quantizable(model)
    kept = {n: m.weight.data for n, m in owners}
    done = {}
    for name, module in owners:
        key = module.weight.data_ptr()
        if key not in done:
            done[key] = fake_quant_int8(kept[name], 1 if kind_of(module) == "conv_transpose" else 0)
    for name, module in owners:
        module.weight.data = done[kept[name].data_ptr()]
    outputs = run(model, inputs)
    for name, module in owners:
        module.weight.data = kept[name]
    return {n: psnr(outputs[n], r) for n, r in reference.items() if r.is_floating_point()}


def save_inputs(name: str, inputs: Dict[str, Tensor], form: str):
    path = OUT / f"{name}.inputs.{form}"
    if form == "pt":
        torch.save(dict(inputs), path)
    elif form == "safetensors":
        save_file({k: v.contiguous() for k, v in inputs.items()}, path)
    elif form == "npz":
        np.savez(path, **{k: v.numpy() for k, v in inputs.items()})
    else:
        np.save(path, next(iter(inputs.values())).numpy())


def good(name, model, inputs, form="pt", script=False, w8=True):
    model.eval()
    # A copy runs: a model with a state must be saved as it was before its first pass.
    reference = {k: v.clone() for k, v in run(copy.deepcopy(model), inputs).items()}
    values = tuple(inputs.values())
    ts = torch.jit.script(model) if script else torch.jit.trace(model, values, check_trace=False, strict=False)
    torch.jit.save(ts, OUT / f"{name}.pt")
    save_inputs(name, inputs, form)
    save_file({k: v.contiguous() for k, v in reference.items()}, OUT / f"{name}.outputs.safetensors")
    layers, seen = [], {}
    for module_name, module in quantizable(model):
        key = module.weight.data_ptr()
        entry = {"name": module_name, "kind": kind_of(module), "type": type(module).__name__,
                 "shape": list(module.weight.shape), "tied": []}
        if key in seen:  # named after the first owner that is not an embedding
            known = seen[key]
            if known["kind"] == "embedding" and entry["kind"] != "embedding":
                entry["tied"] = [known["name"]] + known["tied"]
                known.update(entry)
            else:
                known["tied"].append(module_name)
            continue
        seen[key] = entry
        layers.append(entry)
    EXPECTED[name] = {"inputs": f"{name}.inputs.{form}", "layers": layers,
                      "parameters": sum(p.numel() for p in model.parameters()),
                      "outputs": list(reference)}
    if w8:
        EXPECTED[name]["w8"] = w8_psnr(model, inputs, reference)


def randomised_bn(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return model


def good_models():
    good("mlp", Mlp(), {"x": smooth(32, 24)}, "npy")
    good("cnn", randomised_bn(Cnn()), {"image": smooth(4, 3, 16, 16)}, "npz", script=True)
    good("upsampler", Upsampler(), {"x": smooth(3, 2, 12, 12)}, "pt")
    good("tied_lm", TiedLm(), {"ids": torch.randint(0, 60, (3, 9))}, "safetensors")
    mask = torch.ones(3, 12, dtype=torch.int64)
    mask[1, 8:] = 0
    good("encoder", Encoder(), {"ids": torch.randint(0, 128, (3, 12)), "attention_mask": mask},
         "safetensors", script=True)
    good("multi", MultiOutput(), {"x": smooth(40, 8)}, "pt", script=True)
    half = Half().half()
    good("half", half, {"x": smooth(20, 16).half()}, "safetensors")
    good("stateful", Stateful(), {"x": smooth(8, 6)}, "pt", script=True, w8=False)
    good("custom", Custom(), {"x": smooth(8, 6)}, "npy", script=True, w8=False)
    good("nan_weight", NanWeight(), {"x": smooth(8, 6)}, "npy", script=True, w8=False)
    good("fragile_nan", FragileNan(), {"x": smooth(8, 6)}, "npy", script=True, w8=False)
    with torch.no_grad():
        torch.backends.mha.set_fastpath_enabled(False)
        good("mha", Mha(), {"x": smooth(2, 10, 16)}, "npy")

    frozen = Mlp().eval()
    ts = torch.jit.freeze(torch.jit.script(frozen))
    torch.jit.save(ts, OUT / "frozen_mlp.pt")
    x = torch.from_numpy(np.load(OUT / "mlp.inputs.npy"))
    save_file({"out_0": run(frozen, {"x": x})["out_0"]}, OUT / "frozen_mlp.outputs.safetensors")
    EXPECTED["frozen_mlp"] = {"w8": w8_psnr(frozen, {"x": x}, run(frozen, {"x": x}))}

    torch.jit.save(torch.jit.script(Mlp().train()), OUT / "training_mlp.pt")
    nan = torch.jit.script(NanMaker())
    torch.jit.save(nan, OUT / "nan_output.pt")
    torch.jit.save(torch.jit.script(NoLayers()), OUT / "no_layers.pt")
    torch.jit.save(torch.jit.script(Mlp().double()), OUT / "double.pt")
    quantized = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(8, 8)), {nn.Linear})
    torch.jit.save(torch.jit.script(quantized), OUT / "quantized.pt")


# --- inputs of every kind -----------------------------------------------------------------------
def inputs():
    x = torch.from_numpy(np.load(OUT / "mlp.inputs.npy"))
    a = x.numpy()
    torch.save(x, OUT / "in_tensor.pt")
    torch.save((x,), OUT / "in_tuple.pt")
    torch.save([x], OUT / "in_list.pt")
    torch.save({"x": x}, OUT / "in_dict.pt")
    torch.save({"x": x.double()}, OUT / "in_double.pt")
    torch.save({"x": x.int()}, OUT / "in_int.pt")
    torch.save({"y": x, "x": x}, OUT / "in_extra.pt")
    torch.save({"y": x}, OUT / "in_other_name.pt")
    torch.save((x, x), OUT / "in_two.pt")
    torch.save({}, OUT / "in_empty.pt")
    torch.save(x[:, :7], OUT / "in_narrow.pt")
    broken = x.clone()
    broken[3, 4] = float("nan")
    torch.save({"x": broken}, OUT / "in_nan.pt")
    torch.save({"x": "text"}, OUT / "in_text.pt")
    torch.save({"x": torch.randn(32, 24)}, OUT / "in_noise.pt")
    torch.save(x, OUT / "in_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"x": x}, OUT / "in_protocol4.pt", pickle_protocol=4)
    np.save(OUT / "in_fortran.npy", np.asfortranarray(a))
    np.save(OUT / "in_big_endian.npy", a.astype(">f4"))
    np.save(OUT / "in_half.npy", a.astype(np.float16))
    np.save(OUT / "in_object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez(OUT / "in_positional.npz", a)
    np.savez_compressed(OUT / "in_deflated.npz", x=a)
    save_file({"x": x}, OUT / "in_named.safetensors")
    save_file({"x": x.bfloat16()}, OUT / "in_bfloat16.safetensors")
    whole = (OUT / "in_named.safetensors").read_bytes()
    (OUT / "in_truncated.safetensors").write_bytes(whole[:-100])
    torch.save({"ids": torch.randint(0, 128, (2, 5))}, OUT / "encoder_missing.pt")
    torch.save({"ids": torch.full((2, 5), 500), "attention_mask": torch.ones(2, 5)},
               OUT / "encoder_out_of_range.pt")
    torch.save(torch.from_numpy(np.load(OUT / "cnn.inputs.npz")["image"])[0], OUT / "cnn_no_batch.pt")
    torch.save(torch.rand(2, 1, 16, 16), OUT / "cnn_one_channel.pt")
    torch.save(smooth(8, 6), OUT / "six.pt")


# --- files that are no models -------------------------------------------------------------------
class Evil:
    def __reduce__(self):
        return (os.system, ("touch bitfront_was_here.bin",))


def rewritten(source: pathlib.Path, target: pathlib.Path, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            data = change(entry.filename, old.read(entry.filename))
            if data is not None:
                new.writestr(entry.filename, data)


def bad_files():
    model = Mlp()
    torch.save(model.state_dict(), OUT / "bad_state_dict.pt")
    torch.save(model, OUT / "bad_pickled_module.pt")
    torch.save(model.state_dict(), OUT / "bad_legacy.pt", _use_new_zipfile_serialization=False)
    save_file(model.state_dict(), OUT / "bad_model.safetensors")
    with zipfile.ZipFile(OUT / "bad_exported.pt2", "w") as archive:  # as PyTorch 2.1 to 2.7 wrote them
        archive.writestr("serialized_exported_program.json", b"{}")
        archive.writestr("version", b"8.1")
    whole = (OUT / "mlp.pt").read_bytes()
    (OUT / "bad_truncated.pt").write_bytes(whole[: len(whole) // 2])
    (OUT / "bad_empty.pt").write_bytes(b"")
    (OUT / "bad_text.pt").write_text("<html><body>404: not found</body></html>\n")
    (OUT / "bad_bytes.pt").write_bytes(np.random.default_rng(1).bytes(600))
    (OUT / "bad_onnx.pt").write_bytes(b"\x08\x08\x12\x07pytorch\x1a\x032.1:\x20" + bytes(64))
    # One flipped bit in a weight: LibTorch loads it without a word.
    with zipfile.ZipFile(OUT / "mlp.pt") as archive:
        entry = next(i for i in archive.infolist() if "/data/" in i.filename and i.file_size > 500)
        weight = archive.read(entry.filename)
    damaged = bytearray(whole)
    damaged[whole.index(weight) + 101] ^= 0x10
    (OUT / "bad_bit.pt").write_bytes(damaged)
    with zipfile.ZipFile(OUT / "bad_compiled.pt2", "w") as archive:
        archive.writestr("model/data/aotinductor/model/model.so", b"\x7fELF")
        archive.writestr("model/archive_format", b"pt2")
    with zipfile.ZipFile(OUT / "bad_coreml.mlpackage.zip", "w") as archive:
        archive.writestr("m.mlpackage/Manifest.json", b"{}")
    torch.jit.save(torch.jit.script(Writer()), OUT / "bad_writer.pt")
    torch.jit.save(torch.jit.script(WriterAtLoad()), OUT / "bad_writer_at_load.pt")
    rewritten(OUT / "mlp.pt", OUT / "bad_evil_script.pt",
              lambda n, d: pickle.dumps(Evil(), protocol=2) if n.endswith("/data.pkl") else d)
    rewritten(OUT / "mlp.pt", OUT / "bad_foreign_ops.pt",
              lambda n, d: d.replace(b"torch.relu(", b"ops.torchvision.nms(") if n.endswith(".py") else d)
    torch.save({"x": torch.ones(2, 24), "e": Evil()}, OUT / "in_evil.pt")


def main():
    torch.manual_seed(7)
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    good_models()
    inputs()
    bad_files()
    (OUT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")
    total = sum(f.stat().st_size for f in OUT.iterdir())
    print(f"{len(list(OUT.iterdir()))} files, {total / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
