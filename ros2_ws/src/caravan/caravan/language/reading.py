"""A model's answer, checked against the Reading format whoever wrote it: JSON in, a typed Sketch out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from caravan.language.shape import HEAD_WORDS, HEADS, LISTS, NAMED, SPANS, WORDS, Sort
from caravan.language.spans import is_span

_REF = re.compile(r"t[1-9][0-9]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoughTask:
    """A task in the sentence's own words, by Reading key."""

    spans: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A Draft in the sentence's own words: every phrase in it is a span of the sentence."""

    intent: str
    tasks: tuple[RoughTask, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    phrases: tuple[str, ...] = ()

    def named(self) -> Iterator[tuple[Sort, str]]:
        """All names in its tasks, with what they name, in order."""
        for task in self.tasks:
            yield from ((SPANS[key], span) for key, span in task.spans.items() if SPANS[key] in NAMED)
            yield from ((LISTS[key], span) for key, spans in task.lists.items() for span in spans)

    def pieces(self) -> Iterator[str]:
        """All spans of its tasks."""
        for task in self.tasks:
            yield from task.spans.values()
            yield from (span for spans in task.lists.values() for span in spans)


def sketch(text: str, sentence: str) -> Sketch:
    """The Sketch that the JSON `text` gives of the tidy sentence. Raises ValueError naming what is wrong."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    intent = _object(data).get("intent")
    if not isinstance(intent, str) or intent not in HEADS:
        raise ValueError(f"intent {intent!r} is not one of {', '.join(HEADS)}")
    _only(data, {"intent", *HEADS[intent]} | ({"tasks"} if intent == "tasks" else set()))
    if intent == "tasks":
        return Sketch(intent=intent, tasks=_tasks(data.get("tasks"), sentence))
    word = HEADS[intent][0]
    return Sketch(
        intent=intent,
        words={word: _choice(word, data.get(word), HEAD_WORDS[word])},
        target=_span("target", data["target"], sentence) if "target" in data else None,
        phrases=tuple(_span("phrases", p, sentence) for p in _items("phrases", data.get("phrases", []))),
    )


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("not a JSON object")
    return data


def _only(data: Mapping[str, Any], known: set[str]) -> None:
    for key in data:
        if key not in known:
            raise ValueError(f"unknown key {key!r}")


def _items(key: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    return value


def _span(key: str, value: object, sentence: str) -> str:
    if not isinstance(value, str) or not is_span(value, sentence):
        raise ValueError(f"{key} {value!r} is not copied from the sentence")
    return value


def _choice(key: str, value: object, options: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{key} {value!r} is not one of {', '.join(options)}")
    return value


def _tasks(value: object, sentence: str) -> tuple[RoughTask, ...]:
    tasks = tuple(_task(_object(each), sentence) for each in _items("tasks", value))
    if not tasks:
        raise ValueError("no tasks")
    _check_order(tasks)
    return tasks


def _task(data: dict[str, Any], sentence: str) -> RoughTask:
    _only(data, {*SPANS, *LISTS, *WORDS, "after"})
    if "kind" not in data:
        raise ValueError("a task without a kind")
    return RoughTask(
        spans={key: _span(key, data[key], sentence) for key in SPANS if key in data},
        lists={k: tuple(_span(k, v, sentence) for v in _items(k, data[k])) for k in LISTS if k in data},
        words={key: _choice(key, data[key], options) for key, options in WORDS.items() if key in data},
        after=_refs(data.get("after", [])),
    )


def _refs(value: object) -> tuple[str, ...]:
    refs = set()
    for ref in _items("after", value):
        if not isinstance(ref, str) or not _REF.fullmatch(ref):
            raise ValueError(f"after {ref!r} is no task id")
        refs.add(ref)
    return tuple(sorted(refs, key=lambda ref: int(ref[1:])))


def _check_order(tasks: tuple[RoughTask, ...]) -> None:
    """Raises ValueError where `after` names no task or goes in a circle."""
    waiting = {f"t{i}": set(task.after) for i, task in enumerate(tasks, 1)}
    for id_, after in waiting.items():
        if missing := sorted(after - set(waiting)):
            raise ValueError(f"{id_} is after {missing[0]}, which is no task")
    while ready := [id_ for id_, after in waiting.items() if not after & set(waiting)]:
        for id_ in ready:
            del waiting[id_]
    if waiting:
        raise ValueError(f"{', '.join(waiting)} wait for each other")
