# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small models of tst_engine_arguments into models/: arguments with values of their own, a
list that forward() writes into, state that only the first of two batches changes.

    python make_argument_models.py
"""
import pathlib
from typing import List, Optional

import torch
from torch import nn

OUT = pathlib.Path(__file__).parent / "models"


class Defaults(nn.Module):
    """Without `factor` 0.5 times, with None 100 times."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 4)

    def forward(self, x, factor: Optional[float] = 0.5, shift: float = 0.0):
        y = self.layer(x) + shift
        return y * 100 if factor is None else y * factor


class WritesList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 4)

    def forward(self, xs: List[torch.Tensor]):
        xs[0].mul_(2.0)
        xs.append(xs[0])
        return self.layer(xs[0] + xs[1])


class Remembers(nn.Module):
    """Scales by the largest value that it has ever seen."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 4)
        self.register_buffer("most", torch.ones(()))

    def forward(self, x):
        self.most = torch.maximum(self.most, x.abs().max())
        return self.layer(x) * self.most


def save(name, model, **inputs):
    torch.jit.save(torch.jit.script(model.eval()), OUT / f"{name}.pt")
    for key, value in inputs.items():
        torch.save(value, OUT / f"{name}.{key}.pt")


def main():
    torch.manual_seed(31)
    x = torch.randn(6, 8)
    save("defaults", Defaults(), inputs={"x": x}, half={"x": x, "factor": 0.5},
         whole={"x": x, "factor": 2, "shift": 0})
    save("writes_list", WritesList(), inputs={"xs": [x, torch.randn(6, 8)]})
    save("remembers", Remembers(), inputs=[(3 * x,), (0.1 * x,)])


if __name__ == "__main__":
    main()
