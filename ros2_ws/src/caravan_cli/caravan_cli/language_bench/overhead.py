"""What the grammar costs: the time to write Readings with it, over the time to write the same tokens without it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from caravan.adapters.llama import ModelSettings
from caravan.adapters.llama_child import Engine
from caravan.adapters.llama_model import ChildError
from caravan.language.spans import tidy
from caravan_cli.language_bench.cases import Case
from caravan_cli.language_bench.score import share

SENTENCES = 100
"""How many sentences are written both ways."""
TURNS = 2
"""How often; the quicker turn of each way counts, so that other work on the machine counts less."""


def overhead(model: ModelSettings, cases: Sequence[Case]) -> float | None:
    """The part that the grammar adds to the time of a parse, on the first sentences of the cases; None without any.

    Without the grammar the likeliest token is looked for all the same; what is left out is to ask the grammar.
    """
    engine = Engine(str(model.file), model.n_ctx, model.threads, model.chat)
    bound, free = 0.0, 0.0
    for case in cases[:SENTENCES]:
        sentence = tidy(case.text)
        if not isinstance(sentence, str):
            continue
        try:
            with_it, without = _both(engine, sentence, model.max_tokens)
        except ChildError:
            continue
        bound, free = bound + with_it, free + without
    return share(bound - free, free)


def _both(engine: Engine, sentence: str, max_tokens: int) -> tuple[float, float]:
    """The quickest time with the grammar, and without it, s."""
    said = engine.model.tokens(engine.complete(sentence, max_tokens)["text"])
    bound, free = [], []
    for _ in range(TURNS):
        begun = time.perf_counter()
        engine.complete(sentence, max_tokens)
        bound.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        _freely(engine, sentence, said)
        free.append(time.perf_counter() - begun)
    return min(bound), min(free)


def _freely(engine: Engine, sentence: str, said: Sequence[int]) -> None:
    """Reads the sentence and writes these tokens, looking for the likeliest each time."""
    engine.model.rewind()
    logits = engine.model.decode(engine.prompt(sentence))
    for token in said[:-1]:
        logits.argmax()
        logits = engine.model.decode([token])
    logits.argmax()
