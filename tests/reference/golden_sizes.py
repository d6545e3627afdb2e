# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference's size script as it is, flaws included: what `reference_*` fields must reproduce."""
import math


def reference_bits(spec):
    """(bits stored, bits of codes alone) of one tensor."""
    shape, bits = spec["weight_shape"], spec["n_bits"]
    count = math.prod(shape)
    if bits == 16:
        return count * 16
    axis = spec["axis"]
    if spec["granularity"] == "per_tensor":
        groups = 1
    elif spec["granularity"] == "per_channel":
        groups = shape[axis]
    elif spec["granularity"] == "per_block":
        groups = math.ceil(shape[axis] / spec["block_size"]) * math.prod(
            extent for i, extent in enumerate(shape) if i != axis)
    else:
        groups = math.ceil(shape[axis] / spec["group_size"])
    total = count * bits + groups * 16
    if spec["has_zero_point"]:
        total += groups * bits
    if spec["has_lut"]:
        total += groups * 2**bits * 16
    if spec["has_per_channel_scales"]:
        total += shape[axis] * 16
    return total


def model_figures(model, config, compressed, mode):
    """Size, average bit width and ratio of a whole model. Graph mode does not find tied weights."""
    stored = codes = count = 0
    for name, module in model.named_modules(remove_duplicate=False):
        weight = getattr(module, "weight", None)
        if weight is None:
            continue
        shared = [other for other, value in model.named_parameters(remove_duplicate=False)
                  if value is weight]
        if mode == "graph" and name + ".weight" != shared[-1]:
            continue
        bits = 16
        if name + ".weight" in compressed and not (mode == "graph" and len(shared) > 1):
            bits = config.get("n_bits") or int(config["dtype"].lstrip("uint"))
        palette = config["kind"] == "palett"
        swapped = "ConvTranspose" in type(module).__name__
        axis = 0 if palette or (config["granularity"] == "per_block") == swapped else 1
        spec = {"weight_shape": list(weight.shape), "n_bits": bits, "axis": axis,
                "granularity": config["granularity"], "block_size": config.get("block_size"),
                "group_size": config.get("group_size"), "has_lut": palette,
                "has_zero_point": config.get("scheme") == "asymmetric",
                "has_per_channel_scales": config.get("per_channel_scale", False)}
        stored += reference_bits(spec)
        codes += weight.numel() * bits
        count += weight.numel()
    whole = sum(value.numel() for value in model.parameters()) * 2
    return {"skill_size_bytes": stored / 8, "skill_average_bitwidth": codes / count,
            "skill_compression_ratio": whole / (stored / 8)}


def size_cases(rng):
    cases = []
    for _ in range(40):
        shape = [int(rng.choice((16, 32, 48))), int(rng.choice((32, 64, 160)))]
        if rng.random() < 0.4:
            shape += [3, 3]
        spec = {"name": "a", "weight_shape": shape, "n_bits": 16, "granularity": "per_channel",
                "axis": 0, "block_size": None, "group_size": None, "has_zero_point": False,
                "has_lut": False, "has_per_channel_scales": False}
        kind = rng.integers(4)
        if kind == 1:
            spec.update(n_bits=int(rng.choice((4, 8))), has_zero_point=bool(rng.random() < 0.5))
        elif kind == 2:
            spec.update(n_bits=4, granularity="per_block", axis=1,
                        block_size=int(rng.choice((8, 16, 32))),
                        has_zero_point=bool(rng.random() < 0.5))
        elif kind == 3:
            grouped = rng.random() < 0.7
            spec.update(n_bits=int(rng.choice((4, 6, 8))), has_lut=True,
                        granularity="per_grouped_channel" if grouped else "per_tensor",
                        group_size=int(rng.choice((4, 8, 16))) if grouped else None,
                        has_per_channel_scales=bool(rng.random() < 0.5))
        cases.append({"spec": spec, "skill_bytes": reference_bits(spec) / 8})
    return cases
