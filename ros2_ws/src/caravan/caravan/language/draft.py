"""From a Sketch to a Draft: every span becomes an id, a number or a time, or a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from caravan.language.around import whole
from caravan.language.clock import clock
from caravan.language.grounding import Match, Names
from caravan.language.manoeuvres import mended
from caravan.language.measures import duration, headway, length, speed
from caravan.language.numbers import count, fold
from caravan.language.platoons import which, with_platoon
from caravan.language.ranges import joined, spread
from caravan.language.reading import RoughTask, Sketch
from caravan.language.shape import LISTS, SPANS, Sort
from caravan.model.goal import Draft, Intent, Task, TaskKind

_VALUES: dict[Sort, Callable[[str], float | str | None]] = {
    Sort.COUNT: count,
    Sort.CLOCK: clock,
    Sort.DURATION: duration,
    Sort.SPEED: speed,
    Sort.LENGTH: length,
    Sort.HEADWAY: headway,
}
_UNKNOWN = {Sort.PLACE: "unknown_place", Sort.ITEM: "unknown_item"}
_REQUIRED = {
    "deliver": ("item", "to"),
    "go": ("to",),
    "patrol": ("places",),
    "inspect": ("places",),
    "platoon": ("manoeuvre",),
}
_SETS = ("avoid", "needs")
_GOAL = re.compile(r"(?:goal|g|job|order|mission|task|目 标|任 务)?(?: ?(?:number|no|#|\.|号))* ?(\d{1,9})(?: 号)?")
_ALL = frozenset(
    {"all", "everyone", "everybody", "everything", "all robots", "all the robots", "all of them", "every robot"}
    | {"fleet", "the fleet", "the whole fleet", "robots", "the robots"}
    | {"所有", "所有机器人", "全部", "全部机器人", "大家", "全体"}
)


@dataclass(slots=True)
class _Doubts:
    """What could not be resolved, with where the sentence says it."""

    sentence: str
    found: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, reason: str, phrase: str) -> None:
        self.found.append((f" {self.sentence}".find(phrase), reason, phrase.strip()))

    def draft(self) -> Draft:
        """The question: the first doubt's reason, and all phrases in the sentence's order."""
        ordered = sorted(self.found, key=lambda each: each[0])
        phrases = tuple(dict.fromkeys(phrase for _, _, phrase in ordered))
        return Draft(intent=Intent.UNCLEAR, reason=ordered[0][1], phrases=phrases)


def ground(rough: Sketch, sentence: str, vocabulary: Mapping[Sort, Names]) -> Draft:
    """The Draft of a Sketch; an `unclear` one that names what the site does not know or the sentence leaves open."""
    if rough.intent == "unclear":
        phrases = tuple(p.strip() for p in rough.phrases)
        return Draft(intent=Intent.UNCLEAR, reason=rough.words["reason"], phrases=phrases)
    doubts = _Doubts(sentence)
    if rough.intent == "tasks":
        said = [mended(task, sentence, vocabulary) for task in rough.tasks]
        tasks = tuple(_Grounder(vocabulary, doubts).task(f"t{i}", t) for i, t in enumerate(said, 1))
        tasks = with_platoon(tasks, sentence, vocabulary)
        if (word := which(tasks, sentence, vocabulary)) is not None:
            doubts.add("ambiguous", word)
        return doubts.draft() if doubts.found else Draft(intent=Intent.TASKS, tasks=tasks)
    target = _target(rough, vocabulary, doubts)
    if doubts.found:
        return doubts.draft()
    if rough.intent == "control":
        return Draft(intent=Intent.CONTROL, command=rough.words["command"], target=target or "all")
    return Draft(intent=Intent.QUERY, about=rough.words["about"], target=target)


def _target(rough: Sketch, vocabulary: Mapping[Sort, Names], doubts: _Doubts) -> str | None:
    """The robot, goal or (in a query) place that a target names; None for the whole fleet."""
    if rough.target is None or rough.target.strip().lower() in _ALL:
        return None
    sorts = (Sort.ROBOT,) if rough.intent == "control" else (Sort.ROBOT, Sort.PLACE)
    goal = _GOAL.fullmatch(" ".join(f"{t:.0f}" if isinstance(t, float) else t for t in fold(rough.target)))
    around = [whole(rough.target, doubts.sentence, vocabulary[sort].called) for sort in sorts]
    matches = [vocabulary[sort].find(name) for sort, name in zip(sorts, around, strict=True)]
    for match in matches:
        if match.only:
            return match.only
    if goal:
        return f"g{goal[1]}"
    doubts.add("ambiguous" if any(m.ids for m in matches) else "unknown_robot", rough.target)
    return None


@dataclass(slots=True)
class _Grounder:
    """Grounds the tasks of one sentence, in order."""

    vocabulary: Mapping[Sort, Names]
    doubts: _Doubts
    said: dict[Sort, str] = field(default_factory=dict)
    """The phrase before, of each sort: it lends its noun to a bare number."""

    def task(self, id_: str, rough: RoughTask) -> Task:
        """The task; what it leaves open is added to the doubts."""
        values: dict[str, Any] = {k: self.value(SPANS[k], span) for k, span in rough.spans.items()}
        for key, spans in rough.lists.items():
            self.lend(LISTS[key], spans)
            ids = [self.value(LISTS[key], span) for span in self.apart(LISTS[key], spans)]
            if LISTS[key] is Sort.PLACE:
                ids = self.filled(spans, ids)
            values[key] = tuple(ids if key == "places" else dict.fromkeys(ids))
        self.check(rough, values)
        kept = {("from_" if k == "from" else k): v for k, v in values.items() if v is not None}
        for key in _SETS:
            kept[key] = tuple(sorted(v for v in kept.get(key, ()) if v is not None))
        kept |= {k: v for k, v in rough.words.items() if k != "kind"}
        return Task(id=id_, kind=TaskKind(rough.words["kind"]), after=rough.after, **kept)

    def value(self, sort: Sort, span: str) -> float | str | None:
        """What the span stands for, or None and a doubt."""
        if sort in _VALUES:
            value = _VALUES[sort](span)
            if value is None:
                self.doubts.add("ambiguous", span)
            return value
        span = self.around(sort, span)
        match = self.named(sort, span)
        if match.only is None:
            self.doubts.add("ambiguous" if match.ids else _UNKNOWN.get(sort, "unknown_robot"), span)
        return match.only

    def around(self, sort: Sort, span: str) -> str:
        """The whole name of which the span is a piece."""
        return whole(span, self.doubts.sentence, self.vocabulary[sort].called)

    def lend(self, sort: Sort, spans: Sequence[str]) -> None:
        """Lends the noun behind a list of numbers to all of them: "一号、二号、三号卡车" is three trucks."""
        names = self.vocabulary[sort]
        lender = next((span for span in spans if names.find(span).ids), None)
        if lender is not None and not names.find(spans[0]).ids:
            self.said[sort] = lender

    def apart(self, sort: Sort, spans: Sequence[str]) -> list[str]:
        """The spans, of which two pieces of one name count once."""
        out: list[str] = []
        for span in spans:
            name = self.around(sort, span)
            if name == span or name not in out:
                out.append(name)
        return out

    def filled(self, spans: Sequence[str], ids: list[Any]) -> list[Any]:
        """The places, with those between the ends of a range: "docks 1 to 4" are four, if the site has them all."""
        sentence, find = self.doubts.sentence, self.vocabulary[Sort.PLACE].find
        for span in (one for one, other in pairwise(spans) if joined(one, other, sentence)):
            row = [find(name).only for name in spread(span, sentence, lambda name: bool(find(name).only))]
            ends = [ids.index(row[at]) if row[at] in ids else -1 for at in (0, -1)]
            if len(row) > 2 and -1 not in ends and set(ids[ends[0] : ends[1] + 1]) == {row[0], row[-1]}:
                ids = [*ids[: ends[0]], *row, *ids[ends[1] + 1 :]]
            elif len(row) < len(spread(span, sentence, lambda _: True)):
                self.doubts.add("ambiguous", span)
        return ids

    def named(self, sort: Sort, span: str) -> Match:
        """The ids that the span may name."""
        match = self.vocabulary[sort].find(span)
        if not match.ids and sort in self.said:
            return self.vocabulary[sort].find_like(span, self.said[sort])
        self.said[sort] = span
        return match

    def check(self, rough: RoughTask, values: dict[str, Any]) -> None:
        """Adds a doubt where the task lacks what it is about, or contradicts itself; completes a platoon's members."""
        given = [*rough.spans.values(), *(span for spans in rough.lists.values() for span in spans)]
        for key in _REQUIRED.get(rough.words["kind"], ()):
            if not (values.get(key) or key in values or key in rough.words):
                self.doubts.add("ambiguous", given[0] if given else self.doubts.sentence)
                return
        if values.get("to") is not None and values.get("from") == values["to"]:
            self.doubts.add("ambiguous", rough.spans["to"])
        if rough.words.get("manoeuvre") == "form" and values.get("leader") and values.get("members"):
            members = tuple(dict.fromkeys((values["leader"], *values["members"])))
            # A leader alone leaves open who follows.
            values["members"] = members if len(members) > 1 else ()
