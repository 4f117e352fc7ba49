"""Plans for all robots, some tens of steps ahead, in which the robot whose turn it is arrives.

PIBT alone is fast but may leave robots face to face in a corridor or a dead end. So one robot leads: a plan counts as
good when the leader arrives in it. Where PIBT does not bring it there, a depth-first search over whole configurations
does (LaCAM: Okumura, AAAI 2023), which is complete but for its limit of effort.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from caravan.traffic.pibt import Crowd, Places

_DETOUR = 10
"""PIBT does not bring a leader home that takes more than so many times the steps that it would take alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`steps[t]` is where everyone is after t steps. The leader arrives at step `arrival`, or does not (None)."""

    steps: tuple[Places, ...]
    arrival: int | None = None


def roll(crowd: Crowd, start: Places, rank: Sequence[int], leader: int | None, horizon: int) -> Window:
    """PIBT steps from `start`: `horizon` of them, and on until the leader arrives or it is plain that it will not.

    It is plain when all stand where they stood before, or when the leader takes `_DETOUR` times as long as if alone.
    `rank` lists the agents, first come first; who has arrived once in the window gives way to all others. The leader
    comes before everyone until it has arrived.
    """
    steps, seen, arrived = [start], {start}, set[int]()
    arrival = None
    limit = horizon if leader is None else horizon + _DETOUR * len(_way(crowd, leader, start[leader]))
    while len(steps) <= horizon or (leader is not None and arrival is None and len(steps) <= limit):
        at = steps[-1]
        arrived.update(i for i in rank if crowd.home(i, at[i]))
        head = [leader] if leader is not None and arrival is None else []
        order = [*head, *(i for i in rank if i not in arrived and i not in head), *(i for i in rank if i in arrived)]
        after = crowd.step(at, dict.fromkeys(order))
        if after is None or after == at or (after in seen and arrival is None and leader is not None):
            break
        steps.append(after)
        seen.add(after)
        if leader is not None and arrival is None and after[leader] == crowd.agents[leader].goal:
            arrival = len(steps) - 1
    return Window(steps=tuple(steps), arrival=arrival)


@dataclass(slots=True)
class _Node:
    at: Places
    forced: deque[tuple[tuple[int, int], ...]]
    """Partial assignments still to try, breadth first."""


def seek(crowd: Crowd, start: Places, rank: Sequence[int], leader: int, effort: int, failures: int = 0) -> Window:
    """A plan in which `leader` arrives; `arrival` is None where none was found.

    Two searches of at most `effort` steps each: one moves those near the leader first, one goes by `rank`. The shorter
    plan wins. Those who stand on the leader's way with nowhere to go seek a node beside it, and one farther off for
    each of the `failures` before.
    """
    crowd = _aside(crowd, start, leader, failures)
    here = crowd.graph.points[start[leader]]
    near = sorted(rank, key=lambda i: crowd.graph.points[start[i]].distance(here))
    found = [_search(crowd, start, [leader, *(i for i in order if i != leader)], effort) for order in (near, rank)]
    arrived = [window for window in found if window.arrival is not None]
    return min(arrived, key=lambda window: len(window.steps)) if arrived else found[0]


def _aside(crowd: Crowd, start: Places, leader: int, failures: int) -> Crowd:
    """`crowd` in which the agents that stand on the leader's way, and would rather stay, have a goal beside it."""
    way = _way(crowd, leader, start[leader])
    agents = [
        replace(agent, goal=_beside(crowd, i, start[i], {*way, *start}, failures))
        if i != leader and start[i] in way and crowd.home(i, start[i])
        else agent
        for i, agent in enumerate(crowd.agents)
    ]
    return Crowd(crowd.graph, agents, crowd.closed)


def _way(crowd: Crowd, i: int, at: int) -> list[int]:
    """The nodes that agent `i` would drive through from `at`, were it alone."""
    way, goal = [at], crowd.agents[i].goal
    while way[-1] != goal and len(way) <= len(crowd.graph.names):
        way.append(crowd.choices(i, way[-1])[0])
    return way


def _beside(crowd: Crowd, i: int, at: int, taken: set[int], skipped: int) -> int | None:
    """The node nearest to `at`, counted in lanes, that agent `i` may go to and that is not `taken`.

    `skipped` is how many such nodes are passed over, beginning again where there are no more.
    """
    free = []
    seen, front = {at}, deque([at])
    while front:
        v = front.popleft()
        if v not in taken:
            free.append(v)
        fresh = [u for u in crowd.choices(i, v) if u not in seen]
        seen.update(fresh)
        front.extend(fresh)
    return free[skipped % len(free)] if free else None


def _search(crowd: Crowd, start: Places, order: Sequence[int], effort: int) -> Window:
    """A plan in which the first agent of `order` arrives."""
    leader = order[0]
    goal = crowd.agents[leader].goal
    stack = [_Node(start, deque([()]))]
    seen = {start}
    while stack and effort > 0:
        node = stack[-1]
        if node.at[leader] == goal:
            return Window(steps=tuple(n.at for n in stack), arrival=len(stack) - 1)
        if not node.forced:
            stack.pop()
            continue
        forced = node.forced.popleft()
        if len(forced) < len(order):
            i = order[len(forced)]
            node.forced.extend((*forced, (i, u)) for u in crowd.choices(i, node.at[i]))
        after = crowd.step(node.at, order, dict(forced))
        effort -= 1
        if after is not None and after not in seen:
            seen.add(after)
            stack.append(_Node(after, deque([()])))
    return Window(steps=(start,))


def extend(crowd: Crowd, window: Window, rank: Sequence[int], leader: int, horizon: int) -> Window:
    """`window` with PIBT steps after the leader's arrival, up to `horizon` steps in all."""
    missing = horizon - len(window.steps) + 1
    if missing <= 0:
        return window
    more = roll(crowd, window.steps[-1], [i for i in rank if i != leader] + [leader], None, missing)
    return Window(steps=window.steps + more.steps[1:], arrival=window.arrival)
