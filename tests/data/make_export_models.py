# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the models that exist in both file formats, for the tests that compare them. Re-runnable:
python make_export_models.py   (needs torch 2.9 or newer, safetensors). Writes into pairs/ beside
this file.

Every model NAME has NAME.pt (TorchScript) and NAME.pt2 (torch.export) where the format can hold it,
NAME.inputs.safetensors under the names of forward()'s arguments and NAME.outputs.safetensors: the
outputs of the eager model. expected.json lists what exists."""
import collections
import copy
import dataclasses
import json
import pathlib
import pickle
import shutil
import warnings
import zipfile
from typing import Dict, List, Optional, Tuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from model_parts import Mlp, change_archive, flatten, save_program, smooth, with_json

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parent / "pairs"
EXPECTED: Dict[str, dict] = {}


# --- models -----------------------------------------------------------------------------------
class ResidualBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x
        return self.relu(y)


class BatchNormCnn(nn.Module):
    """Residual blocks that write in place, as torchvision's do."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.layer1, self.layer2 = ResidualBlock(8), ResidualBlock(8)
        self.fc = nn.Linear(8, 6)

    def forward(self, image):
        x = F.max_pool2d(F.relu(self.stem(image)), 2)
        return self.fc(F.adaptive_avg_pool2d(self.layer2(self.layer1(x)), 1).flatten(1))


class DepthwiseCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16),
                                  nn.Hardswish())
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False)
        self.pointwise = nn.Conv2d(16, 24, 1, bias=False)
        self.bn = nn.BatchNorm2d(24)
        self.head = nn.Linear(24, 4)

    def forward(self, image):
        x = F.relu6(self.bn(self.pointwise(self.depthwise(self.stem(image)))))
        return self.head(x.mean((2, 3)))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(12, 8, 2, stride=2)
        self.merge = nn.Conv2d(16, 8, 3, padding=1)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x) -> Tuple[Tensor, Tensor]:
        a = F.relu(self.down1(x))
        b = self.up(F.relu(self.down2(a)))
        y = self.out(F.relu(self.merge(torch.cat([a, b], 1))))
        large = F.interpolate(y, scale_factor=2.0, mode="bilinear", align_corners=False)
        return large, torch.sigmoid(large) > 0.5


class Encoder(nn.Module):
    """PyTorch's own encoder with a padding mask."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(64, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 3)

    def forward(self, ids, padding):
        return self.head(self.encoder(self.tokens(ids), src_key_padding_mask=padding).mean(1))


class DecoderBlock(nn.Module):
    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = [y.view(b, t, self.heads, -1).transpose(1, 2) for y in self.qkv(self.norm1(x)).chunk(3, -1)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Decoder(nn.Module):
    """A small GPT: the output layer shares the embedding's weight."""

    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(48, 16), nn.Embedding(12, 16)
        self.blocks = nn.ModuleList([DecoderBlock(16, 2) for _ in range(2)])
        self.norm = nn.LayerNorm(16)
        self.lm_head = nn.Linear(16, 48, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.size(1)))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.norm(x))


class VisionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.cls = nn.Parameter(torch.randn(1, 1, 16) * 0.1)
        self.positions = nn.Parameter(torch.randn(1, 17, 16) * 0.1)
        self.norm1, self.norm2 = nn.LayerNorm(16), nn.LayerNorm(16)
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))
        self.head = nn.Linear(16, 5)

    def forward(self, image):
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.size(0), -1, -1), x], 1) + self.positions
        y = self.norm1(x)
        x = x + self.attn(y, y, y, need_weights=False)[0]
        x = x + self.mlp(self.norm2(x))
        return self.head(x[:, 0])


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.rnn = kind(6, 12, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(24, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class DictInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.head = nn.Linear(6, 8), nn.Linear(4, 8), nn.Linear(8, 3)

    def forward(self, batch: Dict[str, Tensor]) -> Dict[str, Tensor]:
        features = torch.relu(self.a(batch["x"]) + self.b(batch["y"]))
        return {"logits": self.head(features), "features": features}


class MultiInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.table = nn.Conv2d(1, 6, 3), nn.Linear(5, 6)
        self.head = nn.Linear(12, 3)

    def forward(self, image: Tensor, table: Tensor, weight: Tensor):
        return self.head(torch.cat([self.image(image).mean((2, 3)), torch.tanh(self.table(table))], 1) * weight)


class NestedInput(nn.Module):
    """Inputs in a dict and a tuple, one of them by keyword: for torch.export only."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)

    def forward(self, batch: Dict[str, Tensor], pair: Tuple[Tensor, Tensor], *, scale: Tensor):
        return (self.a(batch["x"]) * scale, [self.b(batch["y"]), pair[0] + pair[1]])


class MultiOutput(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.logits, self.boxes = nn.Linear(16, 4), nn.Linear(16, 8)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        h = torch.relu(self.body(x))
        return {"logits": self.logits(h), "boxes": self.boxes(h), "mask": h > 0.2}


@dataclasses.dataclass
class Given:
    x: Tensor
    y: Tensor


@dataclasses.dataclass
class Found:
    """A field that is None leaves no output behind."""

    boxes: Tensor
    scores: Optional[Tensor] = None


class Pair:
    """A container of somebody's own, whose context is no JSON."""

    def __init__(self, first, second):
        self.both = (first, second)


Limits = collections.namedtuple("Limits", "low high")


class Containers(nn.Module):
    """Inputs and outputs in containers that name their parts, each in a way of its own."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 4), nn.Linear(6, 4)

    def forward(self, given: Given):
        a, b = self.a(given.x), self.b(given.y)
        parts = collections.defaultdict(list, {"first": a - b, "second": b - a})
        return Found(a, b), Found(a + b), Limits(a - 1, b + 1), parts, {"one": a * 2}, Pair(a * b, a * 3)


class DynamicBatch(nn.Module):
    """Sizes are computed with: symbolic numbers stand in the exported graph."""

    def __init__(self):
        super().__init__()
        self.embed, self.fc = nn.Embedding(32, 12), nn.Linear(12, 12)
        self.head = nn.Linear(24, 3)

    def forward(self, ids):
        n = ids.size(0)
        x = self.fc(self.embed(ids))
        pairs = x[:, : ids.size(1) // 2 * 2].reshape(n, -1, 24)
        return self.head(pairs) / ids.size(1)


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.positive, self.negative, self.head = nn.Linear(6, 8), nn.Linear(6, 8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        if bool(x.sum() > 0):
            y = torch.relu(self.positive(x))
        else:
            y = torch.tanh(self.negative(x))
        return self.head(y)


class Cond(Branch):
    def forward(self, x):
        y = torch.cond(x.sum() > 0, lambda v: torch.relu(self.positive(v)),
                       lambda v: torch.tanh(self.negative(v)), (x,))
        return self.head(y)


class Regions(nn.Module):
    """Regions of code that become graphs of their own; whole numbers computed with; several results."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 4)

    def forward(self, x):
        y = self.a(x)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = self.b(y)
        y = y.float()
        n = x.size(0)
        top, where = torch.topk(self.c(y), 2)
        rows = torch.arange((n * n + 5) // 3 - n % 2, device=x.device)
        return {"top": top, "where": where, "rows": rows, "parts": [p * 2 for p in y.split(4, dim=1)], "n": n * 2}


class WhileLoop(nn.Module):
    """Runs a layer as long as its input says."""

    def __init__(self):
        super().__init__()
        self.step, self.head = nn.Linear(6, 6), nn.Linear(6, 3)

    def forward(self, x, count):
        from torch._higher_order_ops.while_loop import while_loop

        def more(i, v):
            return i < count

        def body(i, v):
            return i + 1, torch.tanh(self.step(v))

        return self.head(while_loop(more, body, (torch.zeros((), dtype=torch.int64), x))[1])


class Loop(nn.Module):
    """A Python loop over layers and over time steps."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.cell = nn.Linear(16, 8)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.relu(layer(x)) + x
        state = torch.zeros(x.size(0), 8)
        states: List[Tensor] = []
        for t in range(x.size(1)):
            state = torch.tanh(self.cell(torch.cat([x[:, t], state], 1)))
            states.append(state)
        return torch.stack(states, 1)


class Stateful(nn.Module):
    """Keeps a running mean in place: without care the second pass differs."""

    def __init__(self):
        super().__init__()
        self.fc, self.head = nn.Linear(6, 6), nn.Linear(6, 2)
        self.register_buffer("mean", torch.zeros(6))

    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(self.fc(x))
        self.mean.mul_(0.9).add_(y.mean(0) * 0.1)
        return self.head(y - self.mean)


@torch.jit.script
class Counter:
    def __init__(self, start: float):
        self.value = start

    def step(self) -> float:
        self.value = self.value + 1.0
        return self.value


class ScriptState(nn.Module):
    """State in places that are no buffers: an object of a TorchScript class, a dict, a list."""

    counter: Counter
    seen: Dict[str, Tensor]
    calls: List[int]

    def __init__(self):
        super().__init__()
        self.fc, self.head = nn.Linear(6, 6), nn.Linear(6, 2)
        self.counter, self.seen, self.calls = Counter(0.0), {"sum": torch.zeros(6)}, [0]

    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(self.fc(x))
        self.seen["sum"] = self.seen["sum"] + y.mean(0)
        self.calls.append(len(self.calls))
        return self.head(y * self.counter.step() - self.seen["sum"]) + float(len(self.calls))


class PartlyQuantized(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.rest = nn.Linear(6, 4), nn.Sequential(nn.Linear(4, 3))

    def forward(self, x):
        return self.rest(self.first(x))


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.up1 = nn.Conv1d(2, 6, 3, padding=1), nn.ConvTranspose1d(6, 4, 2, stride=2)
        self.conv3, self.up3 = nn.Conv3d(1, 4, 3, padding=1), nn.ConvTranspose3d(4, 2, 2, stride=2)

    def forward(self, signal, volume):
        return self.up1(F.relu(self.conv1(signal))), self.up3(F.relu(self.conv3(volume)))


class ScaledLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 6))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight[:4])


class Functional(nn.Module):
    """Weights that only operators show to be such, a product with a parameter, one without use."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(6, 6))
        self.mix = nn.Parameter(torch.randn(4, 4))
        self.part = ScaledLinear()
        self.unused = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.part(torch.relu(F.linear(x, self.weight)))) @ self.mix


class Product(nn.Module):
    """A weight on the right of a matrix product: [in, out], or transposed as in Linear."""

    transposed: torch.jit.Final[bool]

    def __init__(self, inputs: int, outputs: int, transposed: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) if transposed else torch.randn(inputs, outputs))
        self.transposed = transposed

    def forward(self, x: Tensor) -> Tensor:
        if self.transposed:
            return x @ self.weight.t()
        return torch.matmul(x, self.weight)


class Products(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Product(6, 16, False), Product(16, 8, True)
        self.mix = nn.Parameter(torch.randn(8, 8))

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.second(torch.relu(self.first(x)))) @ self.mix


# --- inputs --------------------------------------------------------------------------------------
def randomised(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return model


def run(model, args, kwargs=None):
    with torch.no_grad():  # a copy runs: state must be saved as it was before the first pass
        return {k: v.clone() for k, v in flatten(copy.deepcopy(model)(*args, **(kwargs or {}))).items()}


def save_tensors(path, tensors):
    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, path)


def pair(name, model, inputs, script=False, ts=True, pt2=True, dynamic=None, ts_model=None, tolerance=1e-5):
    """`inputs`: by name of forward()'s arguments."""
    model.eval()
    reference = run(model, tuple(inputs.values()))
    if ts:
        source = (ts_model or model).eval()
        compiled = torch.jit.script(source) if script else torch.jit.trace(
            copy.deepcopy(source), tuple(inputs.values()), check_trace=False, strict=False)
        torch.jit.save(compiled, OUT / f"{name}.pt")
    if pt2:
        program = torch.export.export(model, tuple(inputs.values()), dynamic_shapes=dynamic)
        save_program(program, OUT / f"{name}.pt2")
    save_tensors(OUT / f"{name}.inputs.safetensors", inputs)
    save_tensors(OUT / f"{name}.outputs.safetensors", reference)
    EXPECTED[name] = {"ts": ts, "pt2": pt2, "outputs": list(reference), "tolerance": tolerance}
    return reference


def good_models():
    batch = torch.export.Dim("batch", min=1, max=64)
    pair("mlp", Mlp(), {"x": smooth(8, 24)})
    pair("bn_cnn", randomised(BatchNormCnn()), {"image": smooth(2, 3, 12, 12)})
    pair("depthwise_cnn", randomised(DepthwiseCnn()), {"image": smooth(2, 3, 12, 12)}, script=True)
    pair("unet", UNet(), {"x": smooth(2, 1, 8, 8)})
    padding = torch.zeros(2, 7, dtype=torch.bool)
    padding[1, 5:] = True
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.no_grad():
        pair("encoder", Encoder(), {"ids": torch.randint(0, 64, (2, 7)), "padding": padding})
        pair("vit", VisionTransformer(), {"image": smooth(2, 3, 16, 16)})
    pair("decoder", Decoder(), {"ids": torch.randint(0, 48, (2, 9))})
    pair("lstm", Recurrent(nn.LSTM), {"x": smooth(2, 5, 6)})
    pair("gru", Recurrent(nn.GRU), {"x": smooth(2, 5, 6)}, script=True)
    pair("multi_input", MultiInput(), {"image": smooth(3, 1, 6, 6), "table": smooth(3, 5),
                                       "weight": torch.rand(3, 1)}, script=True)
    pair("multi_output", MultiOutput(), {"x": smooth(12, 8)}, script=True)
    pair("dynamic", DynamicBatch(), {"ids": torch.randint(0, 32, (3, 7))}, script=True, dynamic=({0: batch},))
    branch = Branch()
    cond = Cond()
    cond.load_state_dict(branch.state_dict())
    pair("cond", cond, {"x": smooth(4, 6) + 1}, script=True, ts_model=branch)
    pair("while_loop", WhileLoop(), {"x": smooth(4, 6), "count": torch.tensor(3)}, ts=False)
    pair("loop", Loop(), {"x": smooth(2, 4, 8)}, script=True)
    pair("half", Mlp().half(), {"x": smooth(8, 24).half()})
    pair("bfloat16", Mlp().bfloat16(), {"x": smooth(8, 24).bfloat16()})
    pair("stateful", Stateful(), {"x": smooth(6, 6)}, script=True)
    pair("convolutions", Convolutions(), {"signal": smooth(2, 2, 10), "volume": smooth(1, 1, 4, 4, 4)})
    pair("functional", Functional(), {"x": smooth(5, 6)}, script=True)
    frozen = Mlp().eval()
    inputs = {"x": smooth(8, 24)}
    torch.jit.save(torch.jit.freeze(torch.jit.script(frozen)), OUT / "frozen.pt")
    save_tensors(OUT / "frozen.inputs.safetensors", inputs)
    save_tensors(OUT / "frozen.outputs.safetensors", run(frozen, tuple(inputs.values())))
    EXPECTED["frozen"] = {"ts": True, "pt2": False, "outputs": ["out_0"], "tolerance": 1e-5}
    torch.manual_seed(12)
    script_state()
    export_only()
    products()
    dict_input()
    containers()


def containers():
    from torch.utils import _pytree
    for kind in (Given, Found):
        torch.export.register_dataclass(kind, serialized_type_name=f"bitfront.{kind.__name__}")
    _pytree._register_namedtuple(Limits, serialized_type_name="bitfront.Limits")
    _pytree.register_pytree_node(Pair, lambda p: (list(p.both), None), lambda parts, context: Pair(*parts),
                                 serialized_type_name="bitfront.Pair",
                                 to_dumpable_context=lambda context: "a pair, in words",
                                 from_dumpable_context=lambda text: None)
    torch.manual_seed(17)
    model, given = Containers().eval(), Given(smooth(3, 6), smooth(3, 6))
    save_program(torch.export.export(model, (given,)), OUT / "containers.pt2")
    save_tensors(OUT / "containers.inputs.safetensors", {"given.x": given.x, "given.y": given.y})
    with torch.no_grad():
        found, sums, limits, parts, one, pair_of_two = model(given)
    reference = {"out_0.boxes": found.boxes, "out_0.scores": found.scores, "out_1.boxes": sums.boxes,
                 "out_2.low": limits.low, "out_2.high": limits.high,
                 "out_3.first": parts["first"], "out_3.second": parts["second"], "out_4.one": one["one"],
                 "out_5.0": pair_of_two.both[0], "out_5.1": pair_of_two.both[1]}
    save_tensors(OUT / "containers.outputs.safetensors", reference)
    # The example inputs in the file are an object of a Python class.
    EXPECTED["containers"] = {"ts": False, "pt2": True, "stored": False, "outputs": list(reference),
                              "tolerance": 1e-5}


def dict_input():
    """One argument in TorchScript, two in the program; one file of inputs for both."""
    torch.manual_seed(16)
    model, batch = DictInput().eval(), {"x": smooth(5, 6), "y": smooth(5, 4)}
    torch.jit.save(torch.jit.script(model), OUT / "dict_input.pt")
    save_program(torch.export.export(model, (batch,)), OUT / "dict_input.pt2")
    save_tensors(OUT / "dict_input.inputs.safetensors", {f"batch.{k}": v for k, v in batch.items()})
    reference = run(model, (batch,))
    save_tensors(OUT / "dict_input.outputs.safetensors", reference)
    EXPECTED["dict_input"] = {"ts": True, "pt2": True, "outputs": list(reference), "tolerance": 1e-5}


def products():
    torch.manual_seed(13)
    pair("products", Products(), {"x": smooth(5, 3, 6)}, script=True)
    with torch.no_grad():
        program = torch.export.load(OUT / "products.pt2").run_decompositions()
    save_program(program, OUT / "decomposed_products.pt2")
    for kind in ("inputs", "outputs"):
        shutil.copyfile(OUT / f"products.{kind}.safetensors", OUT / f"decomposed_products.{kind}.safetensors")
    EXPECTED["decomposed_products"] = {"ts": False, "pt2": True, "outputs": ["out_0"], "tolerance": 1e-5}


def script_state():
    """Eager modules cannot hold such objects: the scripted model itself gives the expected values."""
    inputs = {"x": smooth(6, 6)}
    torch.jit.save(torch.jit.script(ScriptState().eval()), OUT / "script_state.pt")
    save_tensors(OUT / "script_state.inputs.safetensors", inputs)
    with torch.no_grad():
        outputs = {"out_0": torch.jit.load(OUT / "script_state.pt")(inputs["x"])}
    save_tensors(OUT / "script_state.outputs.safetensors", outputs)
    EXPECTED["script_state"] = {"ts": True, "pt2": False, "outputs": ["out_0"], "tolerance": 1e-5}
    partly = PartlyQuantized().eval()
    partly.rest = torch.ao.quantization.quantize_dynamic(partly.rest, {nn.Linear})
    torch.jit.save(torch.jit.script(partly), OUT / "cpp_object.pt")


def export_only():
    """Programs that have no counterpart in TorchScript."""
    nested = NestedInput().eval()
    args = ({"x": smooth(3, 6), "y": smooth(3, 6)}, (smooth(3, 6), smooth(3, 6)))
    kwargs = {"scale": torch.tensor([0.5])}
    save_program(torch.export.export(nested, args, kwargs), OUT / "nested.pt2")
    save_tensors(OUT / "nested.inputs.safetensors",
                 {"batch.x": args[0]["x"], "batch.y": args[0]["y"], "pair.0": args[1][0], "pair.1": args[1][1],
                  "scale": kwargs["scale"]})
    reference = run(nested, args, kwargs)
    save_tensors(OUT / "nested.outputs.safetensors", reference)
    EXPECTED["nested"] = {"ts": False, "pt2": True, "outputs": list(reference), "tolerance": 1e-5}
    regions, x = Regions().eval(), smooth(4, 6)
    rows = torch.export.Dim("rows", min=3, max=32)
    save_program(torch.export.export(regions, (x,), dynamic_shapes=({0: rows},)), OUT / "regions.pt2")
    save_tensors(OUT / "regions.inputs.safetensors", {"x": x})
    reference = run(regions, (x,))
    save_tensors(OUT / "regions.outputs.safetensors", reference)
    EXPECTED["regions"] = {"ts": False, "pt2": True, "outputs": list(reference), "tolerance": 1e-5}
    for name, model, inputs in [("decomposed", randomised(DepthwiseCnn()), {"image": smooth(2, 3, 12, 12)}),
                                ("decomposed_vit", VisionTransformer(), {"image": smooth(2, 3, 16, 16)})]:
        model.eval()
        with torch.no_grad():
            program = torch.export.export(model, tuple(inputs.values())).run_decompositions()
        save_program(program, OUT / f"{name}.pt2")
        save_tensors(OUT / f"{name}.inputs.safetensors", inputs)
        save_tensors(OUT / f"{name}.outputs.safetensors", run(model, tuple(inputs.values())))
        EXPECTED[name] = {"ts": False, "pt2": True, "outputs": ["out_0"], "tolerance": 1e-5}


# --- programs that must be refused --------------------------------------------------------------
class Evil:
    def __reduce__(self):
        import os
        return (os.system, ("touch bitfront_was_here.bin",))


def changed(target: str, change, source="mlp.pt2"):
    change_archive(OUT / source, OUT / target, change)


def bad_files():
    model, weights = "models/model.json", "data/weights/model_weights_config.json"

    def target(value):
        def edit(content):
            content["graph_module"]["graph"]["nodes"][0]["target"] = value
        return edit

    def weight(key, value):
        def edit(content):
            content["config"]["head.weight"]["tensor_meta"][key] = value
        return edit

    def schema(content):
        content["schema_version"]["major"] = 9

    def pickled(content):
        content["config"]["head.weight"]["use_pickle"] = True

    def missing_value(content):
        content["graph_module"]["graph"]["nodes"][1]["inputs"][0]["arg"]["as_tensor"]["name"] = "nobody"

    changed("bad_schema.pt2", with_json(model, schema))
    changed("bad_operator.pt2", with_json(model, target("torch.ops.torchvision.nms.default")))
    changed("bad_file_operator.pt2", with_json(model, target("torch.ops.aten.from_file.default")))
    changed("bad_python_target.pt2", with_json(model, target("os.system")))
    changed("bad_value.pt2", with_json(model, missing_value))
    changed("bad_sizes.pt2", with_json(weights, weight("sizes", [{"as_int": 1 << 40}, {"as_int": 32}])))
    changed("bad_negative.pt2", with_json(weights, weight("storage_offset", {"as_int": -4})))
    changed("bad_strides.pt2", with_json(weights, weight("strides", [{"as_int": 1 << 62}, {"as_int": 1}])))
    changed("bad_pickled_weight.pt2", with_json(weights, pickled))
    changed("bad_json.pt2", lambda n, d: d[:-7] if n == model else d)
    changed("bad_missing_weight.pt2", lambda n, d: None if n == "data/weights/weight_0" else d)
    changed("bad_version.pt2", lambda n, d: b"7" if n == "archive_version" else d)
    changed("bad_samples.pt2",
            lambda n, d: evil_samples() if n == "data/sample_inputs/model.pt" else d)
    changed("old_2_8.pt2", lambda n, d: d, source="mlp.pt2")
    with zipfile.ZipFile(OUT / "old_2_8.pt2", "a") as archive:
        archive.writestr("mlp/data/weights/model.pt", b"")
    with zipfile.ZipFile(OUT / "old_2_5.pt2", "w") as archive:
        archive.writestr("serialized_exported_program.json", b"{}")
        archive.writestr("version", b"8.1")
    whole = (OUT / "mlp.pt2").read_bytes()
    (OUT / "bad_truncated.pt2").write_bytes(whole[: len(whole) * 2 // 3])


class Scanning(nn.Module):
    """Operators whose bodies are graphs, other than those that Bitfront runs."""

    def __init__(self, run):
        super().__init__()
        self.fc, self.run = nn.Linear(4, 4), run

    def forward(self, x):
        return self.fc(self.run(x))


class Decoded(nn.Module):
    """A weight as PT2E keeps it: integers, and an operator that makes floats of them."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("codes", torch.randint(-128, 128, (4, 4), dtype=torch.int8))

    def forward(self, x):
        decode = torch.ops.quantized_decomposed.dequantize_per_tensor
        return self.fc(F.linear(x, decode(self.codes, 0.1, 0, -128, 127, torch.int8)))


def unsupported():
    """Programs that PyTorch saves and Bitfront refuses by the names of their operators."""
    import torch.ao.quantization.fx._decomposed  # noqa: F401: registers the operators
    from torch._higher_order_ops import map as map_rows
    from torch._higher_order_ops.scan import scan
    torch.manual_seed(15)

    def sums(x):
        return scan(lambda carry, row: (carry + row, carry * row), torch.zeros(4), x)[1]

    for name, model in (("bad_scan", Scanning(sums)),
                        ("bad_map", Scanning(lambda x: map_rows(lambda row: row.sin() + 1, x))),
                        ("bad_pt2e", Decoded())):
        save_program(torch.export.export(model.eval(), (smooth(3, 4),)), OUT / f"{name}.pt2")
    # What torch.export.save leaves behind when it meets an operator that it cannot save.
    changed("bad_unfinished.pt2", lambda n, d: None if n.startswith("models/") else d)


def evil_samples() -> bytes:
    import io
    buffer = io.BytesIO()
    torch.save(((torch.ones(8, 24), Evil()), {}), buffer)
    return buffer.getvalue()


def main():
    torch.manual_seed(11)
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    good_models()
    bad_files()
    unsupported()
    (OUT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")
    print(f"{len(list(OUT.iterdir()))} files, {sum(f.stat().st_size for f in OUT.iterdir()) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
