# SPDX-License-Identifier: GPL-3.0-or-later
"""Repeats every record of a run of the demo model with coreai-opt, from the configuration files that
Bitfront wrote, and compares the PSNR of both.

    bitfront-cli run resources/demo/digits_cnn.pt --inputs resources/demo/digits_inputs.pt --out RUN --yes
    pip install torch==2.13.0 coreai-opt==0.3.0
    python tests/reference/compare_with_coreai_opt.py RUN

Ends with 1 when a record differs by more than --tolerance or cannot be repeated.
"""
import argparse
import copy
import logging
import pathlib
import sys
import warnings

import torch

from demo_model import load_demo, psnr, records


def compress(model, inputs, group, path):
    """The model under a configuration file, by coreai-opt's own classes. `inputs` is a tuple. A mixed
    recipe with layers of both kinds has two files; only a palettizer lets another follow."""
    if group == "mixed":
        palettes = path.with_suffix(".palettes.yaml")
        if not palettes.exists():
            return compress(model, inputs, "2" if "n_bits" in path.read_text() else "1a", path)
        from coreai_opt import ExportBackend
        from coreai_opt.palettization import KMeansPalettizer, KMeansPalettizerConfig

        palettizer = KMeansPalettizer(model, KMeansPalettizerConfig.from_yaml(str(palettes)))
        palettized = palettizer.finalize(palettizer.prepare(inputs), backend=ExportBackend._TORCH)
        return compress(palettized, inputs, "1a", path)
    if group == "2":
        from coreai_opt.palettization import KMeansPalettizer, KMeansPalettizerConfig

        return KMeansPalettizer(model, KMeansPalettizerConfig.from_yaml(str(path))).prepare(inputs)
    from coreai_opt.quantization import Quantizer, QuantizerConfig

    return Quantizer(model, QuantizerConfig.from_yaml(str(path))).prepare(inputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path, help="run folder of the demo model")
    parser.add_argument("--tolerance", type=float, default=0.001, help="dB (default: 0.001)")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)

    model, inputs, reference = load_demo()
    largest, failures, compared = 0.0, 0, 0
    for record in records(options.run):
        config = record["config"]
        try:
            compressed = compress(copy.deepcopy(model), (inputs,), record["group"],
                                  options.run / config["path"])
            with torch.no_grad():
                theirs = psnr(compressed(inputs)["logits"], reference)
        except Exception as problem:  # whatever the package raises is a record that cannot be repeated
            print(f"{config['name']}: {type(problem).__name__}: {str(problem)[:200]}")
            failures += 1
            continue
        ours = record["output_quality_metrics"][0]["value"]
        compared += 1
        largest = max(largest, abs(ours - theirs))
        if abs(ours - theirs) > options.tolerance:
            print(f"{config['name']}: Bitfront {ours:.5f} dB, coreai-opt {theirs:.5f} dB")
            failures += 1
    print(f"{compared} records compared, {failures} failed, largest difference {largest:.2g} dB")
    return 1 if failures or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
