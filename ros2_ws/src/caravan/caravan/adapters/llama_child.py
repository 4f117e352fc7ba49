"""A process that holds one llama.cpp model and answers one JSON line for each on its standard input.

    python -m caravan.adapters.llama_child MODEL.gguf

The first line is how the model is run: {"n_ctx", "threads", "chat"}, where `chat` is null for a model that was trained
on Readings, or the preamble of an instruct model: {"system", "examples": [[sentence, Reading], ...]}. The process says
{"ready": true} or {"error": ...}. Each further line is {"text", "max_tokens"}, its answer {"text", "probability"} or
{"error"}. It ends with its input, or when its parent has gone. It is a process of its own because llama.cpp ends the
whole process on some damaged files.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO

import numpy as np

from caravan.adapters.chat import Preamble
from caravan.adapters.llama_model import ChildError, LlamaModel, Logits
from caravan.language.grammar import Grammar, State

_LEAST_ANSWER = 8
_WATCH = 0.5
"""Pause between two looks whether the parent is still there, s."""


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

    def complete(self, text: str, max_tokens: int) -> dict[str, Any]:
        """The likeliest Reading of a tidy sentence, token by token, and the product of their probabilities."""
        fed = self.prompt(text)
        used = self._used - len(self._tail) + len(fed)
        room = min(max_tokens, self.model.n_ctx - used)
        if room < _LEAST_ANSWER:
            raise ChildError(f"the sentence is too long for the model ({used} of {self.model.n_ctx} tokens)")
        self.model.rewind()
        grammar = Grammar(text)
        state, out, logarithm = grammar.start, b"", 0.0
        for _ in range(room):
            logits = self.model.decode(fed)
            token, state = self._choose(logits, grammar, state)
            out += self.model.pieces[token]
            logarithm += _log_share(logits, token)
            if grammar.complete(state):
                return {"text": out.decode(), "probability": math.exp(logarithm)}
            fed = [token]
        raise ChildError(f"the answer did not end within {room} tokens")

    def _choose(self, logits: Logits, grammar: Grammar, state: State) -> tuple[int, State]:
        """The likeliest token that the grammar admits, and the state after it."""
        for token in self._ranked(logits, grammar, state):
            piece = self.model.pieces[token]
            after = grammar.advance(state, piece) if piece else None
            if after is not None:
                return token, after
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
        return engine.complete(request["text"], request["max_tokens"])
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
