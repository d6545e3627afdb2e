# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a golden directory for tst_golden with coreai-opt: other shapes, other weights, from a seed.

    pip install torch==2.13.0 coreai-opt==0.3.0 safetensors
    python tests/reference/make_golden.py DIR --seed 7
    BITFRONT_GOLDEN_DIR=DIR build/dev/bin/tst_golden
"""
import argparse
import json
import logging
import math
import os
import pathlib
import warnings

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from golden_configs import (SCHEMES, palette_config, palette_scope, quant_config, quant_scope,
                            sweep_palettes, sweep_quant)
from golden_networks import network_records
from golden_sizes import size_cases

LAYERS = {
    "linear": nn.Linear,
    "conv1d": nn.Conv1d,
    "conv2d": nn.Conv2d,
    "conv3d": nn.Conv3d,
    "depthwise_conv2d": nn.Conv2d,
    "conv_transpose1d": nn.ConvTranspose1d,
    "conv_transpose2d": nn.ConvTranspose2d,
    "conv_transpose3d": nn.ConvTranspose3d,
    "embedding": nn.Embedding,
}


class Net(nn.Module):
    """One layer with a given weight, and an input that fits it."""

    def __init__(self, kind, weight):
        super().__init__()
        shape = list(weight.shape)
        if kind == "linear":
            layer = nn.Linear(shape[1], shape[0], bias=False)
            self.example = torch.zeros(2, shape[1])
        elif kind == "embedding":
            layer = nn.Embedding(*shape)
            self.example = torch.zeros(1, 2, dtype=torch.long)
        else:
            groups = shape[0] if kind == "depthwise_conv2d" else 1
            first, second = (0, 1) if "transpose" in kind else (1, 0)
            layer = LAYERS[kind](shape[first] * groups, shape[second], shape[2:], groups=groups,
                                 bias=False)
            self.example = torch.zeros(1, shape[first] * groups, *[k + 1 for k in shape[2:]])
        layer = layer.to(weight.dtype)
        layer.weight.data.copy_(weight)
        if self.example.is_floating_point():
            self.example = self.example.to(weight.dtype)
        self.layer = layer

    def forward(self, x):
        return self.layer(x)


def weights(rng):
    """(name, kind of layer, weight): usual ones, and every awkward kind of value."""
    def normal(*shape, scale=0.1):
        return torch.from_numpy((rng.standard_normal(shape) * scale).astype(np.float32))

    def shape_of(*choices):
        return [int(rng.choice(choice)) for choice in choices]

    yield "odd_linear", "linear", normal(*shape_of((7, 21, 33), (11, 29, 57)))
    yield "linear", "linear", normal(*shape_of((32, 40, 80), (32, 64, 96)))
    yield "wide_linear", "linear", normal(*shape_of((4, 8), (128, 256, 384)))
    yield "one_row", "linear", normal(1, *shape_of((16, 19, 32)))
    yield "one_column", "linear", normal(*shape_of((16, 24, 5)), 1)
    yield "one_weight", "linear", normal(1, 1)
    yield "conv1d", "conv1d", normal(*shape_of((8, 12), (16, 24)), 5)
    yield "conv2d", "conv2d", normal(*shape_of((16, 24), (16, 32)), 3, 2)
    yield "rgb", "conv2d", normal(*shape_of((8, 10)), 3, 5, 5)
    yield "conv3d", "conv3d", normal(*shape_of((8, 6), (16, 4)), 2, 3, 1)
    yield "depthwise", "depthwise_conv2d", normal(*shape_of((8, 20)), 1, 3, 3)
    yield "up1d", "conv_transpose1d", normal(*shape_of((16, 12), (8, 6)), 4)
    yield "up2d", "conv_transpose2d", normal(*shape_of((16, 32), (4, 24)), 2, 2)
    yield "up3d", "conv_transpose3d", normal(*shape_of((16, 8), (4, 3)), 2, 1, 2)
    yield "table", "embedding", normal(*shape_of((37, 64), (16, 48)), scale=1)
    yield "all_zero", "linear", torch.zeros(16, 32)
    yield "negative_zeros", "linear", normal(16, 16) * (normal(16, 16) > 0)
    yield "constant", "linear", torch.full((16, 16), float(rng.uniform(-1, 1)))
    yield "positive", "linear", normal(16, 32).abs() + 0.05
    yield "negative", "linear", -normal(16, 32).abs() - 0.05
    yield "one_row_zero", "linear", normal(16, 32) * (torch.arange(16) != 3)[:, None]
    yield "denormal", "linear", normal(16, 32, scale=1e-40)
    yield "tiny", "linear", normal(16, 32, scale=1e-7)
    yield "small", "linear", normal(16, 32, scale=3e-5)
    yield "huge", "linear", normal(16, 32, scale=1e6)
    yield "near_largest", "linear", normal(16, 16, scale=1e37)
    yield "half_range", "linear", normal(16, 16, scale=2e4).clamp(-65504, 65504)
    yield "few_values", "linear", torch.from_numpy(rng.choice([-1, -0.25, 0, 0.5], (16, 16))).float()
    yield "multiples", "linear", torch.from_numpy(rng.integers(-15, 16, (16, 16)) / 16).float()
    yield "heavy_tail", "linear", torch.from_numpy(rng.standard_t(2, (32, 32)).astype(np.float32))
    yield "outliers", "linear", normal(32, 32) + 40 * normal(32, 32) * (normal(32, 32) > 0.25)


def extra_quant():
    for dtype in ("int2", "int4", "int8", "uint2", "uint4", "uint8"):
        for scheme in SCHEMES:
            yield quant_config("extra", dtype, scheme, "per_channel")
        yield quant_config("extra", dtype, "asymmetric", "per_tensor")
        yield quant_config("extra", dtype, "symmetric", "per_block", block_size=8)
        yield quant_config("extra", dtype, "asymmetric", "per_channel", formulation="minval")
        yield quant_config("extra", dtype, "symmetric", "per_channel", axis=1)
    for dtype in ("float8_e4m3", "float8_e5m2"):
        yield quant_config("extra", dtype, "symmetric", "per_tensor")
        yield quant_config("extra", dtype, "symmetric", "per_channel")
        yield quant_config("extra", dtype, "symmetric", "per_block", block_size=16,
                           scale_dtype="e8m0")
    yield quant_config("extra", "float4_e2m1", "symmetric", "per_channel", scale_dtype="e8m0")
    yield quant_config("extra", "float4_e2m1", "symmetric", "per_block", block_size=16,
                       scale_dtype="e8m0")
    yield quant_config("extra", "int4", "symmetric", "per_block", axis=0, block_size=4)
    yield quant_config("extra", "int4", "asymmetric", "per_block", block_size=[4, 8])


def palettes():
    for config in sweep_palettes():
        yield "palett_group3", config
    for bits in (1, 2, 3, 4):
        yield "palett_extra", palette_config("extra", bits)
        yield "palett_extra", palette_config("extra", bits, fast=False)
        yield "palett_extra", palette_config("extra", bits, 4, 1, scale=bits == 2)
        yield "palett_extra", palette_config("extra", bits, 2, 0, scale=True, fast=False)
    yield "palett_extra", palette_config("extra", 6, 8, None)
    for dtype, scheme in (("int8", "symmetric"), ("int8", "asymmetric"),
                          ("int8", "symmetric_with_clipping"), ("uint8", "symmetric"),
                          ("uint8", "asymmetric"), ("float8_e4m3", "symmetric"),
                          ("float8_e5m2", "symmetric")):
        yield "palett_lutq", palette_config("extra", 4, lut=(dtype, scheme))
        yield "palett_lutq", palette_config("extra", 6, 8, 0, True, lut=(dtype, scheme))
    for bits, size, scale, dim in ((2, None, False, 2), (4, None, True, 2), (4, 8, False, 2),
                                   (3, 4, False, 4)):
        yield "palett_vector", palette_config("extra", bits, size, size and 0, scale, dim,
                                              fast=False)
    for fast in (True, False):
        yield "palett_sensitivity", palette_config("extra", 4, fast=fast, sensitivity=True)
        yield "palett_sensitivity", palette_config("extra", 2, 8, 0, True, fast=fast,
                                                   sensitivity=True)
    yield "palett_sensitivity", palette_config("extra", 3, None, None, False, 2, fast=False,
                                               sensitivity=True)


def quantize(net, config):
    from coreai_opt.quantization import Quantizer, QuantizerConfig

    scope = {"execution_mode": "eager", "global_config": quant_scope(config)}
    prepared = Quantizer(net, QuantizerConfig.from_dict({"quantization_config": scope})).prepare(
        (net.example,))
    layer = prepared.layer
    simulator = layer.parametrizations.weight[0] if hasattr(layer, "parametrizations") else None
    if simulator is None or simulator.is_disabled():
        return None
    scale, zero, low = simulator.calculate_qparams()
    tensors = {"dequant": layer.weight, "scale": scale}
    if zero is not None:
        original = layer.parametrizations.weight.original
        tensors["zero_point"] = zero
        tensors["codes"] = simulator.quantize(original, scale, zero, low).to(torch.int32)
        if "formulation" in config:
            tensors["minval"] = low
    return tensors


def palettize(net, config, rng, seed):
    from coreai_opt.palettization import KMeansPalettizer, KMeansPalettizerConfig

    torch.manual_seed(seed)
    np.random.seed(seed)
    scope = {"global_config": palette_scope(config)}
    prepared = KMeansPalettizer(net, KMeansPalettizerConfig.from_dict(
        {"kmeans_palettization_config": scope})).prepare((net.example,))
    layer = prepared.layer
    if not hasattr(layer, "parametrizations"):
        return None
    simulator = layer.parametrizations.weight[0]
    tensors = {}
    if config["sensitivity"]:
        squares = rng.standard_normal(tuple(layer.weight.shape)) ** 2
        sensitivities = torch.from_numpy((squares / squares.max()).astype(np.float32)).clamp(1e-12)
        simulator.sensitivities = sensitivities
        tensors["sensitivities"] = sensitivities
        prepared(net.example)
    tensors.update(dequant=layer.weight, lut=simulator.lut, indices=simulator.indices)
    if simulator.indices is None:
        return None
    if config["per_channel_scale"]:
        tensors["per_channel_scale"] = simulator.per_channel_scale
    if config["lut_dtype"]:
        tensors.update(lut_codes=simulator.quantized_lut.float(),
                       lut_scale=simulator.lut_quantization_scale)
        if simulator.lut_quantization_zero_point is not None:
            tensors["lut_zero_point"] = simulator.lut_quantization_zero_point
    return tensors


def prune_mask(net, config):
    from coreai_opt.pruning.spec.prune import _MagnitudePruneImpl as impl

    weight = net.layer.weight.detach()
    target = config["target_sparsity"]
    if target == 0:
        return torch.ones_like(weight)
    if target >= 1:
        return torch.zeros_like(weight)
    if config["scheme"] == "channel":
        return impl._compute_channel_mask(weight, target, config["axis"])
    return impl._compute_unstructured_mask(weight, target)


class Writer:
    """Collects cases and the tensors of each family's file."""

    def __init__(self, folder):
        self.folder, self.cases, self.files = folder, [], {}

    def add(self, family, weight_name, kind, weight, config, tensors, **more):
        case_id = f"{weight_name}/{config.get('name') or 'prune_%d' % len(self.cases)}"
        case = {"id": case_id, "family": family, "layer_type": kind, "weight": weight_name,
                "shape": list(weight.shape), "weight_dtype": str(weight.dtype).split(".")[-1],
                "config": config, "mode": "eager", "tensors": {},
                "compressed": tensors is not None, "file": family + ".safetensors", **more}
        stored = self.files.setdefault(case["file"], {})
        for role, tensor in (tensors or {}).items():
            case["tensors"][role] = f"{case_id}/{role}"
            stored[f"{case_id}/{role}"] = tensor.detach().contiguous().clone()
        self.cases.append(case)

    def save(self):
        for name, tensors in self.files.items():
            save_file(tensors, self.folder / name)


def metric_cases(rng):
    """The reference's quality_metrics.py: psnr, snr and iou with their absolute epsilons."""
    def noisy(scale, noise, count):
        reference = torch.from_numpy((rng.standard_normal(count) * scale).astype(np.float32))
        return reference + noise * torch.from_numpy(rng.standard_normal(count).astype(np.float32)), \
            reference

    pairs = {"noise": noisy(1, 1e-3, 999), "loud": noisy(1, 2, 77), "scale": noisy(1e3, 1, 500),
             "small": noisy(1e-5, 1e-6, 321), "huge": noisy(1e15, 1e13, 50),
             "identical": (noisy(1, 0, 40)[0],) * 2, "zeros": (torch.zeros(9),) * 2,
             "zero_reference": (noisy(1, 0, 33)[0], torch.zeros(33)),
             "masks": tuple((noisy(1, 0, 200)[0] > 0).float() for _ in range(2)),
             "half": tuple(t.half() for t in noisy(1, 1e-2, 400)),
             "bfloat16": tuple(t.bfloat16() for t in noisy(1, 1e-2, 400)),
             "one": (torch.tensor([0.5]), torch.tensor([0.25])),
             "nan": (torch.tensor([1.0, math.nan, 2.0]), torch.tensor([1.0, 1.0, 2.0])),
             "infinite": (torch.tensor([1.0, math.inf]), torch.tensor([1.0, 1.0]))}
    tensors, cases = {}, []
    for name, (output, reference) in pairs.items():
        o, r = output.float().flatten(), reference.float().flatten()
        noise = ((o - r) ** 2).sum() / o.numel()
        both, any_ = ((o > 0.5) & (r > 0.5)).sum().item(), ((o > 0.5) | (r > 0.5)).sum().item()
        values = {"psnr": (10 * torch.log10(((r**2).max() + 1e-10) / (noise + 1e-7))).item(),
                  "snr": (10 * torch.log10(((r**2).mean() + 1e-10) / (noise + 1e-7))).item(),
                  "iou": both / any_ if any_ else 1.0}
        values = {k: v if math.isfinite(v) else str(v) for k, v in values.items()}
        tensors[name + "/out"], tensors[name + "/ref"] = output.clone(), reference.clone()
        cases.append({"name": name, "out": name + "/out", "ref": name + "/ref", **values})
    return tensors, {"file": "metrics.safetensors", "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    writer, stored = Writer(options.folder), {}

    def attempt(family, name, kind, weight, config, work, **more):
        try:
            tensors = work(Net(kind, weight))
        except Exception as problem:  # a crash of the reference is a case of its own
            more["reference_error"] = f"{type(problem).__name__}: {problem}"[:200]
            tensors = None
        writer.add(family, name, kind, weight, config, tensors, **more)

    for number, (name, kind, weight) in enumerate(weights(rng)):
        stored[name] = weight
        for family, config in sweep_quant():
            attempt(family, name, kind, weight, config, lambda net: quantize(net, config))
        for config in extra_quant():
            attempt("quant_extra", name, kind, weight, config, lambda net: quantize(net, config))
        for family, config in palettes():
            seed = 1000 * number + len(writer.cases)
            attempt(family, name, kind, weight, config,
                    lambda net: palettize(net, config, rng, seed))
        if kind == "linear" or "conv2d" in kind:
            for scheme, axis in (("unstructured", None), ("channel", 0), ("channel", 1)):
                for target in (0.0, 0.3, 0.5, 0.75, 1.0):
                    config = {"kind": "prune", "scheme": scheme, "axis": axis,
                              "target_sparsity": target}
                    mask = prune_mask(Net(kind, weight), config).to(torch.uint8)
                    writer.add("prune", name, kind, weight, config, {"mask": mask},
                               kept=int(mask.sum()), tie_sensitive=True)
    for dtype in (torch.float16, torch.bfloat16):
        for name in ("odd_linear", "conv2d", "up2d", "few_values", "heavy_tail", "tiny"):
            kind = {"conv2d": "conv2d", "up2d": "conv_transpose2d"}.get(name, "linear")
            weight = stored[name].to(dtype)
            half = f"{name}_{str(dtype).split('.')[-1]}"
            stored[half] = weight
            for _, config in sweep_quant():
                attempt("half_weights", half, kind, weight, config,
                        lambda net: quantize(net, config))
            for config in extra_quant():
                attempt("half_weights", half, kind, weight, config,
                        lambda net: quantize(net, config))
            for family, config in palettes():
                if config["cluster_dim"] == 1 and not config["sensitivity"]:
                    attempt("half_weights", half, kind, weight, config,
                            lambda net: palettize(net, config, rng, 0))
    broken = stored["linear"].clone()
    broken[1, 3], broken[2, 5], broken[4, 7] = math.nan, math.inf, -math.inf
    stored["nonfinite"] = broken
    for _, config in sweep_quant():
        attempt("nonfinite", "nonfinite", "linear", broken, config,
                lambda net: quantize(net, config))
    writer.save()
    save_file({k: v.contiguous() for k, v in stored.items()}, options.folder / "weights.safetensors")
    tensors, metrics = metric_cases(rng)
    save_file(tensors, options.folder / "metrics.safetensors")
    networks, joint = network_records(options.folder, rng)
    base = json.loads((pathlib.Path(__file__).parents[1] / "data/golden/index.json").read_text())
    index = {"format": 1, "split": "made", "seed": options.seed,
             "weights_file": "weights.safetensors", "cases": writer.cases, "metrics": metrics,
             "e2e": networks, "joint": joint, "size": size_cases(rng), "sweep": base["sweep"]}
    (options.folder / "index.json").write_text(json.dumps(index))
    print(len(writer.cases), "cases,", sum("reference_error" in c for c in writer.cases),
          "of them errors of the reference")


if __name__ == "__main__":
    main()
