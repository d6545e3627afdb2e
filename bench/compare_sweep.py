# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time of a sweep's configurations in coreai-opt 0.3.0: the configuration files that Bitfront wrote,
on the same model and inputs, compression and one forward pass each. Called by bitfront-bench; lines
"total MODE SECONDS" are its result.

    python bench/compare_sweep.py demo RUN
    python bench/compare_sweep.py encoder RUN [--weights FILE]

Palettizations of the encoder take the package minutes each: they are timed on one of its six equal
layers and the time is multiplied by six. Refinements are timed as the configuration they refine.
"""
import argparse
import contextlib
import copy
import io
import json
import logging
import os
import pathlib
import sys
import tempfile
import time
import warnings

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "reference")]


def compress_and_run(model, inputs, group, path):
    if group == "2":
        from coreai_opt.palettization import KMeansPalettizer, KMeansPalettizerConfig

        tool = KMeansPalettizer(model, KMeansPalettizerConfig.from_yaml(str(path)))
    else:
        from coreai_opt.quantization import Quantizer, QuantizerConfig

        tool = Quantizer(model, QuantizerConfig.from_yaml(str(path)))
    compressed = tool.prepare(inputs)
    with torch.no_grad():
        compressed(*inputs)


def cpu_seconds(model, inputs, group, text):
    """CPU of this process and its children; None when the package cannot do it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "config.yaml"
        path.write_text(text)
        copied = copy.deepcopy(model)
        before = sum(os.times()[:4])
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                compress_and_run(copied, inputs, group, path)
        except Exception as problem:  # whatever the package raises
            print(f"{path.name}: {type(problem).__name__}: {str(problem)[:120]}")
            return None
        return sum(os.times()[:4]) - before


def load(what, weights):
    """Model, a model for palettizations and its multiplier, inputs."""
    if what == "demo":
        from demo_model import load_demo

        model, inputs, _ = load_demo()
        return model, model, 1, (inputs,)
    import make_models

    model = make_models.build_encoder(weights)
    small = copy.deepcopy(model)
    small.layers = nn.ModuleList(small.layers[:1])
    inputs = make_models.encoder_inputs()
    return model, small, len(model.layers), (inputs["input_ids"], inputs["attention_mask"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["demo", "encoder"])
    parser.add_argument("run", type=pathlib.Path, help="run folder of that model")
    parser.add_argument("--weights", type=pathlib.Path, help="as for make_models.py")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    model, small, times, inputs = load(options.what, options.weights)
    records = [json.loads(line)
               for line in (options.run / "results.jsonl").read_text().splitlines()]
    for mode in ["eager"] + (["graph"] if options.what == "demo" else []):
        known, total, failed, shown = {}, 0.0, 0, {}
        for record in records:
            name, group = record["config"]["name"], record["group"]
            name = record.get("seed") or name
            if name not in known:
                text = (options.run / "configs" / f"{name}.yaml").read_text()
                text = text.replace("execution_mode: eager", f"execution_mode: {mode}")
                chosen, factor = (small, times) if group == "2" else (model, 1)
                seconds = cpu_seconds(chosen, inputs, group, text)
                known[name] = None if seconds is None else seconds * factor
                shown.setdefault(group, []).append(known[name] or 0.0)
            if known[name] is None:
                failed += 1
            else:
                total += known[name]
        for group, seconds in sorted(shown.items()):
            print(f"{mode}, group {group}: {sum(seconds) / len(seconds):.2f} CPU s per configuration")
        if failed:
            print(f"{mode}: {failed} configurations could not be run and count as nothing")
        print(f"total {mode} {total:.3f}", flush=True)


if __name__ == "__main__":
    main()
