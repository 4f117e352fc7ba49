"""Endless batches of encoded samples, reproducible from a seed and a chunk number."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from .corpus import stream
from .tokenizer import PAD, encode

Encoded = tuple[list[int], int]
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded inputs and targets [batch, length], the mask of what is to be learnt, and the number of samples."""

    inputs: Tensor
    targets: Tensor
    wanted: Tensor
    samples: int


def chunk(
    tokenizer: Tokenizer, seed: str, *, count: int = CHUNK, held_out: bool = False, part: int | None = None
) -> list[Encoded]:
    """So many encoded samples of this seed, of this part of the corpus."""
    source = stream(random.Random(seed), held_out=held_out, part=part)
    return encode(tokenizer, [next(source) for _ in range(count)])


def collate(rows: Sequence[Encoded]) -> Batch:
    """One batch of these rows."""
    length = max(len(ids) for ids, _ in rows) - 1
    tokens = torch.full((len(rows), length + 1), PAD)
    wanted = torch.zeros((len(rows), length), dtype=torch.bool)
    for index, (ids, given) in enumerate(rows):
        tokens[index, : len(ids)] = torch.tensor(ids)
        wanted[index, given - 1 : len(ids) - 1] = True
    return Batch(tokens[:, :-1], tokens[:, 1:], wanted, len(rows))


def bucket(rows: Sequence[Encoded], budget: int, longest: int) -> list[list[Encoded]]:
    """Rows of similar length together, at most `budget` padded tokens a batch; longer rows than `longest` fall out."""
    batches: list[list[Encoded]] = [[]]
    for row in sorted((row for row in rows if len(row[0]) <= longest), key=lambda row: len(row[0])):
        if len(row[0]) * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(row)
    return [batch for batch in batches if batch]


def chunk_batches(tokenizer: Tokenizer, seed: str, budget: int, longest: int, *, part: int | None) -> Iterator[Batch]:
    """The batches of one chunk, in random order."""
    batches = bucket(chunk(tokenizer, seed, part=part), budget, longest)
    random.Random(f"{seed}/order").shuffle(batches)
    return map(collate, batches)
