"""Writing a sentence and its Reading together.

A `Mark` is a piece of the sentence that the Reading copies. Marks travel inside the text between
private-use characters, so that templates, casing and typing slips are plain string operations, and the
span of a mark is found when the text is final.
"""

import json
import random
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

OPEN, CLOSE = "\ue000", "\ue001"
FIRST_KEY = 0xE100
HELD_OUT_FRAMES = 16
PARTS = 3
LEFT_OUT_FRAMES = 6
KINSHIP = 0.45
KEYS = tuple(
    """intent tasks command about target reason phrases kind item quantity from to places robot robots needs by
    not_before within delay duration after avoid priority times every manoeuvre platoon leader members at into
    speed headway gap""".split()  # noqa: SIM905 - one name after the other reads better than forty quoted ones
)
_RANK = {key: rank for rank, key in enumerate(KEYS)}
_MARKED = re.compile(f"{OPEN}(.)([^{CLOSE}]*){CLOSE}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A copied piece of the sentence; `lead` is what stands before it and is not copied (an article)."""

    key: str
    text: str
    lead: str = ""

    def __str__(self) -> str:
        return f"{self.lead}{OPEN}{self.key}{self.text}{CLOSE}"


Value = str | Mark | Sequence[Mark] | Sequence[str]
Task = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Reading:
    """A Reading whose spans are still marks: the head keys, and the tasks where there are any."""

    head: Mapping[str, Value]
    tasks: Sequence[Task] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A finished pair: the sentence, its Reading as compact JSON, its language, its frame, its invented words."""

    sentence: str
    reading: str
    language: str
    frame: str
    invented: tuple[str, ...] = ()


@dataclass(slots=True)
class Pen:
    """Draws the random choices of one sentence; structural ones make up the frame, names do not.

    A choice between texts is known by the text and not by its place in a list, so that lists may grow.
    """

    rng: random.Random
    held_out: bool = False
    frame: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    drawn: list[Mark] = field(default_factory=list)
    label: str = ""
    _marks: int = 0
    _kin: dict[str, str] = field(default_factory=dict)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; which one belongs to the frame."""
        index = self.rng.randrange(len(options))
        self.frame.append(_name(options[index], index))
        return options[index]

    def chance(self, probability: float) -> bool:
        """True with this probability; belongs to the frame."""
        hit = self.rng.random() < probability
        self.frame.append("1" if hit else "0")
        return hit

    def weigh(self, options: Mapping[T, float]) -> T:
        """One of the options by weight; which one belongs to the frame."""
        names = list(options)
        index = self.rng.choices(range(len(names)), list(options.values()))[0]
        self.frame.append(_name(names[index], index))
        return names[index]

    def kin(self, group: str, fresh: str) -> str:
        """This word, or again the one that this sentence had in the group: docks stand beside docks."""
        if self.rng.random() > KINSHIP:
            self._kin[group] = fresh
        return self._kin.setdefault(group, fresh)

    def mark(self, text: str, lead: str = "") -> Mark:
        """A new mark for this text."""
        self._marks += 1
        return Mark(chr(FIRST_KEY + self._marks), text, lead)


def _name(option: object, index: int) -> str:
    """What a choice is called in a frame: its text, where that holds no name of this very sentence."""
    return option if isinstance(option, str) and OPEN not in option else str(index)


def frame_held_out(frame: str) -> bool:
    """Whether sentences of this frame are kept for the evaluation."""
    return zlib.crc32(frame.encode()) % HELD_OUT_FRAMES == 0


def left_out(frame: str, part: int | None) -> bool:
    """Whether a part of the corpus leaves this frame out: each of the three parts leaves out another sixth."""
    return part is not None and zlib.crc32(frame.encode()) // HELD_OUT_FRAMES % LEFT_OUT_FRAMES == part


def finish(text: str, reading: Reading) -> tuple[str, str]:
    """The plain sentence and its Reading as JSON, each mark replaced by its span with the space before it."""
    plain, spans = _strip(text)
    head = {key: _plain(value, spans) for key, value in reading.head.items()}
    if reading.tasks:
        head["tasks"] = [_ordered({k: _plain(v, spans) for k, v in task.items()}) for task in reading.tasks]
    return plain, json.dumps(_ordered(head), ensure_ascii=False, separators=(",", ":"))


def unmarked(text: str) -> str:
    """The text with a gap for each mark, and without a "please" at its end, which its surface may have, too."""
    return _MARKED.sub("{}", text).removesuffix(" please").removesuffix(",")


def _strip(text: str) -> tuple[str, dict[str, str]]:
    """The text without marks, and the span of each mark (its first mention)."""
    plain, last = "", 0
    spans: dict[str, str] = {}
    for found in _MARKED.finditer(text):
        plain += text[last : found.start()]
        gap = " " if (" " + plain).endswith(" ") else ""
        spans.setdefault(found[1], gap + found[2])
        plain += found[2]
        last = found.end()
    return plain + text[last:], spans


def _plain(value: Value, spans: Mapping[str, str]) -> object:
    if isinstance(value, Mark):
        return spans[value.key]
    if isinstance(value, str):
        return value
    return [spans[each.key] if isinstance(each, Mark) else each for each in value]


def _ordered(record: Mapping[str, object]) -> dict[str, object]:
    return {key: record[key] for key in sorted(record, key=_RANK.__getitem__)}
