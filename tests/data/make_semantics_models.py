# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small models of tst_semantics into models/: a batch norm whose gamma is zero in some
channels, a network with weights below the palettization's rounding step, one with a layer of zeros.

    python make_semantics_models.py
"""
import pathlib

import torch
from torch import nn

OUT = pathlib.Path(__file__).parent / "models"


class ZeroGamma(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.head = nn.Linear(16, 8)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.conv(x))).mean((2, 3)))


class SmallWeights(nn.Module):
    """`small` alone decides the output's shape; its weights are below 5e-5."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 16)
        self.small = nn.Linear(16, 16, bias=False)
        self.last = nn.Linear(16, 4)

    def forward(self, x):
        return self.last(torch.tanh(self.small(self.first(x)) * 5e4))


class ZeroLayer(nn.Module):
    """One layer of nothing but zeros, one with a single other row, one of a single weight."""

    def __init__(self):
        super().__init__()
        self.first, self.none = nn.Linear(16, 32), nn.Linear(32, 32)
        self.row, self.one = nn.Linear(32, 16), nn.Linear(1, 1)
        self.none.weight.data.zero_()
        self.row.weight.data[torch.arange(16) != 5] = 0

    def forward(self, x):
        y = self.first(x)
        y = self.row(torch.tanh(y + self.none(y)))
        return y + self.one(y[:, :1])


def save(name, model, x):
    model.eval()
    torch.jit.save(torch.jit.script(model), OUT / f"{name}.pt")
    torch.save({"x": x}, OUT / f"{name}.inputs.pt")


def main():
    torch.manual_seed(20)
    model = ZeroGamma()
    with torch.no_grad():
        model.norm.weight.uniform_(0.5, 1.5)
        model.norm.weight[::3] = 0
        model.norm.running_mean.uniform_(-0.2, 0.2)
        model.norm.running_var.uniform_(0.5, 2)
    ramp = torch.linspace(-1, 1, 4 * 8 * 8).reshape(1, 4, 8, 8)
    save("zero_gamma", model, torch.cat([torch.sin(3 * k * ramp) for k in range(1, 7)]))

    small = SmallWeights()
    with torch.no_grad():
        small.small.weight.uniform_(-4.5e-5, 4.5e-5)
    save("small_weights", small, torch.randn(12, 8))
    save("zero_layer", ZeroLayer(), torch.randn(12, 16))


if __name__ == "__main__":
    main()
