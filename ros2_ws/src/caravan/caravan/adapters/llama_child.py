"""A process that holds one llama.cpp model and answers one JSON line for each on its standard input.

    python -m caravan.adapters.llama_child MODEL.gguf

The first line is how the model is run: {"n_ctx", "threads", "chat"}, where `chat` is null for a model that was trained
on Readings, or the preamble of an instruct model: {"system", "examples": [[sentence, Reading], ...]}. The process says
{"ready": true} or {"error": ...}. Each further line is {"text", "max_tokens", "others"}, its answer
{"text", "probability", "others": [[text, probability], ...]} or {"error"}. It ends with its input, or when its parent
has gone. It is a process of its own because llama.cpp ends the whole process on some damaged files.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TextIO

import numpy as np

from caravan.adapters.chat import Preamble
from caravan.adapters.llama_model import ChildError, LlamaModel, Logits
from caravan.language.grammar import Grammar, State

_LEAST_ANSWER = 8
_SURE = math.log(0.998)
"""A token that the model gives less than this may be another one."""
_WATCH = 0.5
"""Pause between two looks whether the parent is still there, s."""


@dataclass(slots=True)
class _Way:
    """A Reading up to here: its tokens, their bytes, the sum of the logarithms of their probabilities."""

    state: State
    tokens: list[int] = field(default_factory=list)
    text: bytes = b""
    logarithm: float = 0.0

    def go(self, token: int, piece: bytes, share: float, after: State) -> None:
        """Takes one token more."""
        self.tokens.append(token)
        self.text += piece
        self.logarithm += share
        self.state = after


class Engine:
    """Reads sentences with one model. Greedy, and blind to what it has read before: same request, same answer."""

    def __init__(self, path: str, n_ctx: int, threads: int = 1, chat: Preamble | None = None) -> None:
        self.model = LlamaModel(path, n_ctx, threads)
        self._chat = chat is not None
        if chat is not None:
            head, self._tail = self.model.around(chat)
        elif self.model.is_chat:
            raise ChildError("it is an instruct model: give it an entry with 'chat: chat.yaml' in config/models.yaml")
        else:
            head, self._tail = self.model.start, []
        self._used = len(head) + len(self._tail)
        if self._used + _LEAST_ANSWER > n_ctx:
            raise ChildError(f"its preamble has {self._used} tokens: give it an n_ctx of {self._used + 1000} or more")
        self.model.keep(head)

    def prompt(self, text: str) -> list[int]:
        """The tokens of a tidy sentence, after what all prompts begin with."""
        return [*self.model.tokens(text if self._chat else f" {text}\n"), *self._tail]

    def complete(self, text: str, max_tokens: int, others: int = 0) -> dict[str, Any]:
        """The likeliest Reading of a tidy sentence, token by token, and the product of their probabilities.

        Besides it up to so many `others`, the likeliest first: each turns off from it at one token of which the
        model was not sure, and goes on as is likeliest from there. There are none from a model without a way back.
        """
        prompt = self.prompt(text)
        used = self._used - len(self._tail) + len(prompt)
        room = min(max_tokens, self.model.n_ctx - used)
        if room < _LEAST_ANSWER:
            raise ChildError(f"the sentence is too long for the model ({used} of {self.model.n_ctx} tokens)")
        self.model.rewind()
        grammar = Grammar(text)
        first = _Way(grammar.start)
        turns: list[_Way] = []
        if not self._follow(first, prompt, grammar, room, turns if others else None):
            raise ChildError(f"the answer did not end within {room} tokens")
        ended: list[_Way] = []
        likeliest = sorted(turns, key=lambda way: -way.logarithm)[:others]
        # The last to turn off goes first, so that the memory still holds the first way up to the turn of the next.
        for way in sorted(likeliest, key=lambda way: -len(way.tokens)):
            if not self.model.back_to(used + len(way.tokens) - 1):
                break
            if self._follow(way, way.tokens[-1:], grammar, room):
                ended.append(way)
        found = {first.text: first.logarithm}
        for way in sorted(ended, key=lambda way: -way.logarithm):
            found.setdefault(way.text, way.logarithm)
        (_, chance), *rest = ((each.decode(), math.exp(logarithm)) for each, logarithm in found.items())
        return {"text": first.text.decode(), "probability": chance, "others": rest}

    def _follow(self, way: _Way, fed: list[int], grammar: Grammar, room: int, turns: list[_Way] | None = None) -> bool:
        """Goes on with the likeliest tokens, from those `fed`; whether the Reading ends within `room` tokens.

        Where the model is not sure and `turns` are wanted, the next likeliest way goes there.
        """
        while not grammar.complete(way.state):
            if len(way.tokens) >= room:
                return False
            logits = self.model.decode(fed)
            token, after = next(self._choices(logits, grammar, way.state))
            share = _log_share(logits, token)
            if turns is not None and share < _SURE:
                turns.extend(self._turn(logits, grammar, way, token))
            way.go(token, self.model.pieces[token], share, after)
            fed = [token]
        return True

    def _turn(self, logits: Logits, grammar: Grammar, way: _Way, best: int) -> Iterator[_Way]:
        """The way that takes the next likeliest token here, unless that only spells the same text in other pieces."""
        pieces, taken = self.model.pieces, self.model.pieces[best]
        for token, after in self._choices(logits, grammar, way.state):
            if not (pieces[token].startswith(taken) or taken.startswith(pieces[token])):
                turn = replace(way, tokens=[*way.tokens])
                turn.go(token, pieces[token], _log_share(logits, token), after)
                yield turn
                return

    def _choices(self, logits: Logits, grammar: Grammar, state: State) -> Iterator[tuple[int, State]]:
        """The tokens that the grammar admits, likeliest first, each with the state after it."""
        none = True
        for token in self._ranked(logits, grammar, state):
            piece = self.model.pieces[token]
            after = grammar.advance(state, piece) if piece else None
            if after is not None:
                none = False
                yield token, after
        if none:
            raise ChildError("the model's vocabulary cannot spell a Reading: take another model")

    def _ranked(self, logits: Logits, grammar: Grammar, state: State) -> Iterator[int]:
        """The likeliest token; then those that begin as the grammar asks, likeliest first.

        Most answers need no more than the first, so that the size of the vocabulary hardly matters.
        """
        yield int(logits.argmax())
        fitting = self.model.beginning(grammar.first(state))
        yield from fitting[np.argsort(-logits[fitting], kind="stable")].tolist()


def _log_share(logits: Logits, token: int) -> float:
    top = float(logits.max())
    return float(logits[token]) - top - math.log(float(np.exp(logits - top).sum()))


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(0)


def _engine(path: str, line: str) -> Engine:
    how = json.loads(line)
    chat = how["chat"]
    preamble = chat and Preamble(system=chat["system"], examples=tuple((a, b) for a, b in chat["examples"]))
    return Engine(path, how["n_ctx"], how["threads"], preamble)


def _answer(engine: Engine, line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
        return engine.complete(request["text"], request["max_tokens"], request["others"])
    except ChildError as error:
        return {"error": str(error)}


def _say(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def main() -> None:
    """Serves until the input ends. Whatever llama.cpp prints goes to standard error."""
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        engine = _engine(sys.argv[1], sys.stdin.readline())
    except ChildError as error:
        _say(out, {"error": str(error)})
        return
    _say(out, {"ready": True})
    for line in sys.stdin:
        _say(out, _answer(engine, line))


if __name__ == "__main__":
    main()
