"""The consensus-based bundle algorithm: robots share out tasks among themselves, with no auctioneer.

Choi, Brunet & How (2009), "Consensus-based decentralized auctions for robust task allocation", IEEE T-RO 25(4). A
member `build`s its bundle, `say`s what it holds, `hear`s its neighbours, and again. The gain of a task is

    c_ij = max over n of S_i(path with j at n) - S_i(path)

and it bids y_ij = min(c_ij, its bids for the tasks already in its bundle). The minimum changes nothing where gains
diminish (c_ij never grows with the path, DMG), and keeps the convergence of the paper where they do not (Johnson, Choi,
Ponda & How 2012, "Allowing non-submodular score functions in distributed task allocation").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from caravan.auction.mechanisms.checks import check_amount, check_distinct, check_known
from caravan.auction.mechanisms.consensus import resolve
from caravan.auction.mechanisms.insertion import Tour, places
from caravan.model.claims import Belief, Claims

Score = Callable[[Tour], float | None]
"""What a path is worth to its robot, more is better; None where it cannot do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One robot's share of the algorithm."""

    robot: str
    capacity: int
    """How many tasks it takes at most."""
    beliefs: Mapping[str, Belief]
    """By task."""
    bundle: tuple[str, ...] = ()
    """Its tasks, in the order in which it won them."""
    path: Tour = ()
    """Its tasks, in the order in which it does them."""
    stamps: Mapping[str, int]
    """By robot: the latest news that has reached it."""


def member(robot: str, tasks: Collection[str], capacity: int) -> Member:
    """A robot that has heard nothing yet. Every member must be given the same tasks.

    Raises ValueError for a task that comes twice and a capacity below 0.
    """
    check_distinct("task", tasks)
    check_amount(f"the capacity of robot {robot}", capacity)
    return Member(robot=robot, capacity=capacity, beliefs={t: Belief() for t in sorted(tasks)}, stamps={robot: 0})


def build(state: Member, score: Score) -> Member:
    """Bundle construction (the paper's Algorithm 3): the task of the greatest gain that it can win, until none is left
    or its capacity is reached. Raises ValueError for a score that is not a finite number."""
    while len(state.bundle) < state.capacity:
        offer = _best_offer(state, score)
        if offer is None:
            break
        task, bid, path = offer
        belief = Belief(bid=bid, winner=state.robot)
        state = replace(state, bundle=(*state.bundle, task), path=path, beliefs={**state.beliefs, task: belief})
    return state


def say(state: Member) -> tuple[Member, Claims]:
    """What it tells all its neighbours now."""
    stamps = {**state.stamps, state.robot: state.stamps[state.robot] + 1}
    return replace(state, stamps=stamps), Claims(sender=state.robot, beliefs=state.beliefs, stamps=stamps)


def hear(state: Member, told: Claims) -> Member:
    """Conflict resolution: it believes what the table says, and gives back what it lost with all that it took later,
    whose gains counted on the lost task. What is older than its news of the sender changes nothing.

    Raises ValueError for claims about other tasks, absurd bids and a message of its own name.
    """
    _check_claims(state, told)
    if told.stamps[told.sender] < state.stamps.get(told.sender, 0):
        return state
    beliefs = resolve(state.robot, state.beliefs, state.stamps, told)
    heard = {m: max(state.stamps.get(m, 0), told.stamps.get(m, 0)) for m in {*state.stamps, *told.stamps}}
    heard[state.robot] = state.stamps[state.robot]
    return _release(replace(state, beliefs=beliefs, stamps=heard))


def _release(state: Member) -> Member:
    kept: tuple[str, ...] = ()
    for task in state.bundle:
        if state.beliefs[task].winner != state.robot:
            break
        kept = (*kept, task)
    given_back = [task for task in state.bundle[len(kept) :] if state.beliefs[task].winner == state.robot]
    beliefs = {**state.beliefs, **dict.fromkeys(given_back, Belief())}
    return replace(state, beliefs=beliefs, bundle=kept, path=tuple(task for task in state.path if task in kept))


def _best_offer(state: Member, score: Score) -> tuple[str, float, Tour] | None:
    """The task that it takes next, its bid, and its path with it."""
    before = _worth(state.robot, state.path, score)
    if before is None:
        return None
    ceiling = min((state.beliefs[task].bid for task in state.bundle), default=math.inf)
    best: tuple[float, str, float, Tour] | None = None
    for task, belief in state.beliefs.items():
        gain, path = _gain(state, task, before, score)
        bid = min(gain, ceiling)
        wins = bid > 0.0 and Belief(bid=bid, winner=state.robot).outbids(belief)
        if task not in state.bundle and wins and (best is None or gain > best[0]):
            best = (gain, task, bid, path)
    return best and best[1:]


def _gain(state: Member, task: str, before: float, score: Score) -> tuple[float, Tour]:
    worths = [(_worth(state.robot, trial, score), trial) for trial in places(state.path, task)]
    return max(((w - before, trial) for w, trial in worths if w is not None), key=lambda x: x[0], default=(0.0, ()))


def _worth(robot: str, path: Tour, score: Score) -> float | None:
    worth = score(path)
    if worth is not None and not math.isfinite(worth):
        raise ValueError(f"robot {robot} scores the path {', '.join(path) or 'of nothing'} as {worth}: give a number")
    return worth


def _check_claims(state: Member, told: Claims) -> None:
    if told.sender == state.robot:
        raise ValueError(f"robot {state.robot} hears another robot of its name: give each its own")
    if told.sender not in told.stamps:
        raise ValueError(f"the claims of robot {told.sender} do not say how new they are: give stamps[{told.sender!r}]")
    check_known(f"task, of which robot {told.sender} tells:", told.beliefs, state.beliefs)
    check_known(f"task, which robot {told.sender} leaves out:", state.beliefs, told.beliefs)
    for task, belief in told.beliefs.items():
        check_amount(f"the bid for task {task} that robot {told.sender} tells of", belief.bid)
