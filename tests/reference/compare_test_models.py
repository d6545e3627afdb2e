# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps a small test model with Bitfront and repeats every record with coreai-opt from the
configuration files of the run: tied weights, attention, zero gammas, palettes of unrounded weights and,
with --palettize-embeddings, of embeddings.

    pip install torch==2.13.0 coreai-opt==0.3.0 safetensors
    python tests/reference/compare_test_models.py build/release/bin/bitfront-cli RUN small_weights
    python tests/reference/compare_test_models.py build/release/bin/bitfront-cli RUN2 encoder -- \\
        --palettize-embeddings

Ends with 1 when a record differs by more than 0.001 dB or cannot be repeated.
"""
import argparse
import copy
import importlib.util
import inspect
import logging
import os
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import torch
from safetensors.torch import load_file

from compare_with_coreai_opt import compress
from demo_model import psnr, records

DATA = pathlib.Path(__file__).parents[1] / "data"
CLASSES = {"small_weights": "SmallWeights", "zero_gamma": "ZeroGamma", "zero_layer": "ZeroLayer",
           "tied_lm": "TiedLm", "encoder": "Encoder", "mha": "Mha", "cnn": "Cnn",
           "upsampler": "Upsampler"}
TOLERANCE = 0.001  # dB


def module_class(name):
    for script in ("make_semantics_models", "make_models"):
        spec = importlib.util.spec_from_file_location(script, DATA / f"{script}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if hasattr(module, name):
            return getattr(module, name)
    raise KeyError(name)


def load_inputs(path, arguments):
    if path.suffix == ".npy":
        return (torch.from_numpy(np.load(path)),)
    loaded = {".npz": np.load, ".safetensors": load_file}.get(path.suffix, torch.load)(path)
    tensors = {name: torch.as_tensor(loaded[name]) for name in loaded}
    return tuple(tensors[name] for name in arguments if name in tensors)


def first_output(value):
    if torch.is_tensor(value):
        return value
    return next(iter(value.values())) if isinstance(value, dict) else value[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bitfront-cli")
    parser.add_argument("run", type=pathlib.Path, help="run folder to make")
    parser.add_argument("model", choices=sorted(CLASSES))
    parser.add_argument("options", nargs="*", help="options of `run`, after --")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)

    kind = module_class(CLASSES[options.model])
    file = DATA / "models" / f"{options.model}.pt"
    inputs_file = next((DATA / "models").glob(f"{options.model}.inputs.*"))
    model = kind()
    model.load_state_dict(torch.jit.load(file).state_dict())
    model.eval()
    inputs = load_inputs(inputs_file, list(inspect.signature(kind.forward).parameters)[1:])
    subprocess.run([options.program, "run", file, "--inputs", inputs_file, "--out", options.run,
                    "--yes", *options.options], check=True, stdout=subprocess.DEVNULL)
    with torch.no_grad():
        reference = first_output(model(*inputs))
    largest, failures, compared = 0.0, 0, 0
    for record in records(options.run):
        name = record["config"]["name"]
        try:
            prepared = compress(copy.deepcopy(model), inputs, record["group"],
                                options.run / record["config"]["path"])
            with torch.no_grad():
                theirs = psnr(first_output(prepared(*inputs)), reference)
        except Exception as problem:  # whatever the package raises: a record that cannot be repeated
            print(f"{name}: {type(problem).__name__}: {str(problem)[:200]}")
            failures += 1
            continue
        ours = record["output_quality_metrics"][0]["value"]
        compared += 1
        largest = max(largest, abs(ours - theirs))
        if not abs(ours - theirs) <= TOLERANCE:
            print(f"{name}: Bitfront {ours:.5f} dB, coreai-opt {theirs:.5f} dB")
            failures += 1
    print(f"{compared} records compared, {failures} failed, largest difference {largest:.2g} dB")
    return 1 if failures or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
