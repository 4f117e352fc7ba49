"""Training against the clock: resumable, on whatever device there is."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import AdamW, Optimizer

from .batches import Batch, Source, bucket, chunk, collate, supply
from .corpus import INTENTS
from .export import load_weights
from .muon import Muon
from .network import Reader, Shape
from .tokenizer import load

Report = Callable[["Progress"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train.

    `minutes` is training time in all, over restarts; `part` of the corpus, its intents drawn by `weights`, is what is
    trained on, in batches of `budget` padded tokens that so many `workers` make.
    """

    minutes: float
    seed: int = 1
    part: int | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: INTENTS)
    budget: int = 8192
    workers: int = 1
    matrix_rate: float = 2e-3
    vector_rate: float = 1.5e-3
    warm_up: float = 0.01
    decay_from: float = 0.42
    short_until: float = 0.2
    average: float = 0.997
    save_every: float = 300.0
    report_every: int = 20


@dataclass(slots=True)
class Progress:
    """Where the training stands."""

    step: int = 0
    chunk: int = 0
    sequences: int = 0
    seconds: float = 0.0
    loss: float = 0.0
    exact: float = 0.0


@dataclass(slots=True)
class Run:
    """The network in training, its moving average and its optimizers."""

    reader: Reader
    averaged: Reader
    optimizers: list[Optimizer]
    progress: Progress = field(default_factory=Progress)


def start(shape: Shape, recipe: Recipe, device: str, weights: Path | None = None) -> Run:
    """A fresh run, from the weights of a GGUF where one is given; else the same seed gives the same first weights."""
    torch.manual_seed(recipe.seed)
    reader, averaged = Reader(shape).to(device), Reader(shape).to(device)
    if weights:
        load_weights(reader, weights)
    averaged.load_state_dict(reader.state_dict())
    matrices = [weight for name, weight in reader.named_parameters() if weight.dim() == 2 and "embedding" not in name]
    others = [weight for name, weight in reader.named_parameters() if weight.dim() != 2 or "embedding" in name]
    muon = Muon(matrices, lr=recipe.matrix_rate, weight_decay=0.01)
    return Run(reader, averaged, [muon, AdamW(others, lr=recipe.vector_rate, betas=(0.9, 0.98), weight_decay=0.0)])


def save(run: Run, path: Path) -> None:
    """Writes a checkpoint so that a crash leaves the old one."""
    part = path.with_suffix(".part")
    state = {
        "shape": run.reader.shape.as_dict(),
        "reader": run.reader.state_dict(),
        "averaged": run.averaged.state_dict(),
        "optimizers": [each.state_dict() for each in run.optimizers],
        "progress": {name: getattr(run.progress, name) for name in Progress.__slots__},
    }
    torch.save(state, part)
    part.replace(path)


def resume(run: Run, path: Path) -> None:
    """Puts the run where the checkpoint stands, if there is one."""
    if not path.exists():
        return
    state = torch.load(path, weights_only=True)
    run.reader.load_state_dict(state["reader"])
    run.averaged.load_state_dict(state["averaged"])
    for optimizer, kept in zip(run.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    run.progress = Progress(**state["progress"])


def rate(recipe: Recipe, done: float) -> float:
    """The share of the full learning rate when this share of the time is done: warm up, hold, then decay to zero."""
    if done < recipe.warm_up:
        return max(done / recipe.warm_up, 0.02)
    return min(1.0, max(0.0, (1 - done) / (1 - recipe.decay_from)))


def train(run: Run, recipe: Recipe, tokenizer: Path, folder: Path, report: Report) -> None:
    """Trains until the time is over; saves as it goes."""
    torch.set_float32_matmul_precision("high")
    device, total = run.reader.embedding.weight.device, recipe.minutes * 60
    for block in run.reader.blocks:
        block.compile(dynamic=True)
    held_out = chunk(load(tokenizer), "check", count=300, held_out=True)
    check = [collate(rows) for rows in bucket(held_out, 8192, 512)]
    source = Source(
        tokenizer=tokenizer, seed=recipe.seed, part=recipe.part, budget=recipe.budget, weights=recipe.weights
    )
    batches = supply(source, run.progress.chunk + 1, lambda: longest(recipe, run.progress), recipe.workers)
    run.progress.chunk, batch = next(batches)
    began, saved = time.monotonic() - run.progress.seconds, run.progress.seconds
    while run.progress.seconds < total:
        loss = step(run, recipe, batch, device)
        if run.progress.step % recipe.report_every == 0:
            run.progress.loss = loss.item()
            report(run.progress)
        run.progress.seconds = time.monotonic() - began
        if run.progress.seconds - saved > recipe.save_every:
            saved, run.progress.exact = run.progress.seconds, exact(run.averaged, check)
            save(run, folder / "checkpoint.pt")
        run.progress.chunk, batch = next(batches)
    batches.close()
    run.progress.exact = exact(run.averaged, check)
    save(run, folder / "checkpoint.pt")
    report(run.progress)


def longest(recipe: Recipe, progress: Progress) -> int:
    """How many tokens a sample has at most: few at first, because short samples teach copying sooner."""
    done = progress.seconds / (recipe.minutes * 60)
    return 512 if done >= recipe.short_until else int(64 + 448 * done / recipe.short_until)


def step(run: Run, recipe: Recipe, batch: Batch, device: torch.device) -> Tensor:
    """One step on this batch; the loss before it."""
    share = rate(recipe, run.progress.seconds / (recipe.minutes * 60))
    for optimizer, full in zip(run.optimizers, (recipe.matrix_rate, recipe.vector_rate), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = full * share
    inputs, wanted, targets = on(device, batch)
    with torch.autocast(device.type, torch.bfloat16):
        logits = run.reader(inputs, wanted)
    loss = F.cross_entropy(logits.float(), targets)
    for optimizer in run.optimizers:
        optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.reader.parameters(), 1.0)
    for optimizer in run.optimizers:
        optimizer.step()
    run.progress.step += 1
    run.progress.sequences += len(batch.tokens)
    _average(run, min(recipe.average, run.progress.step / (run.progress.step + 20)))
    return loss.detach()


def on(device: torch.device, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs [rows, length], where something is to be learnt [n], and what [n]."""
    tokens = torch.from_numpy(batch.tokens).to(device, non_blocking=True).long()
    wanted = torch.from_numpy(batch.wanted).to(device, non_blocking=True)
    return tokens[:, :-1].contiguous(), wanted, tokens[:, 1:].flatten()[wanted]


def _average(run: Run, keep: float) -> None:
    kept: list[Tensor] = list(run.averaged.parameters())
    with torch.no_grad():
        torch._foreach_lerp_(kept, list(run.reader.parameters()), 1 - keep)


def exact(reader: Reader, batches: Sequence[Batch]) -> float:
    """The share of samples whose whole Reading is right when decoded greedily (teacher forcing shows the same)."""
    return sum(_right(reader, batch) for batch in batches) / sum(len(batch.tokens) for batch in batches)


def _right(reader: Reader, batch: Batch) -> int:
    inputs, wanted, targets = on(reader.embedding.weight.device, batch)
    with torch.no_grad():
        wrong = wanted[reader(inputs, wanted).argmax(-1) != targets] // inputs.shape[1]
    return len(inputs) - len(wrong.unique())
