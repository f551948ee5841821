"""The network that is trained: MiniLM's six layers, read at every segment, with heads for acts and topics.

PyTorch is needed for training only. The base is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, INNER, LAYERS, VOCABULARY, POSITIONS = 384, 12, 1536, 6, 30522, 512


class Layer(nn.Module):
    """One transformer layer of BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_out, self.norm = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """(windows, tokens, width) in and out; `bias` is added to the attention scores."""
        rows, tokens, _ = x.shape

        def split(t: Tensor) -> Tensor:
            return t.view(rows, tokens, HEADS, WIDTH // HEADS).transpose(1, 2)

        scores = split(self.query(x)) @ split(self.key(x)).transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias
        mixed = (scores.softmax(-1) @ split(self.value(x))).transpose(1, 2).reshape(rows, tokens, WIDTH)
        x = self.norm_out(x + self.dropout(self.out(mixed)))
        return self.norm(x + self.dropout(self.narrow(functional.gelu(self.wide(x)))))


class Encoder(nn.Module):
    """Token ids and types to token states."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(POSITIONS, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> list[Tensor]:
        """Return the states after every layer, each (windows, tokens, width)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.norm(self.words(ids) + self.places(places) + self.types(types)))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -10000.0
        states = []
        for layer in self.layers:
            x = layer(x, bias)
            states.append(x)
        return states

    def freeze(self, layers: int) -> None:
        """Keep the embeddings and the lowest layers as they are."""
        for part in (self.words, self.places, self.types, self.norm, *self.layers[:layers]):
            part.requires_grad_(False)

    def load_base(self, weights: dict[str, Tensor]) -> None:
        """Copy the base model's weights in; raises KeyError when it is not the model we expect."""
        names = {
            "words": "embeddings.word_embeddings", "places": "embeddings.position_embeddings",
            "types": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm",
        }  # fmt: skip
        for n in range(LAYERS):
            here, there = f"layers.{n}", f"encoder.layer.{n}"
            for ours, theirs in {
                "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
                "out": "attention.output.dense", "norm_out": "attention.output.LayerNorm", "wide": "intermediate.dense",
                "narrow": "output.dense", "norm": "output.LayerNorm",
            }.items():  # fmt: skip
                names[f"{here}.{ours}"] = f"{there}.{theirs}"
        state = {}
        for ours, theirs in names.items():
            for part in ("weight", "bias"):
                if f"{ours}.{part}" in self.state_dict():
                    state[f"{ours}.{part}"] = weights[f"{theirs}.{part}"]
        self.load_state_dict(state)


class Sentences(nn.Module):
    """The base model as it is: one unit vector a window, the mean of its last states (for likeness of meaning)."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Return (windows, width), each row of length 1."""
        last = self.encoder(ids, types, mask)[-1]
        weight = mask.unsqueeze(-1).to(last.dtype)
        return functional.normalize((last * weight).sum(1) / weight.sum(1).clamp(min=1.0), dim=-1)


class ActReader(nn.Module):
    """Acts and topics for every segment, from the states of a middle layer and the last one, and the whole window's."""

    def __init__(self, tags: int, topics: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(dropout)
        self.dropout = nn.Dropout(0.2)
        self.tags = nn.Linear(3 * WIDTH, tags)
        self.topics = nn.Linear(3 * WIDTH, topics)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
        """Return tag logits (windows, segments, tags) and topic logits (windows, segments, topics)."""
        states = self.encoder(ids, types, mask)
        whole = states[-1][:, :1].expand(-1, pool.shape[1], -1)
        features = self.dropout(torch.cat([pool @ states[-1], pool @ states[2], whole], dim=-1))
        return self.tags(features), self.topics(features)
