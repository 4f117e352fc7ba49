"""Members of the consensus-based bundle algorithm in one place: rounds of building, saying and hearing.

With scores of diminishing gains and no loss, the paper's bound is min(tasks, sum of capacities) * diameter rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from caravan.auction.mechanisms.cbba import Member, Score, build, hear, say
from caravan.auction.mechanisms.checks import check_known

Arrives = Callable[[int, str, str], bool]
"""Whether the message of a round from one robot to another arrives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Where the members stand after `rounds` rounds and `messages` broadcasts; `settled` where nothing moves any more.

    `paths` are then disjoint and all members name the same winners.
    """

    members: Mapping[str, Member]
    rounds: int
    messages: int
    settled: bool

    @property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """Each robot's tasks in the order in which it does them."""
        return {robot: state.path for robot, state in self.members.items()}


def agree(
    members: Collection[Member],
    scores: Mapping[str, Score],
    links: Mapping[str, Collection[str]],
    *,
    limit: int,
    arrives: Arrives = lambda number, sender, receiver: True,
) -> Agreement:
    """Rounds until all agree, at most `limit`. `links` names those who hear each robot.

    Robots that no chain of links connects never agree. Raises ValueError for unknown robots and two of one name.
    """
    states = {state.robot: state for state in members}
    if len(states) < len(members):
        raise ValueError(f"{len(members)} members have {len(states)} names: give each robot its own")
    check_known("robot", [*scores, *links, *(r for heard in links.values() for r in heard)], states)
    for number in range(limit):
        states = {robot: build(state, scores[robot]) for robot, state in states.items()}
        if settled(states.values()):
            return Agreement(members=states, rounds=number, messages=number * len(states), settled=True)
        states = _exchange(states, links, partial(arrives, number))
    return Agreement(members=states, rounds=limit, messages=limit * len(states), settled=False)


def settled(members: Collection[Member]) -> bool:
    """Whether all that have built their bundles believe the same: then no message moves any of them."""
    first, *others = members
    same = all(state.beliefs == first.beliefs for state in others)
    return same and all(_wins(state) == set(state.bundle) for state in members)


def _wins(state: Member) -> set[str]:
    return {task for task, belief in state.beliefs.items() if belief.winner == state.robot}


def _exchange(
    states: Mapping[str, Member], links: Mapping[str, Collection[str]], arrives: Callable[[str, str], bool]
) -> dict[str, Member]:
    said = {robot: say(state) for robot, state in states.items()}
    after = {robot: state for robot, (state, _) in said.items()}
    for sender, (_, claims) in said.items():
        for receiver in sorted(links.get(sender, ())):
            if arrives(sender, receiver):
                after[receiver] = hear(after[receiver], claims)
    return after
