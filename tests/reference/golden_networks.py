# SPDX-License-Identifier: GPL-3.0-or-later
"""The three networks of a golden directory under the sweep in both of the reference's modes, and two
of them compressed jointly."""
import copy
import math

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from golden_configs import palette_config, palette_scope, quant_scope, sweep_palettes, sweep_quant
from golden_sizes import model_figures

ARCHITECTURE = {
    "mlp": "fc3(gelu_erf(fc2(relu(fc1(x)))))",
    "conv": "x=relu(bn1(conv1(x,pad1)));x=relu(pw(dw(x,pad1,depthwise)));"
            "x=relu(up(maxpool2(x),k2,s2));fc(mean_hw(x))",
    "lm": "tied emb/head; pre-LN single-head attention (q,k,v,o) + silu mlp (up,down)",
}


class Mlp(nn.Module):
    def __init__(self, width, first, second, classes):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, first), nn.Linear(first, second)
        self.fc3 = nn.Linear(second, classes)

    def forward(self, x):
        return self.fc3(F.gelu(self.fc2(torch.relu(self.fc1(x)))))


class Conv(nn.Module):
    def __init__(self, channels, first, second, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, first, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.dw = nn.Conv2d(first, first, 3, padding=1, groups=first)
        self.pw = nn.Conv2d(first, second, 1)
        self.up = nn.ConvTranspose2d(second, first, 2, stride=2)
        self.fc = nn.Linear(first, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.pw(self.dw(x)))
        x = torch.relu(self.up(F.max_pool2d(x, 2)))
        return self.fc(x.mean((2, 3)))


class Lm(nn.Module):
    def __init__(self, words, width, hidden):
        super().__init__()
        self.emb, self.ln1, self.ln2 = nn.Embedding(words, width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.head = nn.Linear(width, words, bias=False)
        self.head.weight = self.emb.weight
        self.width = width

    def forward(self, tokens):
        x = self.emb(tokens)
        y = self.ln1(x)
        scores = self.q(y) @ self.k(y).transpose(1, 2) / math.sqrt(self.width)
        x = x + self.o(torch.softmax(scores, -1) @ self.v(y))
        x = x + self.down(F.silu(self.up(self.ln2(x))))
        return self.head(x)


def networks(rng):
    """(name, model, input, more inputs): sizes that differ from seed to seed."""
    def of(*choices):
        return [int(rng.choice(choice)) for choice in choices]

    def normal(*shape):
        return torch.from_numpy(rng.standard_normal(shape).astype(np.float32))

    dims = {"mlp": of((16, 24), (32, 48), (32, 64), (6, 8)),
            "conv": of((3, 4), (16, 24), (32, 48), (4, 7)),
            "lm": of((40, 51), (32, 48), (64, 128))}
    conv = Conv(*dims["conv"])
    for tensor in (conv.bn1.weight, conv.bn1.bias, conv.bn1.running_mean):
        tensor.data.copy_(normal(*tensor.shape) * 0.5 + (tensor is conv.bn1.weight))
    conv.bn1.running_var.copy_(normal(dims["conv"][1]).abs() + 0.3)
    size, tokens = of((8, 9)), of((5, 7))[0]
    models = {"mlp": (Mlp(*dims["mlp"]), normal(6, dims["mlp"][0]), normal(4, 6, dims["mlp"][0])),
              "conv": (conv, normal(2, dims["conv"][0], 8, size[0]),
                       normal(4, 2, dims["conv"][0], 8, size[0])),
              "lm": (Lm(*dims["lm"]),
                     torch.from_numpy(rng.integers(0, dims["lm"][0], (2, tokens))), None)}
    return dims, {name: (model.eval(), *rest) for name, (model, *rest) in models.items()}


def quantized(model, example, config, skips, mode):
    from coreai_opt.quantization import Quantizer, QuantizerConfig

    scope = {"execution_mode": mode, "global_config": quant_scope(config),
             "module_name_configs": {name: None for name in skips}}
    return Quantizer(model, QuantizerConfig.from_dict({"quantization_config": scope})) \
        .prepare((example,))


def palettized(model, example, config, skips):
    from coreai_opt.palettization import KMeansPalettizer, KMeansPalettizerConfig

    scope = {"global_config": palette_scope(config),
             "module_name_configs": {name: None for name in skips}}
    return KMeansPalettizer(model, KMeansPalettizerConfig.from_dict(
        {"kmeans_palettization_config": scope})).prepare((example,))


def psnr(output, reference):
    noise = ((output - reference) ** 2).sum() / output.numel()
    return (10 * torch.log10(((reference**2).max() + 1e-10) / (noise + 1e-7))).item()


def changed(original, prepared):
    """Names of the weights that a model of eager mode replaces."""
    modules = dict(prepared.named_modules(remove_duplicate=False))
    return sorted(name for name, value in original.named_parameters(remove_duplicate=False)
                  if not torch.equal(getattr(modules[name.rpartition(".")[0]],
                                             name.rpartition(".")[2]), value))


def variants(base, name):
    """Two configurations with the first, the last and both layers left out."""
    first, last = {"mlp": ("fc1", "fc3"), "conv": ("conv1", "fc"), "lm": ("emb", "head")}[name]
    return [(config, skips) for config in (base[5], base[25])
            for skips in ({first}, {last}, {first, last})]


def network_records(folder, rng):
    records, joint = [], []
    dims, models = networks(rng)
    base = [config for _, config in sweep_quant()] + list(sweep_palettes())
    for name, (model, example, calibration) in models.items():
        with torch.no_grad():
            reference = model(example)
        tensors = {"state/" + k: v.clone() for k, v in model.state_dict().items()}
        tensors.update(input=example, reference_output=reference)
        for config, skips in [(c, set()) for c in base] + variants(base, name):
            for mode in ("eager", "graph") if config["kind"] == "quant" else ("eager",):
                copied = copy.deepcopy(model)
                prepared = quantized(copied, example, config, skips, mode) \
                    if config["kind"] == "quant" else palettized(copied, example, config, skips)
                with torch.no_grad():
                    output = prepared(example)
                title = config["name"] + "".join("_" + s for s in sorted(skips))
                key = f"out/{title}@{mode}"
                tensors[key] = output.clone()
                if mode == "eager":
                    listed = changed(model, prepared)
                else:
                    listed = [name for name in listed if name != "head.weight"]
                records.append({"model": name, "config": config, "skips": sorted(skips),
                                "mode": mode, "output": key, "psnr": psnr(output, reference),
                                "compressed_weights": listed,
                                **model_figures(model, config, listed, mode)})
        save_file({k: v.contiguous() for k, v in tensors.items()},
                  folder / f"e2e_{name}.safetensors")
        if calibration is not None:
            joint.append(joint_record(folder, name, model, example, calibration, reference))
    return {"architecture": ARCHITECTURE, "dims": dims, "records": records}, joint


def joint_record(folder, name, model, example, calibration, reference):
    """4-bit palettes with int8 tables, baked in, then activations at 8 bits in graph mode."""
    from coreai_opt.quantization import Quantizer, QuantizerConfig

    config = palette_config("joint", 4, lut=("int8", "symmetric"))
    baked = copy.deepcopy(model)
    simulated = palettized(copy.deepcopy(model), example, config, set())
    modules = dict(simulated.named_modules())
    for parameter, value in baked.named_parameters():
        owner, _, leaf = parameter.rpartition(".")
        value.data.copy_(getattr(modules[owner], leaf))
    tensors = {"palettized/" + k: v.detach().clone() for k, v in baked.named_parameters()}
    activation = {"*": {"dtype": "int8", "qscheme": "symmetric",
                        "granularity": {"type": "per_tensor"}}}
    scope = {"execution_mode": "graph",
             "global_config": {"op_state_spec": None, "op_input_spec": activation,
                               "op_output_spec": activation}}
    quantizer = Quantizer(baked, QuantizerConfig.from_dict({"quantization_config": scope}))
    prepared = quantizer.prepare((example,))
    with quantizer.calibration_mode(), torch.no_grad():
        for batch in calibration:
            prepared(batch)
    with torch.no_grad():
        output = prepared(example)
    sites = []
    for node in prepared.graph.nodes:
        if node.op != "call_module":
            continue
        site = prepared.get_submodule(node.target)
        scale, zero, _ = site.calculate_qparams()
        state = site.qparams_calculator
        sites.append({"input_node": str(node.args[0]), "scale": scale.item(),
                      "zero_point": int(zero.item()), "qscheme": site.qscheme.value,
                      "running_min": state.running_min.item(),
                      "running_max": state.running_max.item()})
    tensors.update(calibration=calibration, output=output)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / f"joint_{name}.safetensors")
    return {"model": name, "sites": sites, "psnr": psnr(output, reference)}
