"""Which platoon a manoeuvre is of, where its Reading does not say so and the sentence leaves no doubt.

A model that does not know the site cannot tell whether "the convoy" is a platoon called so or any platoon. What the
sentence says as the very name of a platoon of the site is that platoon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from caravan.language.grounding import Names, flat
from caravan.language.shape import Sort
from caravan.language.spans import units
from caravan.language.unused import said
from caravan.model.goal import Task, TaskKind

_OF_ONE = ("join", "leave", "split", "dissolve")
"""Manoeuvres of the one platoon though another task names it; a new one, or the speed of all trucks, need not be."""

_OF_SOME = ("set", "dissolve", "split", "join", "merge")
"""Manoeuvres of a platoon that is there already and that nothing else tells: who leaves one is in it."""
_EXCEPT = re.compile(r"\b(?:except|all but|apart from|other than|excluding)\b|除", re.IGNORECASE)
_ALL = re.compile(r"(?:\b(?:all|every|each|both)(?: of)?(?: the| our)?|所有的?|全部的?|各个?)$", re.IGNORECASE)
_LONGEST = 3
"""A word for a platoon has at most so many words, or Chinese characters."""


def with_platoon(tasks: tuple[Task, ...], sentence: str, vocabulary: Mapping[Sort, Names]) -> tuple[Task, ...]:
    """The tasks, of which manoeuvres without a platoon are of the only one that the tidy sentence names, if any."""
    lacking = [task for task in tasks if task.kind is TaskKind.PLATOON and task.platoon is None and task.into is None]
    named = _named(sentence, vocabulary) if lacking else set()
    if len(named) != 1 or _EXCEPT.search(sentence):
        return tasks
    (only,) = named
    used = any(only in (task.platoon, task.into) for task in tasks)
    filled = [task for task in lacking if not used or task.manoeuvre in _OF_ONE]
    return tuple(replace(task, platoon=only) if task in filled else task for task in tasks)


def _named(sentence: str, vocabulary: Mapping[Sort, Names]) -> set[str]:
    """The platoons whose very names stand in the sentence, each of which can be nothing else."""
    platoons = vocabulary[Sort.PLATOON]
    found = [ids for ids in said(units(sentence), vocabulary) if len(ids) == 1]
    return {id_ for ids in found for id_ in ids if id_ in platoons.called(flat(id_))}


def which(tasks: tuple[Task, ...], sentence: str, vocabulary: Mapping[Sort, Names]) -> str | None:
    """What leaves open which platoon is meant, where a task needs one and has none.

    That is a word that may mean several: "let the convoy drive at 40 km/h" is no order to all trucks of a site with two
    convoys, unless one is formed first. And it is an exception, which no task can have: "all but the convoy".
    """
    if not any(_lacks_one(task) for task in tasks):
        return None
    if (but := _EXCEPT.search(sentence)) is not None and _named(sentence, vocabulary):
        return but[0].strip()
    if any(task.manoeuvre == "form" for task in tasks):
        return None
    parts = units(sentence)
    spots = ((at, at + size) for size in range(1, _LONGEST + 1) for at in range(len(parts) - size + 1))
    unsure = (spot for spot in spots if len(vocabulary[Sort.PLATOON].find("".join(parts[slice(*spot)])).ids) > 1)
    return next(("".join(parts[at:end]).strip() for at, end in unsure if not _ALL.search("".join(parts[:at]))), None)


def _lacks_one(task: Task) -> bool:
    told = task.platoon or task.into or task.leader or task.at or (task.manoeuvre == "split" and task.members)
    return task.kind is TaskKind.PLATOON and task.manoeuvre in _OF_SOME and not told
