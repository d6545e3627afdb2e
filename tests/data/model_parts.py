# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that make test models share: a model that several need, inputs, flat outputs, the
reference's int8 weights, changed archives."""
import json
import zipfile
from typing import Dict

import torch
from torch import Tensor, nn


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(24, 32), nn.GELU(), nn.Linear(32, 32), nn.ReLU())
        self.head = nn.Linear(32, 5)

    def forward(self, x):
        return self.head(self.net(x))


def smooth(*shape):
    """Structured data: neighbours resemble each other, as in images and signals."""
    grid = torch.linspace(0, 6.28, shape[-1])
    return torch.sin(grid) * torch.ones(shape) + torch.randn(*shape[:-1], 1) * 0.7 + 0.1 * torch.randn(shape)


def fake_quant_int8(w: Tensor, axis: int) -> Tensor:
    """int8, symmetric, one scale per slice of `axis`; range −128…127, divisor 127.5."""
    v = w.detach().float()
    largest = v.abs().amax([d for d in range(v.dim()) if d != axis], keepdim=True)
    scale = torch.clamp(largest / 127.5, min=2.0**-23).to(w.dtype).float()
    return (torch.clamp(torch.round(v / scale), -128, 127) * scale).to(w.dtype)


def flatten(value, name="") -> Dict[str, Tensor]:
    """Outputs by the names that Bitfront gives them."""
    if isinstance(value, Tensor):
        return {name or "out_0": value}
    if isinstance(value, int):
        return {name or "out_0": torch.tensor(value)}
    found = {}
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        found.update(flatten(entry, f"{name}.{key}" if name else (key if isinstance(key, str) else f"out_{key}")))
    return found


def change_archive(source, target, change):
    """A copy of an archive; `change` gets an entry's name below the top folder and its bytes, and gives the
    new ones, None for none."""
    with zipfile.ZipFile(source) as old:
        entries = [(i.filename, old.read(i.filename)) for i in old.infolist()]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for filename, content in entries:
            top, name = filename.split("/", 1)
            data = change(name, content)
            if data is not None:
                new.writestr(f"{top}/{name}", data)


def with_json(name, edit):
    """A change of one JSON entry; `edit` changes its content or gives another."""
    def change(entry, data):
        if entry != name:
            return data
        content = json.loads(data)
        return json.dumps(edit(content) or content).encode()
    return change


def without_stack_traces(content):
    """The lines of Python that nodes came from: they name folders of the machine."""
    if isinstance(content, dict):
        content.pop("stack_trace", None)
    for entry in content.values() if isinstance(content, dict) else content:
        if isinstance(entry, (dict, list)):
            without_stack_traces(entry)


def save_program(program, path):
    """A torch.export program without stack traces."""
    torch.export.save(program, path)
    change_archive(path, path, with_json("models/model.json", without_stack_traces))
