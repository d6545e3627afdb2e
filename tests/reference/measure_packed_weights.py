# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs and unpacks every record of a run of the demo model and measures the unpacked weights: what the
16-bit storage of scales, tables and all other parameters costs against the measured record.

    pip install torch==2.13.0 safetensors
    python tests/reference/measure_packed_weights.py build/release/bin/bitfront-cli RUN
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

from demo_model import DEMO, load_demo, psnr, records


def unpacked(program, run, name, folder):
    packed, weights = folder / "packed.safetensors", folder / "weights.safetensors"
    subprocess.run([program, "pack", run, "--config", name, "--out", packed,
                    "--model", DEMO / "digits_cnn.pt"], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run([program, "unpack", packed, "--out", weights], check=True,
                   stdout=subprocess.DEVNULL)
    return load_file(packed), load_file(weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bitfront-cli")
    parser.add_argument("run", type=pathlib.Path, help="run folder of the demo model")
    options = parser.parse_args()
    model, inputs, reference = load_demo()
    parameters = set(dict(model.named_parameters()))
    differences = []
    with tempfile.TemporaryDirectory() as folder:
        for record in records(options.run):
            name = record["config"]["name"]
            packed, weights = unpacked(options.program, options.run, name, pathlib.Path(folder))
            assert set(weights) == parameters, name
            exact = record["size"]["total_bits"]
            payload = sum(t.numel() * t.element_size() for t in packed.values())
            assert exact <= 8 * payload < exact + 8 * len(packed), name
            model.load_state_dict(weights, strict=False)  # buffers stay
            with torch.no_grad():
                value = psnr(model(inputs)["logits"], reference)
            differences.append((value - record["output_quality_metrics"][0]["value"], name))
    lowest, highest = min(differences), max(differences)
    mean = sum(abs(d) for d, _ in differences) / len(differences)
    print(f"{len(differences)} records: mean |difference| {mean:.4f} dB, "
          f"lowest {lowest[0]:+.4f} dB ({lowest[1]}), highest {highest[0]:+.4f} dB ({highest[1]})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
