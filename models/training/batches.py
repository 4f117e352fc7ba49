"""Endless batches of encoded samples, reproducible from a seed and a chunk number, made ahead by other processes."""

import itertools
import multiprocessing
import os
import random
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .corpus import INTENTS, stream
from .tokenizer import PAD, encode, load

Encoded = tuple[list[int], int]
CHUNK = 16384
STRIDE = 8
"""Lengths are rounded up to this many tokens: a GPU likes round sizes."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tokens [rows, length + 1], and where in the flattened [rows, length] something is to be learnt: [n]."""

    tokens: NDArray[np.int16]
    wanted: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What batches are made of: a tokenizer; a seed, a part of the corpus, how often it draws what; padded tokens."""

    tokenizer: Path
    seed: int
    part: int | None
    budget: int
    weights: Mapping[str, float] = field(default_factory=lambda: INTENTS)


def supply(source: Source, first: int, longest: Callable[[], int], workers: int) -> Generator[tuple[int, Batch]]:
    """Batches without an end from the `first` chunk on, each with its chunk's number.

    What is longer than `longest` tokens, asked anew for each chunk, is left out.
    """
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _alone) as pool:
        ahead: deque[tuple[int, Future[list[Batch]]]] = deque()
        for number in itertools.count(first):
            ahead.append((number, pool.submit(chunk_batches, source, number, longest())))
            if len(ahead) > 2 * workers:
                done, future = ahead.popleft()
                yield from ((done, batch) for batch in future.result())


def _alone() -> None:
    """Each process is one of many: its tokenizer takes no threads of its own."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


_opened = cache(load)


def chunk_batches(source: Source, number: int, longest: int) -> list[Batch]:
    """The batches of one chunk, in random order."""
    seed = f"{source.seed}/{number}"
    batches = bucket(
        chunk(_opened(source.tokenizer), seed, part=source.part, weights=source.weights), source.budget, longest
    )
    random.Random(f"{seed}/order").shuffle(batches)
    return [collate(batch) for batch in batches]


def chunk(
    tokenizer: Tokenizer,
    seed: str,
    *,
    count: int = CHUNK,
    held_out: bool = False,
    part: int | None = None,
    weights: Mapping[str, float] = INTENTS,
) -> list[Encoded]:
    """So many encoded samples of this seed, of this part of the corpus."""
    samples = stream(random.Random(seed), held_out=held_out, part=part, weights=weights)
    return encode(tokenizer, list(itertools.islice(samples, count)))


def bucket(rows: Sequence[Encoded], budget: int, longest: int) -> list[list[Encoded]]:
    """Rows of similar length together, at most `budget` padded tokens a batch; longer rows than `longest` fall out."""
    batches: list[list[Encoded]] = [[]]
    for row in sorted((row for row in rows if len(row[0]) <= longest), key=lambda row: len(row[0])):
        if _padded(len(row[0])) * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(row)
    return [batch for batch in batches if batch]


def _padded(length: int) -> int:
    return -(-length // STRIDE) * STRIDE


def collate(rows: Sequence[Encoded]) -> Batch:
    """One batch of these rows."""
    length = _padded(max(len(ids) for ids, _ in rows) - 1)
    tokens = np.full((len(rows), length + 1), PAD, np.int16)
    wanted = []
    for index, (ids, given) in enumerate(rows):
        tokens[index, : len(ids)] = ids
        wanted.append(np.arange(given - 1, len(ids) - 1) + index * length)
    return Batch(tokens, np.concatenate(wanted))
