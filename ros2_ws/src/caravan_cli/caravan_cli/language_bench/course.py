"""All sentences of the bench, and what models read in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caravan.adapters.llama import LlamaReader, ModelSettings
from caravan.language.parse import read
from caravan.language.vocabulary import vocabulary
from caravan_cli.language_bench.cases import Case, read_sentences
from caravan_cli.language_bench.generated import held_out, renamed
from caravan_cli.language_bench.house import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The cases, by split; `seen` and `unseen` are the same sentences with other names in them."""

    held_out: tuple[Case, ...]
    seen: tuple[Case, ...]
    unseen: tuple[Case, ...]
    by_hand: tuple[Case, ...]
    platoons: tuple[Case, ...]
    attacks: tuple[Case, ...]

    def __iter__(self) -> Iterator[Case]:
        for split in (self.held_out, self.seen, self.unseen, self.by_hand, self.platoons, self.attacks):
            yield from split

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model read in each case of a course, in order; the time of each, s; the most memory it took, MB.

    `core_seconds` is the time that each took of a core, whatever else the machine was at.
    """

    results: tuple[Result, ...]
    seconds: tuple[float, ...]
    core_seconds: tuple[float, ...]
    memory: float


def course(folder: Path, count: int, seed: int) -> Course:
    """The hand-written sentences of a folder, and `count` generated ones of each split. Raises Complaint."""
    sentences = read_sentences(folder)
    known, fresh = renamed(count, seed)
    return Course(
        held_out=tuple(held_out(count, seed)),
        seen=tuple(known),
        unseen=tuple(fresh),
        by_hand=sentences.ordinary,
        platoons=sentences.platoons,
        attacks=sentences.attacks,
    )


def run_course(model: ModelSettings, cases: Course, step: Callable[[], None]) -> Answers:
    """Reads all sentences with a model; `step` is called after each. The model's start does not count."""
    results, seconds, used = [], [], []
    with LlamaReader(model) as reader:
        read(WARM_UP, next(iter(cases)).site, reader)
        for case in cases:
            vocabulary(case.site)  # Made once for a site, so it is no part of a parse.
            begun, core = time.perf_counter(), _used(reader.pid)
            results.append(read(case.text, case.site, reader))
            seconds.append(time.perf_counter() - begun)
            used.append(max(0.0, _used(reader.pid) - core))
            step()
        memory = _peak(reader.pid)
    return Answers(results=tuple(results), seconds=tuple(seconds), core_seconds=tuple(used), memory=memory)


WARM_UP = "go to dock 1"


def _used(pid: int | None) -> float:
    """The time of a core that this process and the main thread of another have used, s."""
    try:
        other = int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        other = 0.0
    return time.process_time() + other


def _peak(pid: int | None) -> float:
    """The most memory that a process has held, MB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def by_case(answers: Mapping[str, Answers], cases: Course) -> Iterator[tuple[Case, dict[str, Result]]]:
    """Each case with what each model read in it."""
    for number, case in enumerate(cases):
        yield case, {model: each.results[number] for model, each in answers.items()}
