"""The door of the auction house: what is no request is turned away before it is accepted, kept or read.

Each requester has a bucket of tokens for goals in words, and one for goals that programs spell out (token bucket, as in
RFC 2697 with one rate): so many at once, and as many a minute in the long run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from caravan.language.spans import BadText, has_control, tidy
from caravan.model.site import Site

LONGEST = 128
"""Longest name of a requester, and longest key, characters."""
STRANGERS = 1000
"""So many requesters have buckets of their own; those who come on top share one."""
_MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    size: float
    tokens: float
    stamp: float

    def take(self, now: float) -> float:
        """Takes a token; or says how long (s) until there is one."""
        self.tokens = min(self.size, self.tokens + max(0.0, now - self.stamp) * self.size / _MINUTE)
        self.stamp = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) * _MINUTE / self.size


class Intake:
    """Who asks for how much. Times are the caller's `now` (s)."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def sentence(self, text: str, requester: str, robot: str, key: str, now: float) -> str | BadText:
        """The tidy sentence of a goal said to `robot` (empty: the fleet), or what is wrong with the request."""
        flaw = _names_flaw(requester, key) or self._too_many("sentences", requester, now)
        if flaw is not None:
            return BadText(note=flaw)
        if robot and robot not in self._site.robots:
            robots = ", ".join(sorted(self._site.robots))
            return BadText(note=f"there is no robot {robot!r}; the robots are {robots}")
        return tidy(text)

    def draft(self, requester: str, key: str, now: float) -> str | None:
        """What is wrong with a request of tasks that are spelled out; None: nothing."""
        return _names_flaw(requester, key) or self._too_many("drafts", requester, now)

    def _too_many(self, kind: str, requester: str, now: float) -> str | None:
        policy = self._site.policy
        size = policy.sentences_per_minute if kind == "sentences" else policy.drafts_per_minute
        if (kind, requester) not in self._buckets and len(self._buckets) >= STRANGERS:
            self._buckets = {k: b for k, b in self._buckets.items() if now - b.stamp < _MINUTE}
            requester = requester if len(self._buckets) < STRANGERS else ""
        bucket = self._buckets.setdefault((kind, requester), _Bucket(size, size, now))
        wait = bucket.take(now)
        if wait == 0.0:
            return None
        who = requester or "who gives no name"
        return f"{who} asks too often, {size} {kind} a minute are taken; ask again in {math.ceil(wait)} s"


def _names_flaw(requester: str, key: str) -> str | None:
    for what, name in (("requester", requester), ("key", key)):
        if len(name) > LONGEST:
            return f"the {what} has {len(name)} characters, the most is {LONGEST}: give a shorter one"
        if has_control(name):
            return f"the {what} {name!a} has control characters: leave them out"
    return None
