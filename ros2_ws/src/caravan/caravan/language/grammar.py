"""The grammar of the Readings of one sentence: it admits them, byte by byte, and nothing else.

Outside its spans a Reading is the same for all sentences: from each `Spot` a few literals lead on, kept as a trie of
bytes. A span is a chain of the sentence's units. A tidy sentence has no `"`, so that a `"` always ends a span: the
language is regular and no step has two outcomes, whatever tokens a model cuts it into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeAlias

from caravan.language.form import MOST_TASKS
from caravan.language.shape import HEAD_WORDS, LISTS, SPANS, TASK_KEYS, WORDS
from caravan.language.spans import units

_QUOTE = ord('"')


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a Reading between two literals. `key`: the index in TASK_KEYS of the key just written."""

    name: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class _Span:
    """A span, opened by its `"`; the one that ends it leads to `then`."""

    then: Spot


_Trie: TypeAlias = "dict[int, _Trie | Spot | _Span]"
_START, _TARGET, _PHRASES, _MORE, _LAST, _END = map(Spot, ("start", "target", "phrases", "more", "last", "end"))


@dataclass(frozen=True, slots=True)
class State:
    """How far a text has come: within literals (`trie`), or in a span that leads to `span.then`.

    `reached`: how many bytes of the sentence may have been copied to here, one number for each way to read the span;
    None where it has just been opened.
    """

    trie: _Trie
    span: _Span | None = None
    reached: tuple[int, ...] | None = None


class Grammar:
    """The Readings of a tidy, non-empty sentence as a state machine over UTF-8 bytes."""

    def __init__(self, sentence: str) -> None:
        parts = [part.encode() for part in units(sentence)]
        cuts = list(accumulate(map(len, parts), initial=0))
        self._sentence = b"".join(parts)
        self._starts, self._ends = tuple(cuts[:-1]), frozenset(cuts[1:])
        self.start = State(_trie(_START))

    def advance(self, state: State, data: bytes) -> State | None:
        """The state after these bytes; None where no Reading goes on with them."""
        for byte in data:
            after = self._literal(state, byte) if state.span is None else self._copied(state, state.span, byte)
            if after is None:
                return None
            state = after
        return state

    def first(self, state: State) -> set[int]:
        """The bytes that may come next."""
        if state.span is None:
            return set(state.trie)
        reached = self._starts if state.reached is None else state.reached
        quote = {_QUOTE} if state.reached is not None and self._ends.intersection(reached) else set()
        return {self._sentence[i] for i in reached if i < len(self._sentence)} | quote

    @staticmethod
    def complete(state: State) -> bool:
        """Whether the text up to here is a whole Reading."""
        return state.span is None and state.trie is _trie(_END)

    @staticmethod
    def _literal(state: State, byte: int) -> State | None:
        match state.trie.get(byte):
            case None:
                return None
            case Spot() as spot:
                return State(_trie(spot))
            case _Span() as span:
                return State({}, span)
            case trie:
                return State(trie)

    def _copied(self, state: State, span: _Span, byte: int) -> State | None:
        if byte == _QUOTE:
            whole = state.reached is not None and not self._ends.isdisjoint(state.reached)
            return State(_trie(span.then)) if whole else None
        before = self._starts if state.reached is None else state.reached
        reached = tuple(i + 1 for i in before if self._sentence[i : i + 1] == bytes((byte,)))
        return State({}, span, reached) if reached else None


@cache
def _trie(spot: Spot) -> _Trie:
    """The literals that lead on from a spot; none is the beginning of another."""
    root: _Trie = {}
    for literal, target in _arrows(spot):
        *way, last = literal.encode()
        at = root
        for byte in way:
            inner = at.setdefault(byte, {})
            assert isinstance(inner, dict), "no literal is the beginning of another"
            at = inner
        at[last] = target
    return root


def _arrows(spot: Spot) -> Iterator[tuple[str, Spot | _Span]]:
    match spot.name:
        case "start":
            yield from ((f'{{"intent":"tasks","tasks":[{kind}', task) for kind, task in _kinds())
            yield from _head("control", "command", _TARGET)
            yield from _head("query", "about", _TARGET)
            yield from _head("unclear", "reason", _PHRASES)
        case "target":
            yield from (("}", _END), (',"target":"', _Span(_LAST)))
        case "phrases":
            yield from (("}", _END), (',"phrases":[]', _LAST), (',"phrases":["', _Span(_MORE)))
        case "more":
            yield from ((',"', _Span(_MORE)), ("]", _LAST))
        case "last":
            yield "}", _END
        case "task":
            for key in range(spot.key + 1, len(TASK_KEYS)):
                yield from _key(key)
            yield from ((f"}},{kind}", task) for kind, task in _kinds())
            yield "}]}", _END
        case "list":
            yield from ((',"', _Span(spot)), ("]", Spot("task", spot.key)))
        case "ref":
            yield from ((f'{n}"', Spot("refs", spot.key)) for n in range(1, MOST_TASKS + 1))
        case "refs":
            yield from ((',"t', Spot("ref", spot.key)), ("]", Spot("task", spot.key)))


def _kinds() -> Iterator[tuple[str, Spot]]:
    """How each kind of task opens."""
    return ((f'{{"kind":"{kind}"', Spot("task")) for kind in WORDS["kind"])


def _head(intent: str, key: str, then: Spot) -> Iterator[tuple[str, Spot]]:
    return ((f'{{"intent":"{intent}","{key}":"{word}"', then) for word in HEAD_WORDS[key])


def _key(index: int) -> Iterator[tuple[str, Spot | _Span]]:
    """How the task key with this index in TASK_KEYS goes on."""
    key = TASK_KEYS[index]
    task = Spot("task", index)
    if key in WORDS:
        yield from ((f',"{key}":"{word}"', task) for word in WORDS[key])
    elif key in SPANS:
        yield f',"{key}":"', _Span(task)
    elif key in LISTS:
        yield f',"{key}":["', _Span(Spot("list", index))
    else:
        yield f',"{key}":["t', Spot("ref", index)
