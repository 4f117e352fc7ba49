"""Sentences that the corpus generator keeps from training, each at a small site of its own names.

A sample comes with its Reading; its Draft is what grounding makes of that Reading at a site that has the names of the
sentence, and beside each a name that is easily taken for it ("dock 4" and "dock 33" beside "dock 3").
"""

from __future__ import annotations

import importlib
import random
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from caravan.language.draft import ground
from caravan.language.reading import RoughTask, Sketch, sketch
from caravan.language.shape import LISTS, SPANS, Sort
from caravan.language.spans import CJK, units
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Draft, Intent
from caravan.model.site import Item, Named, Place, Robot, Site
from caravan_cli.language_bench.cases import Case
from caravan_cli.resources import resource

CORPUS = "models/training/corpus/__init__.py"
SEEN = 6000
"""Training samples whose words count as seen."""
POOL = 3
"""From so many samples for each sentence names are taken, kept from training or not."""
LEAST = 200
NAMES = 400
"""Names of a sort and a language that are put into other sentences."""
_RENAMED = (Sort.PLACE, Sort.ROBOT, Sort.ITEM)
_WORD = re.compile(rf"[{CJK}]+|(?:(?![{CJK}\d_])\w)+")

_NUMERALS = "一二三四五六七八九"

Pools = dict[tuple[Sort, str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, its Reading in its own words, and its language."""

    text: str
    rough: Sketch
    language: str


def held_out(count: int, seed: int) -> list[Case]:
    """So many cases whose frames and invented names training never draws."""
    return list(islice(_cases(_said(f"{seed}/held out", held_out=True), random.Random(f"{seed}/sites")), count))


def renamed(count: int, seed: int) -> tuple[list[Case], list[Case]]:
    """So many sentences that training may draw, with other names in them: ones that it draws, and ones that it never
    does."""
    seen, unseen = _pools(count, seed)
    rng = random.Random(f"{seed}/names")
    known: list[Case] = []
    fresh: list[Case] = []
    for said in _said(f"{seed}/renamed", held_out=False):
        if len(known) == count:
            break
        pair = [_renamed(said, pools, rng) for pools in (seen, unseen)]
        cases = [case for each in pair if each is not None for case in _cases(iter([each]), rng)]
        if len(cases) == 2:
            known.append(cases[0])
            fresh.append(cases[1])
    return known, fresh


def corpus() -> Any:
    """The corpus generator. Raises Complaint where Caravan is installed without it."""
    root = str(resource(CORPUS).parents[3])
    if root not in sys.path:
        sys.path.append(root)
    return importlib.import_module("models.training.corpus")


def _said(seed: str, *, held_out: bool) -> Iterator[Said]:
    for sample in corpus().stream(random.Random(seed), held_out=held_out):
        # Once in many thousands of Chinese sentences a name that ends in a letter runs into a number: no Reading.
        with suppress(ValueError):
            yield Said(text=sample.sentence, rough=sketch(sample.reading, sample.sentence), language=sample.language)


def _cases(source: Iterator[Said], rng: random.Random) -> Iterator[Case]:
    """The cases of the sentences that can be grounded."""
    for said in source:
        site = _site(_names(said))
        gold = ground(said.rough, said.text, vocabulary(site))
        if gold.intent != said.rough.intent:
            continue
        crowded = _site(_with_lookalikes(_names(said), rng))
        if ground(said.rough, said.text, vocabulary(crowded)) == gold:
            site = crowded
        yield Case(text=said.text, site=site, kind=_kind(gold), gold=gold)


def _kind(gold: Draft) -> str:
    if gold.intent is Intent.TASKS:
        return gold.tasks[0].kind.value if len(gold.tasks) == 1 else "several tasks"
    return gold.reason or gold.intent.value


def _names(said: Said) -> dict[tuple[Sort, str], str]:
    """The names that the site must have, each once, by how they are compared."""
    named = list(said.rough.named())
    target = said.rough.target
    if target is not None and ground(said.rough, said.text, vocabulary(Site())).intent is Intent.UNCLEAR:
        named.append((Sort.ROBOT, target))
    return {(sort, " ".join(span.casefold().split())): " ".join(span.split()) for sort, span in named}


_PARTS = {
    Sort.PLACE: ("places", Place),
    Sort.ROBOT: ("robots", Robot),
    Sort.ITEM: ("items", Item),
    Sort.PLATOON: ("platoons", Named),
    Sort.CAPABILITY: ("capabilities", Named),
}


def _site(names: Mapping[tuple[Sort, str], str]) -> Site:
    parts: dict[str, Any] = {part: {} for part, _ in _PARTS.values()}
    for (sort, _), name in names.items():
        part, noun = _PARTS[sort]
        parts[part][name] = noun(id=name)
    return Site(**parts)


def _with_lookalikes(names: Mapping[tuple[Sort, str], str], rng: random.Random) -> dict[tuple[Sort, str], str]:
    out = dict(names)
    for sort, flat in names:
        for other in _lookalikes(names[sort, flat], rng):
            out.setdefault((sort, " ".join(other.casefold().split())), other)
    return out


def _lookalikes(name: str, rng: random.Random) -> list[str]:
    """Two names that differ from this one in a number, a letter or a last word."""
    numeral = re.search(f"[{_NUMERALS}]", name)
    if numeral is not None:
        others = rng.sample([each for each in _NUMERALS if each != numeral[0]], 2)
        return [name[: numeral.start()] + other + name[numeral.end() :] for other in others]
    number = re.search(r"\d+", name)
    if number is not None:
        others = [str(int(number[0]) + rng.randint(1, 3)), number[0] * 2]
        return [name[: number.start()] + other + name[number.end() :] for other in others]
    letter = re.search(r"(?<![^\W\d_])[A-Za-z](?![^\W\d_])", name)
    if letter is not None:
        return [name[: letter.start()] + other + name[letter.end() :] for other in rng.sample("EFGHKMX", 2)]
    return [f"{name} 2", f"{name} {rng.choice('KMX')}"]


def _pools(count: int, seed: int) -> tuple[Pools, Pools]:
    """Names that training draws, and names with a word in them that it never does, by sort and language."""
    words: set[str] = set()
    for sample in islice(corpus().stream(random.Random(f"{seed}/words")), SEEN):
        words.update(_WORD.findall(sample.sentence.casefold()))
    seen: Pools = {}
    unseen: Pools = {}
    for said in islice(_said(f"{seed}/seen", held_out=False), LEAST + POOL * count):
        _keep(said, seen)
    for said in islice(_said(f"{seed}/unseen", held_out=True), LEAST + POOL * count):
        _keep(said, unseen, words)
    return seen, unseen


def _keep(said: Said, pools: Pools, known: set[str] | None = None) -> None:
    for sort, span in said.rough.named():
        pool = pools.setdefault((sort, said.language), [])
        name = span.strip()
        fresh = known is None or not known.issuperset(_WORD.findall(name.casefold()))
        if sort in _RENAMED and fresh and len(pool) < NAMES and name not in pool:
            pool.append(name)


def _renamed(said: Said, pools: Pools, rng: random.Random) -> Said | None:
    """The sentence with other names of places, robots and items; None where that cannot be done."""
    spans = sorted({(sort, span) for sort, span in said.rough.named() if sort in _RENAMED}, key=lambda each: each[1])
    if not spans or len({span for _, span in spans}) < len(spans):
        return None
    new: dict[str, str] = {}
    for sort in _RENAMED:
        old = [span for each, span in spans if each is sort]
        pool = pools.get((sort, said.language), [])
        if len(pool) < len(old):
            return None
        new |= {span: _like(span, name) for span, name in zip(old, rng.sample(pool, len(old)), strict=True)}
    text = _replaced(f" {said.text}", new)
    if text is None:
        return None
    tasks = tuple(_retold(task, new) for task in said.rough.tasks)
    fresh = Said(text=text[1:], rough=replace(said.rough, tasks=tasks), language=said.language)
    return fresh if _sound(fresh) else None


def _like(span: str, name: str) -> str:
    """The name with a space before it where the span has one."""
    return f" {name}" if span.startswith(" ") else name


def _replaced(text: str, new: Mapping[str, str]) -> str | None:
    """The text with each old span replaced wherever it stands; None where one stands within another."""
    if any(a != b and a.strip() in b for a in new for b in new):
        return None
    pattern = "|".join(re.escape(span) for span in sorted(new, key=len, reverse=True))
    return re.sub(pattern, lambda found: new[found[0]], text)


def _retold(task: RoughTask, new: Mapping[str, str]) -> RoughTask:
    return replace(
        task,
        spans={k: new.get(v, v) if SPANS[k] in _RENAMED else v for k, v in task.spans.items()},
        lists={k: tuple(new.get(v, v) for v in vs) if LISTS[k] in _RENAMED else vs for k, vs in task.lists.items()},
    )


def _sound(said: Said) -> bool:
    """Whether every name is still made of whole units of the sentence."""
    parts = units(said.text)
    ends = {0}
    for part in parts:
        ends.add(max(ends) + len(part))
    whole = "".join(parts)
    return all(
        any(at in ends and at + len(span) in ends for at in _places(span, whole)) for _, span in said.rough.named()
    )


def _places(span: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(f"(?={re.escape(span)})", text))
