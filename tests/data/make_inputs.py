# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/inputs: small pictures and sounds, and what Pillow and numpy make of them.

    python make_inputs.py            (needs numpy, safetensors, pillow 10: newer ones resize in another
                                      order of passes, which rounds differently by one step of 255)
"""

import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

HERE = Path(__file__).parent / "inputs"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def picture(width: int, height: int, seed: int) -> np.ndarray:
    """Smooth colours with edges and some noise: resampling filters differ on it."""
    y, x = np.mgrid[0:height, 0:width]
    rng = np.random.default_rng(seed)
    planes = [127 + 120 * np.sin((x * (c + 1) + y * seed) / 7.0) for c in range(3)]
    pixels = np.stack(planes, -1) + rng.normal(0, 12, (height, width, 3))
    pixels[height // 4 : height // 2, width // 3 : width // 2] = (250, 10, 60)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def resize_short(image: Image.Image, size: int, how: int) -> Image.Image:
    """torchvision.transforms.Resize(size) on a Pillow image."""
    w, h = image.size
    if w <= h:
        return image.resize((size, int(size * h / w)), how)
    return image.resize((int(size * w / h), size), how)


def center_crop(image: Image.Image, height: int, width: int) -> Image.Image:
    """torchvision.transforms.CenterCrop."""
    w, h = image.size
    top, left = int(round((h - height) / 2.0)), int(round((w - width) / 2.0))
    return image.crop((left, top, left + width, top + height))


def to_tensor(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image, np.uint8)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    return pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)


def normalized(values: np.ndarray) -> np.ndarray:
    mean = np.array(MEAN, np.float32)[:, None, None]
    std = np.array(STD, np.float32)[:, None, None]
    return (values - mean) / std


def make_pictures() -> None:
    folder = HERE / "pictures"
    (folder / "more").mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(61, 47, 1)).save(folder / "a.png")
    Image.fromarray(picture(40, 53, 2)).save(folder / "b.jpg", quality=90)
    Image.fromarray(picture(64, 64, 3)).save(folder / "more" / "c.png")
    options = {"images": {"resize": 32, "crop": [24, 28], "mean": MEAN, "std": STD}}
    (folder / "bitfront-inputs.json").write_text(json.dumps(options, indent=2) + "\n")
    (folder / "notes.txt").write_text("not a picture\n")

    expected = {}
    images = [Image.open(folder / name).convert("RGB") for name in ("a.png", "b.jpg", "more/c.png")]
    pngs = [images[0], images[2]]
    ready = [center_crop(resize_short(i, 32, Image.BILINEAR), 24, 28) for i in images]
    expected["pictures"] = np.stack([normalized(to_tensor(i)) for i in ready])
    a = pngs[0]
    expected["a.bilinear.13x90"] = to_tensor(a.resize((90, 13), Image.BILINEAR))
    expected["a.bicubic.20x33"] = to_tensor(a.resize((33, 20), Image.BICUBIC))
    expected["a.bicubic.100x100"] = to_tensor(a.resize((100, 100), Image.BICUBIC))
    expected["a.nearest.31x20"] = to_tensor(a.resize((20, 31), Image.NEAREST))
    expected["a.gray"] = to_tensor(a.convert("L"))
    expected["a.bgr255"] = np.asarray(a, np.float32)[:, :, ::-1].transpose(2, 0, 1).copy()
    expected["a.nhwc"] = to_tensor(a).transpose(1, 2, 0).copy()

    modes = HERE / "modes"
    modes.mkdir(exist_ok=True)
    rgb = Image.fromarray(picture(19, 11, 4))
    rgba = rgb.copy()
    rgba.putalpha(rgb.convert("L"))
    rgba.save(modes / "rgba.png")
    rgb.quantize(16).save(modes / "palette.png")
    rgb.convert("L").save(modes / "gray.png")
    rgb.convert("1").save(modes / "bilevel.png")
    rgb.convert("L").save(modes / "gray.jpg", quality=95)
    rgb.save(modes / "progressive.jpg", progressive=True, quality=95, subsampling=0)
    rgb.convert("CMYK").save(modes / "cmyk.jpg")
    rgb.save(modes / "picture.webp")
    rgb.save(modes / "picture.bmp")
    for name in ("rgba.png", "palette.png", "gray.png", "bilevel.png"):
        expected[name] = to_tensor(Image.open(modes / name).convert("RGB"))
    for name in ("gray.jpg", "progressive.jpg"):
        expected[name] = to_tensor(Image.open(modes / name).convert("RGB"))
    save_file({k: np.ascontiguousarray(v) for k, v in expected.items()}, HERE / "expected.safetensors")


def wav(code: int, bits: int, data: bytes, channels: int = 1, rate: int = 8000) -> bytes:
    step = channels * bits // 8
    fmt = struct.pack("<HHIIHH", code, channels, rate, rate * step, step, bits)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0"  # odd length: padded
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def make_sounds() -> None:
    tone = np.sin(np.arange(40) / 3.0) * 0.75
    pcm16 = (tone * 32767).astype("<i2")
    pcm24 = b"".join(struct.pack("<i", int(v * 8388607))[:3] for v in tone)
    files = {
        "tone8.wav": wav(1, 8, ((tone * 127) + 128).astype(np.uint8).tobytes()),
        "tone16.wav": wav(1, 16, pcm16.tobytes()),
        "tone24.wav": wav(1, 24, pcm24),
        "tone32.wav": wav(1, 32, (tone * 2147483647).astype("<i4").tobytes()),
        "tone_float.wav": wav(3, 32, tone.astype("<f4").tobytes()),
        "tone_double.wav": wav(3, 64, tone.astype("<f8").tobytes()),
        "stereo.wav": wav(1, 16, np.repeat(pcm16, 2).tobytes(), channels=2),
        "mp3_inside.wav": wav(0x55, 16, pcm16.tobytes()),
        "cut.wav": wav(1, 16, pcm16.tobytes())[:-20],
        "no_sound.wav": wav(1, 16, b""),
    }
    folder = HERE / "sounds"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    save_file({"tone": tone.astype(np.float32)}, folder / "tone.safetensors")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    make_pictures()
    make_sounds()
