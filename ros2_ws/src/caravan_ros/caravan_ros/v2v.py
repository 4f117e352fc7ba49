"""A vehicle's radio: it hears what others say to all, and not its own words as they come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rclpy.node import Node

from caravan.model.crossing import Approach
from caravan.model.platoon import Beat
from caravan.platoon.validity import State
from caravan_ros.mail import Speaker, listen

Word = State | Beat | Approach
KINDS = (State, Beat, Approach)
REMEMBERED = 200
"""So many of its own words are known again."""


class Radio:
    """Of the vehicle `name`, whose words go out by `node`; `heard` gets what others say, in whose name ever."""

    def __init__(self, node: Node, name: str, heard: Callable[[Word], None]) -> None:
        self._name = name
        self._heard = heard
        self._said: deque[tuple[type, int]] = deque(maxlen=REMEMBERED)
        self._speaker = Speaker(node, *KINDS)
        for kind in KINDS:
            listen(node, kind, self._hear)

    def say(self, word: Word) -> None:
        """Says it to all."""
        self._said.append((type(word), word.sequence))
        self._speaker.say(word)

    def _hear(self, word: Word) -> None:
        if word.name != self._name or (type(word), word.sequence) not in self._said:
            self._heard(word)
