# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains a small U-Net and writes unet.pt and unet.inputs.safetensors into a folder.

    pip install torch==2.13.0 numpy safetensors
    python bench/make_unet.py FOLDER

It tells discs and squares from the background in noisy pictures with a light gradient, drawn by
this file: no download. Seeded, one thread, two or three minutes on any CPU. Fails when the trained
model is not good (mean IoU below 0.8).
"""
import argparse
import pathlib
import warnings

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

SEED = 5
SIZE = 32
STEPS = 500
BATCH = 16
REFERENCE_PICTURES = 32
REQUIRED_IOU = 0.8


class Double(nn.Sequential):
    """Two 3x3 convolutions, each with batch norm and ReLU."""

    def __init__(self, inputs, outputs):
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False),
                       nn.BatchNorm2d(outputs), nn.ReLU()]
        super().__init__(*layers)


class UNet(nn.Module):
    """Two levels, 16 to 64 channels, transposed convolutions up, one output map of logits."""

    def __init__(self):
        super().__init__()
        self.enter = Double(1, 16)
        self.down1 = Double(16, 32)
        self.down2 = Double(32, 64)
        self.up1 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.join1 = Double(64, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.join2 = Double(32, 16)
        self.leave = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.enter(x)
        b = self.down1(F.max_pool2d(a, 2))
        c = self.down2(F.max_pool2d(b, 2))
        b = self.join1(torch.cat([b, self.up1(c)], 1))
        a = self.join2(torch.cat([a, self.up2(b)], 1))
        return {"mask_logits": self.leave(a)}


def pictures(random, count):
    """Pictures (count, 1, SIZE, SIZE) with values around 0 to 1, and their masks."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    images = np.empty((count, 1, SIZE, SIZE), np.float32)
    masks = np.zeros((count, 1, SIZE, SIZE), np.float32)
    for i in range(count):
        slope = random.uniform(-0.3, 0.3, 2)
        image = 0.3 + slope[0] * x / SIZE + slope[1] * y / SIZE
        for _ in range(random.integers(1, 4)):
            cx, cy = random.uniform(6, SIZE - 6, 2)
            radius = random.uniform(3, 7)
            if random.random() < 0.5:
                inside = (x - cx) ** 2 + (y - cy) ** 2 < radius**2
            else:
                inside = (abs(x - cx) < radius) & (abs(y - cy) < radius)
            image = np.where(inside, image + random.uniform(0.25, 0.5), image)
            masks[i, 0] = np.maximum(masks[i, 0], inside)
        images[i, 0] = image + random.normal(0, 0.1, (SIZE, SIZE))
    return torch.from_numpy(images), torch.from_numpy(masks)


def train(model, random):
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=STEPS)
    model.train()
    for _ in range(STEPS):
        images, masks = pictures(random, BATCH)
        loss = F.binary_cross_entropy_with_logits(model(images)["mask_logits"], masks)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model.eval()


@torch.inference_mode()
def mean_iou(model, images, masks):
    found = model(images)["mask_logits"] > 0
    wanted = masks > 0
    both = (found & wanted).sum((1, 2, 3)).float()
    either = (found | wanted).sum((1, 2, 3)).float()
    return (both / either.clamp(min=1)).mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    random = np.random.default_rng(SEED)
    model = UNet()
    train(model, random)
    iou = mean_iou(model, *pictures(np.random.default_rng(SEED + 1), 200))
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{parameters} parameters, mean IoU {iou:.3f} on 200 other pictures")
    if iou < REQUIRED_IOU:
        raise SystemExit("training failed")
    images, _ = pictures(np.random.default_rng(SEED + 2), REFERENCE_PICTURES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(model), folder / "unet.pt")
    save_file({"x": images}, folder / "unet.inputs.safetensors")


if __name__ == "__main__":
    main()
