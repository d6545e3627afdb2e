# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the demo model and writes digits_cnn.pt and digits_inputs.pt beside this file.

A small residual CNN on the handwritten digits that ship with scikit-learn: real scans, no download.
Seeded and single-threaded, a minute or two on any CPU. Re-run it with

    pip install torch==2.13.0 numpy scikit-learn
    python resources/demo/train_demo.py
"""
import argparse
import pathlib
import warnings
import zipfile

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional as F

SEED = 7
EPOCHS = 40
BATCH = 64
TEST_IMAGES = 360  # of 1,797
REFERENCE_IMAGES = 256  # test images that become the reference input
REQUIRED_ACCURACY = 0.97


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch norm around a shortcut; `down` fits the shortcut's shape."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = None
        if stride != 1 or inputs != outputs:
            self.down = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        shortcut = x if self.down is None else self.down(x)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)) + shortcut)


class DigitsCnn(nn.Module):
    """8x8 grey images to ten logits, returned by name."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.layer1 = ResidualBlock(16, 16)
        self.layer2 = ResidualBlock(16, 32, stride=2)
        self.layer3 = nn.Sequential(ResidualBlock(32, 64, stride=2), ResidualBlock(64, 64))
        self.fc1 = nn.Linear(64, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.bn(self.stem(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = F.relu(self.fc1(x.mean(dim=(2, 3))))
        return {"logits": self.fc2(x)}


def load_split():
    """Images as N x 1 x 8 x 8 in 0...1, split the same way every time, digits in equal shares."""
    digits = load_digits()
    images = (digits.images / 16.0).astype(np.float32)[:, None]
    split = train_test_split(
        images, digits.target, test_size=TEST_IMAGES, random_state=SEED, stratify=digits.target
    )
    return [torch.from_numpy(part) for part in split]


def shifted(images: torch.Tensor) -> torch.Tensor:
    """Each image moved by up to one pixel: the only augmentation such small scans stand."""
    padded = F.pad(images, (1, 1, 1, 1))
    dx, dy = torch.randint(0, 3, (2, len(images)))
    return torch.stack([p[:, y : y + 8, x : x + 8] for p, x, y in zip(padded, dx, dy)])


def train(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> None:
    steps = EPOCHS * ((len(images) + BATCH - 1) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=5e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        model.train()
        total = 0.0
        for batch in torch.randperm(len(images)).split(BATCH):
            loss = F.cross_entropy(
                model(shifted(images[batch]))["logits"], labels[batch], label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1}/{EPOCHS}: training loss {total / len(images):.4f}")


@torch.no_grad()
def accuracy(model, images: torch.Tensor, labels: torch.Tensor) -> float:
    return (model(images)["logits"].argmax(1) == labels).float().mean().item()


def export(model: nn.Module, example: torch.Tensor, path: pathlib.Path):
    """TorchScript that runs without Python; module names and classes stay readable in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # strict=False: the output is a dict, so that it has a name.
        traced = torch.jit.trace(model, example, strict=False)
        torch.jit.save(traced, path)
        without_source_paths(path)
        return torch.jit.load(path)


def without_source_paths(path: pathlib.Path) -> None:
    """Drops the .debug_pkl entries: they name files of the machine that trained, and nothing needs them."""
    with zipfile.ZipFile(path) as archive:
        entries = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in entries:
            if not info.filename.endswith(".debug_pkl"):
                kept = zipfile.ZipInfo(info.filename, date_time=(1980, 1, 1, 0, 0, 0))
                archive.writestr(kept, content, compress_type=info.compress_type)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--out", type=pathlib.Path, default=here, help="folder to write to")
    out = parser.parse_args().out

    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # the same sums in the same order on every machine of a kind
    train_x, test_x, train_y, test_y = load_split()
    model = DigitsCnn()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(train_x)} training images")
    train(model, train_x, train_y)

    model.eval()
    reached = accuracy(model, test_x, test_y)
    print(f"test accuracy: {100 * reached:.2f} % of {len(test_x)} images")
    if reached < REQUIRED_ACCURACY:
        raise SystemExit(f"below {100 * REQUIRED_ACCURACY:.0f} %: nothing written")

    reference = test_x[:REFERENCE_IMAGES].contiguous().clone()
    loaded = export(model, reference, out / "digits_cnn.pt")
    if not torch.equal(loaded(reference)["logits"], model(reference)["logits"]):
        raise SystemExit("the saved model computes something else than the trained one")
    torch.save({"x": reference}, out / "digits_inputs.pt")
    for name in ("digits_cnn.pt", "digits_inputs.pt"):
        print(f"wrote {out / name}: {(out / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
