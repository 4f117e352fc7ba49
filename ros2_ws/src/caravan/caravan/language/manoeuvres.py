"""Manoeuvres of platoons as models write them, mended by what code is sure of.

No word is both a name and an amount; what names a truck or an exit is no platoon; numbers in a row are trucks, all of
them; an order to all trucks names none; and where there are platoons, who leaves at an exit leaves one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from caravan.language.around import whole
from caravan.language.grounding import Names
from caravan.language.ranges import spread
from caravan.language.reading import RoughTask
from caravan.language.shape import Sort
from caravan.language.spans import units

_AMOUNTS = ("speed", "headway", "gap")
_NAMES = {"platoon": Sort.PLATOON, "into": Sort.PLATOON, "leader": Sort.ROBOT, "at": Sort.ROBOT}
_ALL = re.compile(
    r"(?:all|every|each)(?: of)?(?: the| our)? (?:trucks?|lorr(?:y|ies)|vehicles?|units?|cars?|robots?)"
    r"|(?:the )?(?:whole|entire) (?:fleet|lot)|all of (?:you|them|us|it)|every(?:one|body|thing)|all"
    r"|(?:全体|所有|全部|各)的?(?:卡车|货车|车辆|车|人)?|大家|全队",
    re.IGNORECASE,
)


_LEAVES_AT = re.compile(r"\b(?:leaves?|exits?|off|out)(?: the (?:platoon|convoy))? at(?: the)?$", re.IGNORECASE)
_THERE_LEAVES = re.compile(r"(?:处|那里)?(?:离队|出队|脱队|退出车队|离开车队)")


def mended(task: RoughTask, sentence: str, vocabulary: Mapping[Sort, Names]) -> RoughTask:
    """The task, where it is a manoeuvre with its names put right; any other task as it is."""
    if not vocabulary[Sort.PLATOON].empty and _leaves(task, sentence):
        spans = {key: span for key, span in task.spans.items() if key != "robot"}
        words = {**task.words, "kind": "platoon", "manoeuvre": "leave"}
        task = replace(task, spans=spans, words=words, lists={**task.lists, "members": (task.spans["robot"],)})
    if task.words["kind"] != "platoon":
        return task
    return _Mender(task, sentence, vocabulary).mended()


def _leaves(task: RoughTask, sentence: str) -> bool:
    """Whether a truck goes to a place by leaving there: "truck 4, leave at exit 2"."""
    if task.words["kind"] != "go" or not {"robot", "to"} <= set(task.spans):
        return False
    before, _, after = f" {sentence}".partition(task.spans["to"])
    return bool(_LEAVES_AT.search(before) or _THERE_LEAVES.match(after))


@dataclass(frozen=True, slots=True)
class _Mender:
    task: RoughTask
    sentence: str
    vocabulary: Mapping[Sort, Names]

    def mended(self) -> RoughTask:
        amounts = [self.task.spans[key] for key in _AMOUNTS if key in self.task.spans]
        spans = {k: self.cut(s, _NAMES[k], amounts) if k in _NAMES else s for k, s in self.task.spans.items()}
        members = [self.cut(span, Sort.ROBOT, amounts) for span in self.task.lists.get("members", ())]
        trucks = list(dict.fromkeys(name for span in members if span for name in self.row(span)))
        lists = {**self.task.lists, **({"members": tuple(trucks)} if "members" in self.task.lists else {})}
        return replace(self.task, spans=dict(self.platoon({k: s for k, s in spans.items() if s}, trucks)), lists=lists)

    def cut(self, span: str, sort: Sort, amounts: Sequence[str]) -> str:
        """The name without the words of an amount that it runs into; a known name as it is."""
        if self.vocabulary[sort].find(span).ids:
            return span
        for amount in amounts:
            span = _without(span, amount, self.sentence)
        return span

    def row(self, span: str) -> list[str]:
        """The names of the row of numbers that the span is in."""
        return spread(span, self.sentence, lambda name: self.vocabulary[Sort.ROBOT].find(name).only is not None)

    def platoon(self, spans: Mapping[str, str], trucks: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The spans, without a platoon that is none."""
        for key, span in spans.items():
            if key != "platoon" or self.vocabulary[Sort.PLATOON].find(self.named(span, Sort.PLATOON)).ids:
                yield key, span
            elif self.task.words.get("manoeuvre") == "leave" and "to" not in spans and self.known(span, Sort.PLACE):
                yield "to", span
            elif not (self.all(span) or (span in (spans.get("at"), *trucks) and self.known(span, Sort.ROBOT))):
                yield key, span

    def known(self, span: str, sort: Sort) -> bool:
        return self.vocabulary[sort].find(self.named(span, sort)).only is not None

    def named(self, span: str, sort: Sort) -> str:
        return whole(span, self.sentence, self.vocabulary[sort].called)

    def all(self, span: str) -> bool:
        """Whether the span, or the words of the sentence that end with it, mean all trucks."""
        if self.task.words.get("manoeuvre") != "set":
            return False
        said = span.strip().lower()
        return any(said and found[0].lower().endswith(said) for found in _ALL.finditer(self.sentence))


def _without(span: str, amount: str, sentence: str) -> str:
    """The span without the words of the tidy sentence that it shares with an amount: " trucks 70" of " 70 km/h"."""
    words = units(span.strip())
    parts = ("".join(words[:at]) for at in range(len(words)))
    bare = (part if span.startswith(" ") else part.removeprefix(" ") for part in parts)
    return next((part for part in bare if span.startswith(part) and _meet(part, span, amount, sentence)), span)


def _meet(part: str, span: str, amount: str, sentence: str) -> bool:
    """Whether the amount begins in the sentence right behind this part of the span."""
    rest = span[len(part) :]
    return (amount.startswith(rest) or rest.startswith(amount)) and part + amount in f" {sentence}"
