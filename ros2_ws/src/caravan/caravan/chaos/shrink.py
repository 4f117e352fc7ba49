"""Shrinking: the smallest story that still breaks the same law."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from caravan.chaos.story import Story
from caravan.sim.radio import RadioSettings

Breaks = Callable[[Story], bool]
"""Whether a story breaks the law in question."""
_TRIES = 60


def shrink(told: Story, breaks: Breaks, tries: int = _TRIES) -> Story:
    """The story with wishes and faults left out, the radio mended and spans halved, as long as it `breaks` the law.

    Greedy: the first smaller story that still breaks it is shrunk on; at most `tries` stories are lived through.
    """
    while True:
        for smaller in _smaller(told):
            if tries == 0:
                return told
            tries -= 1
            if breaks(smaller):
                told = smaller
                break
        else:
            return told


def _smaller(told: Story) -> Iterator[Story]:
    for k in range(len(told.faults)):
        yield replace(told, faults=told.faults[:k] + told.faults[k + 1 :])
    if len(told.wishes) > 1:
        for k in range(len(told.wishes)):
            yield replace(told, wishes=told.wishes[:k] + told.wishes[k + 1 :])
    if told.radio != RadioSettings():
        yield replace(told, radio=RadioSettings())
    for k, wish in enumerate(told.wishes):
        if wish.cancel is not None:
            yield replace(told, wishes=(*told.wishes[:k], replace(wish, cancel=None), *told.wishes[k + 1 :]))
    for k, fault in enumerate(told.faults):
        if fault.span > 2.0:
            shorter = replace(fault, span=round(fault.span / 2.0, 1))
            yield replace(told, faults=(*told.faults[:k], shorter, *told.faults[k + 1 :]))
