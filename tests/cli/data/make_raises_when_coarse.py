# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes raises_when_coarse.pt and its inputs: a model that refuses weights of few distinct values, so
that some configurations of a sweep fail and others do not. Needs torch."""
import pathlib
import warnings
import zipfile

import torch

HERE = pathlib.Path(__file__).resolve().parent


class RaisesWhenCoarse(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(32, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.unique(self.fc.weight[0]).numel() <= 16:
            raise RuntimeError("the weights are too coarse")
        return self.fc(x)


torch.manual_seed(3)
warnings.simplefilter("ignore", DeprecationWarning)
path = HERE / "raises_when_coarse.pt"
torch.jit.save(torch.jit.script(RaisesWhenCoarse().eval()), path)
with zipfile.ZipFile(path) as archive:
    entries = [(info, archive.read(info)) for info in archive.infolist()]
with zipfile.ZipFile(path, "w") as archive:  # without the paths of the machine that made it
    for info, content in entries:
        if not info.filename.endswith(".debug_pkl"):
            archive.writestr(zipfile.ZipInfo(info.filename), content)
torch.save({"x": torch.linspace(-1, 1, 8 * 32).reshape(8, 32).cos()}, HERE / "raises_when_coarse.inputs.pt")
