# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts beside this file share: the demo model as a Python module, its inputs, the records
of a run folder, and the reference's PSNR."""
import ast
import json
import pathlib

import torch

DEMO = pathlib.Path(__file__).parents[2] / "resources" / "demo"


def demo_classes():
    """The classes of train_demo.py, without running it or importing what only training needs."""
    source = DEMO / "train_demo.py"
    tree = ast.parse(source.read_text(), source.name)

    def needed(node):
        if isinstance(node, ast.Import):
            return all(name.name.split(".")[0] == "torch" for name in node.names)
        if isinstance(node, ast.ImportFrom):
            return node.module.split(".")[0] == "torch"
        return isinstance(node, ast.ClassDef)

    tree.body = [node for node in tree.body if needed(node)]
    names = {}
    exec(compile(tree, source.name, "exec"), names)
    return names


def load_demo():
    """(model in evaluation mode, inputs, uncompressed logits), computed on one thread."""
    torch.set_num_threads(1)
    model = demo_classes()["DigitsCnn"]()
    model.load_state_dict(torch.jit.load(DEMO / "digits_cnn.pt").state_dict())
    model.eval()
    inputs = torch.load(DEMO / "digits_inputs.pt")["x"]
    with torch.no_grad():
        return model, inputs, model(inputs)["logits"]


def records(run):
    with open(pathlib.Path(run) / "results.jsonl") as lines:
        return [record for record in map(json.loads, lines) if "error" not in record]


def psnr(output, reference):
    """The formula of coreai-opt's quality_metrics.py."""
    noise = ((output - reference) ** 2).mean()
    return (10 * torch.log10(((reference**2).max() + 1e-10) / (noise + 1e-7))).item()
