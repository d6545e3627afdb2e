# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs and unpacks every record of a run of the demo model and measures the unpacked weights: what the
16-bit storage costs against the measured record, by scales and tables alone and with all other
parameters at 16 bits, too.

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


def report(title, differences):
    lowest = min(differences, key=lambda entry: entry[1])
    highest = max(differences, key=lambda entry: entry[1])
    mean = sum(abs(entry[1]) for entry in differences) / len(differences)
    print(f"{title}, {len(differences)} records: mean |difference| {mean:.4f} dB, "
          f"lowest {lowest[1]:+.4f} dB ({lowest[2]}), highest {highest[1]:+.4f} dB ({highest[2]})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bitfront-cli")
    parser.add_argument("run", type=pathlib.Path, help="run folder of the demo model")
    options = parser.parse_args()
    model, inputs, reference = load_demo()
    parameters = set(dict(model.named_parameters()))
    original = {key: value.clone() for key, value in model.state_dict().items()}
    sides, everything = [], []
    with tempfile.TemporaryDirectory() as folder:
        for record in records(options.run):
            name = record["config"]["name"]
            packed, weights = unpacked(options.program, options.run, name, pathlib.Path(folder))
            assert set(weights) == parameters, name
            exact = record["size"]["total_bits"]
            payload = sum(t.numel() * t.element_size() for t in packed.values())
            assert exact <= 8 * payload < exact + 8 * len(packed), name
            measured = record["output_quality_metrics"][0]["value"]
            compressed = {key: value for key, value in weights.items() if key not in packed}
            for kept, differences in ((compressed, sides), (weights, everything)):
                model.load_state_dict({**original, **kept})
                with torch.no_grad():
                    value = psnr(model(inputs)["logits"], reference)
                differences.append((record["group"], value - measured, name))
    report("scales and tables", sides)
    for group in sorted({group for group, _, _ in sides}):
        report(f"  group {group}", [entry for entry in sides if entry[0] == group])
    report("all parameters", everything)
    return 0


if __name__ == "__main__":
    sys.exit(main())
