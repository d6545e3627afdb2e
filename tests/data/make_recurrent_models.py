# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the models with LSTM, GRU and RNN weights, for the tests of their compression. Re-runnable:
python make_recurrent_models.py   (needs torch 2.9 or newer, safetensors). Writes into recurrent/ beside
this file.

Every model NAME has NAME.pt and NAME.pt2 where expected.json says so, NAME.inputs.safetensors,
NAME.outputs.safetensors (of the eager model) and NAME.w8.safetensors: outputs of the eager model after
its weights, those of recurrent layers included, were replaced by their int8 values (symmetric, one scale
per output). expected.json lists the layers."""
import copy
import json
import pathlib
import warnings
from typing import List

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from model_parts import fake_quant_int8, flatten, save_program, smooth

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parent / "recurrent"
EXPECTED = {}


class Sequence(nn.Module):
    def __init__(self, kind, features=8, **options):
        super().__init__()
        self.rnn = kind(6, 8, batch_first=True, **options)
        self.head = nn.Linear(features, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class Twins(nn.Module):
    """Two modules of one class: their code is shared, their weights are not."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.GRU(6, 8), nn.GRU(8, 8)
        self.third = nn.GRU(8, 8, num_layers=2)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.third(self.second(self.first(x)[0])[0])[0])


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.gru, self.rnn = nn.LSTMCell(6, 8), nn.GRUCell(8, 8), nn.RNNCell(8, 8)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        hidden, state = self.lstm(x)
        hidden, state = self.lstm(x, (hidden, state))
        return self.head(self.rnn(self.gru(hidden)))


class Alone(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(6, 8)

    def forward(self, x):
        return self.rnn(x)[0]


class Listed(nn.Module):
    """A list of parameters of a model's own; scripted, the list is an attribute beside them."""
    weights: List[Tensor]

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.weight = nn.Parameter(torch.randn(6, 6) * 0.4)
        self.weights = [self.weight]

    def forward(self, x: Tensor) -> Tensor:
        for weight in self.weights:
            x = F.linear(x, weight)
        return self.a(x)


class Grown(Listed):
    """Does more with its list than reading."""

    def forward(self, x: Tensor) -> Tensor:
        taken: List[Tensor] = []
        taken.extend(self.weights)
        return self.a(F.linear(x, taken[0]))


def compressible(model):
    """(module, parameter) of every weight, as Bitfront's layers with recurrent ones."""
    for module in model.modules():
        names = ["weight"] if isinstance(module, nn.Linear) else [
            n for n, _ in module.named_parameters(recurse=False)
            if n.startswith("weight_") and isinstance(module, (nn.RNNBase, nn.RNNCellBase))]
        for name in names:
            yield module, name


def layers(model):
    for path, module in model.named_modules():
        for owner, name in compressible(model):
            if owner is module:
                yield path if name == "weight" else f"{path}.{name}"


def outputs(model, inputs):
    with torch.no_grad():
        return {k: v.clone().contiguous() for k, v in flatten(model(*inputs.values())).items()}


def make(name, model, inputs, script=False, freeze=False, ts=True, pt2=True, decompose=False):
    model.eval()
    for parameter in model.parameters():  # small weights hide what is wrong with them
        parameter.data.mul_(2)
    save_file(inputs, OUT / f"{name}.inputs.safetensors")
    save_file(outputs(model, inputs), OUT / f"{name}.outputs.safetensors")
    args = tuple(inputs.values())
    if ts:
        compiled = torch.jit.script(model) if script else torch.jit.trace(copy.deepcopy(model), args)
        torch.jit.save(torch.jit.freeze(compiled.eval()) if freeze else compiled, OUT / f"{name}.pt")
    if pt2:
        with torch.no_grad():
            program = torch.export.export(model, args)
            save_program(program.run_decompositions() if decompose else program, OUT / f"{name}.pt2")
    quantized = copy.deepcopy(model)
    with torch.no_grad():
        for module, parameter in compressible(quantized):
            getattr(module, parameter).copy_(fake_quant_int8(getattr(module, parameter), 0))
    save_file(outputs(quantized, inputs), OUT / f"{name}.w8.safetensors")
    EXPECTED[name] = {"ts": ts, "pt2": pt2, "frozen": freeze, "layers": list(layers(model)),
                      "parameters": sum(p.numel() for p in model.parameters())}


def main():
    torch.manual_seed(14)
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    both = {"num_layers": 2, "bidirectional": True, "features": 16}
    make("lstm", Sequence(nn.LSTM, **both), {"x": smooth(2, 5, 6)})
    make("lstm_scripted", Sequence(nn.LSTM, **both), {"x": smooth(2, 5, 6)}, script=True)
    make("lstm_frozen", Sequence(nn.LSTM, **both), {"x": smooth(2, 5, 6)}, freeze=True, pt2=False)
    make("lstm_frozen_scripted", Sequence(nn.LSTM, **both), {"x": smooth(2, 5, 6)}, script=True, freeze=True,
         pt2=False)
    make("lstm_projected", Sequence(nn.LSTM, proj_size=4, features=4), {"x": smooth(2, 5, 6)})
    make("lstm_decomposed", Sequence(nn.LSTM), {"x": smooth(2, 5, 6)}, ts=False, decompose=True)
    make("gru_unbiased", Sequence(nn.GRU, bias=False), {"x": smooth(2, 5, 6)}, script=True)
    make("gru_decomposed", Sequence(nn.GRU), {"x": smooth(2, 5, 6)}, ts=False, decompose=True)
    make("rnn", Sequence(nn.RNN, nonlinearity="relu"), {"x": smooth(2, 5, 6) * 0.2})
    make("twins", Twins(), {"x": smooth(5, 2, 6)}, script=True)
    make("cells", Cells(), {"x": smooth(3, 6)}, script=True)
    make("cells_frozen", Cells(), {"x": smooth(3, 6)}, script=True, freeze=True, pt2=False)
    make("alone", Alone(), {"x": smooth(5, 2, 6)})
    for name, model in (("listed", Listed()), ("grown", Grown())):
        inputs = {"x": smooth(3, 6)}
        save_file(inputs, OUT / f"{name}.inputs.safetensors")
        torch.jit.save(torch.jit.script(model.eval()), OUT / f"{name}.pt")
    (OUT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")
    print(f"{len(list(OUT.iterdir()))} files, {sum(f.stat().st_size for f in OUT.iterdir()) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
