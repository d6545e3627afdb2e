# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations as index.json states them, and as coreai-opt wants them."""
SCHEMES = ("symmetric", "asymmetric", "symmetric_with_clipping")
FILE_DTYPES = {"float8_e4m3": "float8_e4m3fn", "float4_e2m1": "float4_e2m1fn_x2"}


def quant_config(group, dtype, scheme, granularity, **more):
    name = f"{granularity}_{dtype}_{scheme}" + "".join(f"_{k}{v}" for k, v in more.items())
    return {"group": group, "kind": "quant", "name": name, "dtype": dtype, "scheme": scheme,
            "granularity": granularity, **more}


def sweep_quant():
    for dtype in ("int8", "int4"):
        for scheme in SCHEMES:
            yield "quant_group1", quant_config("1", dtype, scheme, "per_channel")
    for size in (16, 32, 128):
        for scheme in SCHEMES:
            yield "quant_group2", quant_config("2", "int4", scheme, "per_block", block_size=size)


def palette_config(group, bits, size=None, axis=None, scale=False, dim=1, lut=None, fast=True,
                   sensitivity=False):
    place = f"grouped_gs{size}_ax{axis}" if size else "pertensor"
    name = f"palette_{place}_{bits}bit_pcs{int(scale)}"
    name += f"_cd{dim}" if dim > 1 else ""
    name += "" if fast else "_exact"
    name += f"_lut-{lut[0]}-{lut[1]}" if lut else ""
    name += "_sens" if sensitivity else ""
    return {"group": group, "kind": "palett", "name": name, "n_bits": bits,
            "granularity": "per_grouped_channel" if size else "per_tensor", "group_size": size,
            "axis": axis, "per_channel_scale": scale, "cluster_dim": dim,
            "lut_dtype": lut and lut[0], "lut_scheme": lut and lut[1], "fast": fast,
            "sensitivity": sensitivity}


def sweep_palettes():
    for scale in (False, True):
        for bits in (8, 6):
            yield palette_config("3", bits, scale=scale)
        for bits in (6, 4):
            for size in (4, 8, 16):
                yield palette_config("3", bits, size, 0, scale)


def quant_scope(config):
    granularity = {"type": config["granularity"]}
    granularity.update({k: config[k] for k in ("axis", "block_size") if k in config})
    state = {"dtype": FILE_DTYPES.get(config["dtype"], config["dtype"]),
             "qscheme": config["scheme"], "granularity": granularity}
    if "formulation" in config:
        state["qformulation"] = config["formulation"]
    if "scale_dtype" in config:
        state["scale_dtype"] = "float8_e8m0fnu"
    return {"op_input_spec": None, "op_output_spec": None, "op_state_spec": {"weight": state}}


def palette_scope(config):
    granularity = {"type": config["granularity"]}
    if config["group_size"]:
        granularity["group_size"] = config["group_size"]
        if config["axis"] is not None:
            granularity["axis"] = config["axis"]
    state = {"n_bits": config["n_bits"], "granularity": granularity,
             "cluster_dim": config["cluster_dim"],
             "enable_per_channel_scale": config["per_channel_scale"]}
    if config["lut_dtype"]:
        state["lut_qspec"] = {"dtype": FILE_DTYPES.get(config["lut_dtype"], config["lut_dtype"]),
                              "qscheme": config["lut_scheme"]}
    return {"enable_fast_kmeans_mode": config["fast"], "rounding_precision": 4,
            "op_state_spec": {"weight": state}}
