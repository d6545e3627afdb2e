# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the models that bitfront-bench measures, with their inputs, into a folder.

    pip install torch==2.13.0 numpy safetensors
    python bench/make_models.py FOLDER                        # synthetic weights
    python bench/make_models.py FOLDER --weights FILE         # those of all-MiniLM-L6-v2
    python bench/make_models.py FOLDER --giant                # 1 billion parameters, 4 GB on the disk

encoder.weights a copy of FILE, for comparisons that need the model in Python
encoder.pt      a BERT-class encoder: 6 layers, hidden 384, 12 heads, vocabulary 30,522 (22.6 M parameters)
encoder.pt2     the same as an exported program
giant.pt        a decoder stack of 1.0 billion parameters

Without --weights the encoder's weights are synthetic, made to look trained: Student-t with 5 degrees of
freedom, a scale of its own per row (log-normal), a few loud columns. FILE is the model.safetensors of
sentence-transformers/all-MiniLM-L6-v2.
"""
import argparse
import pathlib
import shutil
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SEED = 11
HIDDEN, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512
BATCH, TOKENS = 8, 128


class SelfAttention(nn.Module):
    def __init__(self, hidden, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, hidden)

    def forward(self, x, mask):
        def split(y):
            return y.unflatten(-1, (self.heads, -1)).transpose(1, 2)

        y = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask)
        return self.output(y.transpose(1, 2).flatten(2))


class EncoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = SelfAttention(HIDDEN, HEADS)
        self.attention_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, x, mask):
        x = self.attention_norm(x + self.attention(x, mask))
        return self.norm(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    """Token ids and their mask to one vector per text: the mean over its tokens, of length 1."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.segments = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))

    def forward(self, input_ids, attention_mask):
        places = torch.arange(input_ids.size(1), device=input_ids.device)
        x = self.words(input_ids) + self.positions(places) + self.segments(torch.zeros_like(input_ids))
        x = self.norm(x)
        mask = attention_mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, mask)
        weights = attention_mask[:, :, None].to(x.dtype)
        return {"embedding": F.normalize((x * weights).sum(1) / weights.sum(1), dim=1)}


class DecoderBlock(nn.Module):
    def __init__(self, hidden, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(hidden)
        self.attention = SelfAttention(hidden, heads)
        self.norm2 = nn.LayerNorm(hidden)
        self.up = nn.Linear(hidden, 4 * hidden)
        self.down = nn.Linear(4 * hidden, hidden)

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Giant(nn.Module):
    def __init__(self, hidden=2048, heads=16, layers=19, vocabulary=32000):
        super().__init__()
        self.words = nn.Embedding(vocabulary, hidden)
        self.layers = nn.ModuleList(DecoderBlock(hidden, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(hidden)

    def forward(self, input_ids):
        tokens = input_ids.size(1)
        mask = torch.ones(tokens, tokens, dtype=torch.bool).tril()
        x = self.words(input_ids)
        for layer in self.layers:
            x = layer(x, mask)
        return {"hidden": self.norm(x)}


def fill_as_if_trained(model, generator):
    """Weights that k-means and quantization find as hard as real ones; norms and biases stay."""
    for parameter in model.parameters():
        if parameter.dim() < 2:
            continue
        rows, columns = parameter.shape
        normal = torch.empty(rows, columns).normal_(0, 1, generator=generator)
        chi = torch.empty(rows, columns).exponential_(0.4, generator=generator)  # about chi2(5)
        weight = normal * torch.rsqrt(chi.clamp_(min=0.15) / 2.5)
        del normal, chi
        weight *= torch.exp(0.25 * torch.empty(rows, 1).normal_(0, 1, generator=generator))
        loud = torch.randperm(columns, generator=generator)[: max(1, columns // 200)]
        weight[:, loud] *= 3
        parameter.data.copy_(weight.mul_(0.7 / columns**0.5))


def load_minilm(model, path):
    from safetensors.torch import load_file

    theirs = load_file(str(path))
    names = {"words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
             "segments": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm"}
    for i in range(LAYERS):
        ours, prefix = f"layers.{i}.", f"encoder.layer.{i}."
        for name in ("query", "key", "value"):
            names[ours + "attention." + name] = prefix + "attention.self." + name
        names[ours + "attention.output"] = prefix + "attention.output.dense"
        names[ours + "attention_norm"] = prefix + "attention.output.LayerNorm"
        names[ours + "up"] = prefix + "intermediate.dense"
        names[ours + "down"] = prefix + "output.dense"
        names[ours + "norm"] = prefix + "output.LayerNorm"
    state = {}
    for ours, name in names.items():
        for kind in ("weight", "bias"):
            if f"{name}.{kind}" in theirs:
                state[f"{ours}.{kind}"] = theirs[f"{name}.{kind}"].float()
    model.load_state_dict(state)


def build_encoder(weights=None):
    model = Encoder().eval()
    if weights:
        load_minilm(model, weights)
    else:
        fill_as_if_trained(model, torch.Generator().manual_seed(SEED))
    return model


def encoder_inputs():
    numbers = np.random.default_rng(SEED)
    ids = numbers.integers(1000, VOCABULARY, (BATCH, TOKENS))
    mask = np.ones((BATCH, TOKENS), dtype=np.int64)
    for row, length in enumerate(numbers.integers(TOKENS // 3, TOKENS + 1, BATCH)):
        mask[row, length:] = 0
    return {"input_ids": torch.from_numpy(ids * mask), "attention_mask": torch.from_numpy(mask)}


def save(model, inputs, folder, name, exported=False):
    if exported:
        torch.export.save(torch.export.export(model, (), inputs), folder / f"{name}.pt2")
    with torch.no_grad():
        traced = torch.jit.trace(model, example_kwarg_inputs=inputs, strict=False, check_trace=False)
    traced.save(str(folder / f"{name}.pt"))
    torch.save(inputs, folder / f"{name}_inputs.pt")
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{folder / name}.pt: {count:,} parameters")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--weights", type=pathlib.Path, help="model.safetensors of all-MiniLM-L6-v2")
    parser.add_argument("--giant", action="store_true", help="the large model instead of the encoder")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.manual_seed(SEED)
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.giant:
        model = Giant().eval()
        fill_as_if_trained(model, torch.Generator().manual_seed(SEED))
        ids = torch.randint(0, 32000, (1, 32), generator=torch.Generator().manual_seed(SEED))
        save(model, {"input_ids": ids}, options.folder, "giant")
    else:
        if options.weights:
            shutil.copyfile(options.weights, options.folder / "encoder.weights")
        save(build_encoder(options.weights), encoder_inputs(), options.folder, "encoder", exported=True)


if __name__ == "__main__":
    main()
