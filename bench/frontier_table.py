# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures mixed frontiers against uniform sweeps and writes docs/frontier.md.

    pip install torch==2.13.0 numpy safetensors
    python bench/make_unet.py FOLDER
    python bench/make_models.py FOLDER
    python bench/frontier_table.py FOLDER --cli build/dev/bin/bitfront-cli --out docs/frontier.md

The demo CNN is the repository's own; FOLDER holds the other two models and gets the run folders.
Runs that are there already are gone on with, so a second call only writes the table.
"""
import argparse
import json
import math
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUDGETS = [3, 3.5, 4, 4.5, 5, 6, 8]
MODELS = {
    "digits": {
        "title": "Demo CNN",
        "what": "`resources/demo/digits_cnn.pt`: a residual CNN trained on scikit-learn's handwritten digits, with 256 "
                "real test images",
        "model": ROOT / "resources/demo/digits_cnn.pt",
        "inputs": ROOT / "resources/demo/digits_inputs.pt",
        "options": ["--preset", "thorough", "--refine", "3"],
    },
    "unet": {
        "title": "U-Net",
        "what": "`bench/make_unet.py`: trained on generated pictures of discs and squares, with 32 other such pictures",
        "model": "unet.pt",
        "inputs": "unet.inputs.safetensors",
        "options": ["--preset", "thorough", "--refine", "3"],
    },
    "encoder": {
        "title": "BERT-class encoder",
        "what": "`bench/make_models.py`: 6 layers, hidden 384, 22.6 M parameters, {weights}, the first 32 tokens of "
                "its 8 sequences of random tokens; embeddings palettized, too",
        "model": "encoder.pt",
        "inputs": "encoder_short.safetensors",
        "options": ["--preset", "quick", "--refine", "1", "--palettize-embeddings", "--tie-attention"],
    },
}


def shorten_encoder_inputs(folder):
    """A quarter of the tokens: passes of a quarter of the time, for hundreds of them."""
    import torch
    from safetensors.torch import save_file

    inputs = torch.load(folder / "encoder_inputs.pt")
    save_file({name: value[:, :32].contiguous() for name, value in inputs.items()},
              folder / "encoder_short.safetensors")


def weights_of(folder):
    """make_models.py keeps a copy of real weights that it was given."""
    real = (folder / "encoder.weights").exists()
    return "weights of all-MiniLM-L6-v2" if real else "*synthetic weights* made to look trained"


def run(name, entry, folder, cli, kind="frontier", *options):
    """The run folder of a model, complete. Later options take the place of earlier ones."""
    out = folder / f"{name}.{kind}"
    done = out / "bench_seconds"
    if not done.exists():
        if name == "encoder":
            shorten_encoder_inputs(folder)
        begin = time.monotonic()
        chosen = entry["options"]
        if "--refine" in options:
            at = chosen.index("--refine")
            chosen = chosen[:at] + chosen[at + 2:]
        subprocess.run([cli, "frontier", folder / entry["model"], "--inputs", folder / entry["inputs"], "--out", out,
                        "--bits", ",".join(map(str, BUDGETS)), "--yes", *chosen, *options], check=True)
        done.write_text(f"{time.monotonic() - begin:.0f}")
    return out


def judged(record):
    return record["output_quality_metrics"][0]


def number(value):
    return {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}.get(value, value)


def pair(record):
    """(on the samples that formats are chosen by, on held-out ones)."""
    split = judged(record)["split"]
    return number(split["chosen_on"]), number(split["held_out"])


def bits(record):
    return record["compression_metrics"]["average_bitwidth"]


def read(folder):
    records = {}
    for line in (folder / "results.jsonl").read_text().splitlines():
        record = json.loads(line)
        records[record["config"]["name"]] = record  # a later one takes the place of an earlier
    return [record for record in records.values() if "error" not in record]


def by_budget(folder):
    """Predicted and measured quality of each recipe on the samples that formats are chosen by."""
    found = {}
    for record in read(folder):
        if record["group"] == "mixed":
            budget = float(record["config"]["name"].split("_")[1])
            found[budget] = (number(record["recipe"]["predicted"][0]), pair(record)[0])
    return found


def rms_error(recipes):
    errors = [predicted - seen for budget, (predicted, seen) in recipes.items() if budget >= 4]
    return math.sqrt(sum(error * error for error in errors) / len(errors))


def lines_without_refinement(entry, scanned, probed):
    lines = [f"| {entry['title']} | scan | " + " | ".join(
        f"{predicted:.1f} → {seen:.1f}" for predicted, seen in scanned.values()) + f" | {rms_error(scanned):.2f} dB |"]
    lines.append("| | `--probed` | " + " | ".join(
        f"{predicted:.1f} → {seen:.1f}" for predicted, seen in probed.values()) + f" | {rms_error(probed):.2f} dB |")
    return lines


def lines_of(name, entry, folder):
    records = read(folder)
    scan = [json.loads(line) for line in (folder / "scan.jsonl").read_text().splitlines()]
    header, cells = scan[0], [line for line in scan[1:] if len(line["formats"]) == 1]
    uniform = [record for record in records if record["group"] != "mixed"]
    mixed = [record for record in records if record["group"] == "mixed"]
    split = header["split"]
    what = entry["what"].format(weights=weights_of(folder.parent))
    lines = [f"## {entry['title']}", "", f"{what}. {split['held_out']} of {split['total']} "
             f"{'batches' if split['by_batch'] else 'samples'} held out; options `{' '.join(entry['options'])}`.", "",
             "| bits at most | uniform sweep | mixed | gain, held out | predicted | forwards |",
             "|---|---|---|---|---|---|"]
    errors = []
    for budget in BUDGETS:
        fitting = [record for record in uniform if bits(record) <= budget]
        best = max(fitting, key=lambda record: pair(record)[0], default=None)
        mine = [record for record in mixed if record["config"]["name"] == f"mixed_{budget}_bits"]
        if not mine:
            continue
        seen, held = pair(mine[0])
        text = "none"
        gain = ""
        if best:
            text = f"{pair(best)[0]:.1f} / {pair(best)[1]:.1f} ({bits(best):.2f} bits)"
            gain = f"{held - pair(best)[1]:+.1f} dB"
        predicted = number(mine[0]["recipe"]["predicted"][0])
        if budget >= 4:
            errors.append(predicted - seen)
        lines.append(f"| {budget} | {text} | **{seen:.1f} / {held:.1f}** ({bits(mine[0]):.2f} bits) | {gain} | "
                     f"{predicted:.1f} | {mine[0]['recipe']['evaluations']} |")
    rms = math.sqrt(sum(error * error for error in errors) / len(errors))
    seconds = (folder / "bench_seconds").read_text()
    lines += ["", f"Scan: {len(cells)} forwards; uniform sweep: {len(uniform)}. The whole command took {seconds} s. "
              f"Predicted against measured at 4 bits and more: {rms:.2f} dB rms.", ""]
    return lines


HEAD = """# Mixed frontiers, measured

Written by `bench/frontier_table.py`; do not edit. Quality is PSNR in dB of the first output, as *on the samples that
formats were chosen by / on held-out samples*, which took no part in scan, choice or refinement. Bits are averages over
all parameters with all tables and scales. *Uniform sweep*: the best of `bitfront-cli run` (31 configurations and their
refinements) at no more bits. *Mixed*: the recipe of `bitfront-cli frontier`. *Predicted*: what the
scan promised for that size before any recipe of it was measured, the sum of the layers' errors, each measured alone; it
is what the window's slider says. *Forwards*: spent on that size after the scan; measurements are shared between sizes,
so they depend on the order. Times are wall clock on two cores that were busy with other work.

How a recipe is found: every format is measured on every layer alone (the scan); a multiple-choice knapsack picks one
format per layer with the least sum of errors that fits the size, exactly, in milliseconds; the result is verified;
each round of refinement measures the formats next to the chosen ones again within the recipe and solves once more.
Several outputs count alike: an error of each is weighed by the geometric mean of all errors that the scan saw in it.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cli", default="bitfront-cli")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/frontier.md")
    parser.add_argument("--models", default=",".join(MODELS), help="of them: " + ", ".join(MODELS))
    options = parser.parse_args()
    cli = str(pathlib.Path(options.cli).resolve()) if "/" in options.cli else options.cli
    lines = [HEAD]
    for name in options.models.split(","):
        entry = MODELS[name]
        lines += lines_of(name, entry, run(name, entry, options.folder, cli))
    lines += ["## Without refinement", "", "Recipes as the scan alone gives them, with the samples that formats are "
              "chosen by: predicted → measured. *Probed* scans measure three formats per layer and take the others from "
              "the change of the weights. Last column: predicted against measured at 4 bits and more, rms.", "",
              "| model | method | " + " | ".join(f"{budget} bits" for budget in BUDGETS) + " | off by |",
              "|---|---|" + "---|" * (len(BUDGETS) + 1)]
    for name in options.models.split(","):
        entry = MODELS[name]
        plain = run(name, entry, options.folder, cli, "plain", "--no-sweep", "--refine", "0")
        probed = run(name, entry, options.folder, cli, "probed", "--no-sweep", "--refine", "0", "--probed")
        lines += lines_without_refinement(entry, by_budget(plain), by_budget(probed))
    options.out.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
