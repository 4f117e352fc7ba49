"""Training against the clock: resumable, on whatever device there is."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from torch.optim import AdamW, Muon, Optimizer

from .batches import Batch, bucket, chunk, chunk_batches, collate
from .export import load_weights
from .network import Reader, Shape

Report = Callable[["Progress"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. `minutes` is training time in all, over restarts; `part` of the corpus is what is trained on."""

    minutes: float
    seed: int = 1
    part: int | None = None
    budget: int = 4096
    matrix_rate: float = 2e-3
    vector_rate: float = 1.5e-3
    warm_up: float = 0.01
    decay_from: float = 0.42
    short_until: float = 0.2
    average: float = 0.997
    save_every: float = 180.0


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
    muon = Muon(matrices, lr=recipe.matrix_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
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


def train(run: Run, recipe: Recipe, tokenizer: Tokenizer, folder: Path, report: Report) -> None:
    """Trains until the time is over; saves as it goes."""
    device, total = run.reader.embedding.weight.device, recipe.minutes * 60
    run.reader.compile(dynamic=True)
    check = [collate(rows) for rows in bucket(chunk(tokenizer, "check", count=300, held_out=True), 8192, 512)]
    saved, source = run.progress.seconds, _endless(run, recipe, tokenizer)
    while run.progress.seconds < total:
        began = time.monotonic()
        loss = _step(run, recipe, next(source), device, run.progress.seconds / total)
        fresh = max(0.02, 1 / run.progress.step)
        run.progress.loss += fresh * (loss - run.progress.loss)
        run.progress.seconds += time.monotonic() - began
        if run.progress.seconds - saved > recipe.save_every:
            saved, run.progress.exact = run.progress.seconds, exact(run.averaged, check)
            save(run, folder / "checkpoint.pt")
        report(run.progress)
    run.progress.exact = exact(run.averaged, check)
    save(run, folder / "checkpoint.pt")
    report(run.progress)


def _endless(run: Run, recipe: Recipe, tokenizer: Tokenizer) -> Iterator[Batch]:
    """Batches without an end; short samples only at first, because they teach copying sooner."""
    while True:
        done = run.progress.seconds / (recipe.minutes * 60)
        longest = int(64 + 448 * min(1.0, done / recipe.short_until))
        run.progress.chunk += 1
        seed = f"{recipe.seed}/{run.progress.chunk}"
        yield from chunk_batches(tokenizer, seed, recipe.budget, longest, part=recipe.part)


def _step(run: Run, recipe: Recipe, batch: Batch, device: torch.device, done: float) -> float:
    for optimizer, full in zip(run.optimizers, (recipe.matrix_rate, recipe.vector_rate), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = full * rate(recipe, done)
    with torch.autocast(device.type, torch.bfloat16):
        logits = run.reader(batch.inputs.to(device), batch.wanted.to(device))
    loss = F.cross_entropy(logits.float(), batch.targets[batch.wanted].to(device))
    for optimizer in run.optimizers:
        optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.reader.parameters(), 1.0)
    for optimizer in run.optimizers:
        optimizer.step()
    run.progress.step += 1
    run.progress.sequences += batch.samples
    _average(run, min(recipe.average, run.progress.step / (run.progress.step + 20)))
    return float(loss.item())


def _average(run: Run, keep: float) -> None:
    kept: list[Tensor] = list(run.averaged.parameters())
    with torch.no_grad():
        torch._foreach_lerp_(kept, list(run.reader.parameters()), 1 - keep)


def exact(reader: Reader, batches: list[Batch]) -> float:
    """The share of samples whose whole Reading is right when decoded greedily (teacher forcing shows the same)."""
    right = total = 0
    for batch in batches:
        right += _right(reader, batch)
        total += batch.samples
    return right / total


def _right(reader: Reader, batch: Batch) -> int:
    device = reader.embedding.weight.device
    with torch.no_grad():
        best = reader(batch.inputs.to(device), batch.wanted.to(device)).argmax(-1).cpu()
    wrong = torch.zeros(batch.wanted.shape, dtype=torch.bool)
    wrong[batch.wanted] = best != batch.targets[batch.wanted]
    return int((~wrong.any(1)).sum())
