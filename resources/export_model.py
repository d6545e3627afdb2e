# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves a PyTorch model and its inputs so that Bitfront can open them (PyTorch 2.4 and newer).

As a program, with a function of your own that returns the model and its example arguments:

    python export_model.py my_package.my_module:make_model --out exported/

    def make_model():
        model = ...                      # a torch.nn.Module with its weights loaded
        return model, (images,)          # a tuple of arguments, a dict of named ones, or both:
                                         # return model, (images,), {"mask": mask}

As a module:

    from export_model import export_model
    export_model(model, (images,), out="exported", name="my_model")

It writes NAME.pt2 (torch.export), NAME.pt (TorchScript) and NAME.inputs.pt, runs both files again, and
compares their outputs with those of the model. A scripted NAME.pt whose forward() takes numbers, too,
gets NAME.script.inputs.pt with them; a NAME.pt2 has them fixed. One format that fails does not spoil the other; the
reason is printed. Use real examples as arguments: compressed models look better on noise than they are.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

TOLERANCE = 1e-4


def tensors_of(value: Any) -> list[torch.Tensor]:
    """All tensors of nested outputs, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [t for one in value.values() for t in tensors_of(one)]
    if isinstance(value, (list, tuple)):
        return [t for one in value for t in tensors_of(one)]
    if hasattr(value, "to_tuple"):  # outputs of Hugging Face models
        return tensors_of(value.to_tuple())
    return []


def worst_difference(ours: Any, theirs: Any) -> float:
    """Largest difference relative to the largest value; infinite when shapes or counts differ."""
    a, b = tensors_of(ours), tensors_of(theirs)
    if len(a) != len(b) or any(x.shape != y.shape for x, y in zip(a, b)):
        return float("inf")
    worst = 0.0
    for x, y in zip(a, b):
        if x.numel() == 0:
            continue
        x, y = x.detach().double(), y.detach().double()
        worst = max(worst, float((x - y).abs().max() / y.abs().max().clamp(min=1e-12)))
    return worst


def buffers_of(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.named_buffers()}


def restore(model: torch.nn.Module, buffers: dict[str, torch.Tensor]) -> None:
    """What a pass has changed in the model must not end up in the files."""
    for name, value in model.named_buffers():
        if name in buffers and value.shape == buffers[name].shape:
            value.copy_(buffers[name])


def save_exported(model: torch.nn.Module, args: tuple, kwargs: dict, path: Path,
                  dynamic_batch: bool) -> Any:
    shapes = None
    if dynamic_batch:
        batch = torch.export.Dim("batch")
        def of(value: Any) -> Any:
            return {0: batch} if isinstance(value, torch.Tensor) and value.dim() > 0 else None
        names = list(inspect.signature(model.forward).parameters)
        shapes = {name: of(value) for name, value in zip(names, args)}
        shapes.update({name: of(value) for name, value in kwargs.items()})
    program = torch.export.export(model, args, kwargs, dynamic_shapes=shapes)
    torch.export.save(program, path)
    return torch.export.load(path).module()(*args, **kwargs)


def save_torchscript(model: torch.nn.Module, args: tuple, kwargs: dict, path: Path,
                     script: bool) -> Any:
    buffers = buffers_of(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecation notices of torch.jit
        if script:
            module = torch.jit.script(model)
        elif kwargs:
            bound = inspect.signature(model.forward).bind(*args, **kwargs)
            module = torch.jit.trace(model, example_kwarg_inputs=dict(bound.arguments), strict=False)
        else:
            module = torch.jit.trace(model, args, strict=False)  # dicts as outputs
        restore(module, buffers)  # tracing runs the model
        torch.jit.save(module, str(path))
        return torch.jit.load(str(path))(*args, **kwargs)


def inputs_by_name(model: torch.nn.Module, args: tuple, kwargs: dict) -> Any:
    """A dict of argument names where forward() has them, else the tuple."""
    try:
        bound = inspect.signature(model.forward).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return args
    names = inspect.signature(model.forward).parameters
    plain = all(names[n].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for n in bound.arguments)
    return dict(bound.arguments) if plain else args


def without_fixed(inputs: Any) -> Any:
    """Numbers, words and None are part of an exported or traced program, not inputs of it."""
    fixed = (type(None), bool, int, float, str)
    if isinstance(inputs, dict):
        return {name: value for name, value in inputs.items() if not isinstance(value, fixed)}
    return tuple(value for value in inputs if not isinstance(value, fixed))


def export_model(model: torch.nn.Module, args: Any, kwargs: dict | None = None, *,
                 out: str | Path = ".", name: str = "model", script: bool = False,
                 dynamic_batch: bool = False) -> dict[str, Path]:
    """Writes both formats and the inputs; returns the files that are good, by kind."""
    if isinstance(args, dict):
        args, kwargs = (), {**args, **(kwargs or {})}
    elif not isinstance(args, (tuple, list)):
        args = (args,)
    args, kwargs = tuple(args), dict(kwargs or {})
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval().cpu()
    # Fused attention would hide the single layers of torch.nn.TransformerEncoder.
    if hasattr(torch.backends, "mha"):
        torch.backends.mha.set_fastpath_enabled(False)
    files: dict[str, Path] = {}
    with torch.no_grad():
        buffers = buffers_of(model)
        expected = model(*args, **kwargs)
        for kind, path, save in (
            ("exported", folder / f"{name}.pt2",
             lambda p: save_exported(model, args, kwargs, p, dynamic_batch)),
            ("torchscript", folder / f"{name}.pt",
             lambda p: save_torchscript(model, args, kwargs, p, script)),
        ):
            restore(model, buffers)
            try:
                difference = worst_difference(save(path), expected)
            except Exception as error:  # whatever the exporters raise: the other format goes on
                path.unlink(missing_ok=True)
                print(f"{path.name}: not written: {str(error).strip().splitlines()[0][:300]}")
                continue
            good = difference <= TOLERANCE
            print(f"{path.name}: outputs differ by {difference:.1e} at most"
                  + ("" if good else ": too much, check for dropout or branches on the data"))
            if good:
                files[kind] = path
    named = inputs_by_name(model, args, kwargs)
    tensors = without_fixed(named)
    files["inputs"] = folder / f"{name}.inputs.pt"
    torch.save(tensors, files["inputs"])
    print(f"{files['inputs'].name}: the arguments of forward()")
    if script and len(tensors) < len(named):
        files["script_inputs"] = folder / f"{name}.script.inputs.pt"
        torch.save(named, files["script_inputs"])
        print(f"{files['script_inputs'].name}: for {name}.pt, with the numbers that {name}.pt2 has fixed")
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description="Export a PyTorch model for Bitfront.")
    parser.add_argument("factory", help="MODULE:FUNCTION that returns (model, args[, kwargs])")
    parser.add_argument("--out", default=".", help="folder to write to")
    parser.add_argument("--name", default="model", help="file name without suffix")
    parser.add_argument("--script", action="store_true",
                        help="TorchScript by torch.jit.script instead of tracing")
    parser.add_argument("--dynamic-batch", action="store_true",
                        help="let the first dimension of all tensors vary in the .pt2")
    options = parser.parse_args()
    module, _, function = options.factory.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    made = getattr(importlib.import_module(module), function or "make_model")()
    model, args, *rest = made
    files = export_model(model, args, rest[0] if rest else None, out=options.out,
                         name=options.name, script=options.script,
                         dynamic_batch=options.dynamic_batch)
    if "exported" in files:
        print(f"Next: bitfront-cli inspect {files['exported']} --inputs {files['inputs']}")
    elif "torchscript" in files:
        inputs = files.get("script_inputs", files["inputs"])
        print(f"Next: bitfront-cli inspect {files['torchscript']} --inputs {inputs}")
    else:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
