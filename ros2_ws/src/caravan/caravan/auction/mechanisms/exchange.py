"""Trade after the award: robots hand tasks over to each other for as long as the team saves by it.

Contract net (Smith 1980) over tasks that are already owned, with the two smallest contracts of Sandholm (1998),
"Contract types for satisficing task allocation": O-contracts move one task, S-contracts swap two. A contract is struck
where both robots together save, so that the giver can pay the taker and both gain:

    saving = c_g(T_g) + c_t(T_t) - c_g(T_g') - c_t(T_t') > 0

It ends where no such contract is left, which may still be dearer than the optimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

from caravan.auction.mechanisms.checks import check_distinct
from caravan.auction.mechanisms.insertion import Insertion, Price, Tour, insert, tour_cost

TOLERANCE = 1e-9
"""A saving counts from this part of the team's cost on: rounding must not keep a trade going for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """`giver` hands `task` to `taker`, and takes `back` in return where it is a swap; the team saves `saving`."""

    giver: str
    taker: str
    task: str
    back: str | None = None
    saving: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """The tours after all contracts, in the order in which these were struck."""

    tours: Mapping[str, Tour]
    contracts: tuple[Contract, ...]


_Offer = tuple[Contract, dict[str, Insertion]]


def trade(tours: Mapping[str, Tour], price: Price) -> Traded:
    """Strikes the contract that saves most, transfers before swaps, until none saves anything.

    Each lowers the team's cost by more than `TOLERANCE` of what it was at first, and costs are not negative: so it
    ends, after 1 / `TOLERANCE` contracts at the very most. Raises ValueError for a task in two tours, absurd costs and
    a tour that its robot cannot do.
    """
    check_distinct("task", [task for tour in tours.values() for task in tour])
    held = {robot: _priced(robot, tour, price) for robot, tour in sorted(tours.items())}
    least = TOLERANCE * sum(own.cost for own in held.values())
    contracts: list[Contract] = []
    while (offer := _best(transfers(held, price), least) or _best(swaps(held, price), least)) is not None:
        contract, after = offer
        contracts.append(contract)
        held |= after
    return Traded(tours={robot: own.tour for robot, own in held.items()}, contracts=tuple(contracts))


def transfers(held: Mapping[str, Insertion], price: Price) -> Iterator[_Offer]:
    """All O-contracts that can be done, with the two tours after each."""
    for giver, taker in permutations(held, 2):
        for task in held[giver].tour:
            rest = _without(giver, held[giver].tour, task, price)
            more = insert(taker, held[taker].tour, task, price)
            if rest is not None and more is not None:
                after = {giver: rest, taker: more}
                yield Contract(giver=giver, taker=taker, task=task, saving=_saving(held, after)), after


def swaps(held: Mapping[str, Insertion], price: Price) -> Iterator[_Offer]:
    """All S-contracts that can be done, with the two tours after each."""
    for giver, taker in combinations(held, 2):
        for task in held[giver].tour:
            for back in held[taker].tour:
                one = insert(giver, _less(held[giver].tour, task), back, price)
                two = insert(taker, _less(held[taker].tour, back), task, price)
                if one is not None and two is not None:
                    after = {giver: one, taker: two}
                    saving = _saving(held, after)
                    yield Contract(giver=giver, taker=taker, task=task, back=back, saving=saving), after


def _best(offers: Iterator[_Offer], least: float) -> _Offer | None:
    """The offer that saves most, the first of several; None where none saves more than `least`."""
    best = max(offers, key=lambda offer: offer[0].saving, default=None)
    return best if best is not None and best[0].saving > least else None


def _saving(held: Mapping[str, Insertion], after: Mapping[str, Insertion]) -> float:
    return sum(held[robot].cost for robot in after) - sum(own.cost for own in after.values())


def _less(tour: Tour, task: str) -> Tour:
    return tuple(other for other in tour if other != task)


def _without(robot: str, tour: Tour, task: str, price: Price) -> Insertion | None:
    rest = _less(tour, task)
    cost = tour_cost(robot, rest, price)
    return None if cost is None else Insertion(tour=rest, cost=cost)


def _priced(robot: str, tour: Tour, price: Price) -> Insertion:
    cost = tour_cost(robot, tour, price)
    if cost is None:
        raise ValueError(f"robot {robot} cannot do the tour {', '.join(tour)} that it is said to have")
    return Insertion(tour=tour, cost=cost)
