"""The mechanisms that an auction may name, each as one step from the offers that are good to the lots won.

A mechanism in rounds is stepped again, with the winners' new offers, until it picks nothing; any other is stepped once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from caravan.auction.mechanisms.assignment import assign
from caravan.auction.mechanisms.bundles import BundleBid, cover
from caravan.auction.mechanisms.single import Ask, Procurement, first_price, second_price
from caravan.auction.mechanisms.vcg import vcg
from caravan.model.market import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """`robot` wins with `offer`; `payment` is what its owner gets."""

    robot: str
    offer: Offer
    payment: float | None = None


Offers = Mapping[str, tuple[Offer, ...]]
"""The offers that are good now, by robot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What else a step needs: the budget for a lot; who holds lots already, and what a contract must save at least."""

    budget: float = 0.0
    holders: Mapping[str, str] = field(default_factory=dict)
    margin: float = 0.0


Step = Callable[[Offers, Terms], tuple[Pick, ...]]
"""From the offers to what is won: no lot twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """How lots find robots."""

    step: Step
    rounds: bool = False
    """Whether winners are asked again for the rest, counting what they have won."""
    bundles: bool = False
    """Whether robots price sets of lots."""
    priced: bool = False
    """Whether robots ask a price, and are paid one within the budget."""
    consensus: bool = False
    """Whether the robots agree among themselves, and offer what they have won by that."""
    most: int | None = None
    """How many lots one auction has at most, where that is bounded."""


@dataclass(frozen=True, slots=True)
class _Single:
    cost: float
    finish: float
    robot: str
    offer: Offer

    @property
    def rank(self) -> tuple[float, float, str]:
        """Lowest cost, then earliest finish, then first name: all who see the same pick the same."""
        return (self.cost, self.finish, self.robot)


def _by_lot(offers: Offers) -> dict[str, list[_Single]]:
    """The offers for one lot each, best first."""
    lots: dict[str, list[_Single]] = {}
    for robot, made in offers.items():
        for offer in made:
            if len(offer.tasks) == 1:
                finish = math.inf if offer.finish is None else offer.finish
                lots.setdefault(offer.tasks[0], []).append(_Single(offer.cost, finish, robot, offer))
    return {lot: sorted(lots[lot], key=lambda single: single.rank) for lot in sorted(lots)}


def _pick(single: _Single, payment: float | None = None) -> Pick:
    return Pick(robot=single.robot, offer=single.offer, payment=payment)


def sequential(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """The lowest offer of all wins its lot: a round of the sequential single-item auction (Koenig et al. 2006)."""
    lots = _by_lot(offers)
    best = min(lots, key=lambda lot: lots[lot][0].rank, default=None)
    return (_pick(lots[best][0]),) if best is not None else ()


def regret(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """The lot that loses most by going to its second best robot goes to its best (Potvin & Rousseau 1993; in auctions
    Koenig et al. 2008). A lot that one robot alone wants comes first."""

    def loss(lot: str) -> float:
        singles = lots[lot]
        return singles[1].cost - singles[0].cost if len(singles) > 1 else math.inf

    lots = _by_lot(offers)
    best = min(lots, key=lambda lot: (-loss(lot), lots[lot][0].rank), default=None)
    return (_pick(lots[best][0]),) if best is not None else ()


def assignment(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """At most one lot a robot, as many as can be for the least cost (`assignment.assign`)."""
    lots = _by_lot(offers)
    costs = {robot: {o.tasks[0]: o.cost for o in made if len(o.tasks) == 1} for robot, made in offers.items()}
    return tuple(_pick(_of(robot, lots[lot])) for lot, robot in sorted(assign(list(lots), costs).items()))


def _of(robot: str, singles: list[_Single]) -> _Single:
    return next(single for single in singles if single.robot == robot)


def bundles(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """At most one set of lots a robot, exactly (`bundles.cover`)."""
    bids = dict(_bundle_bids(offers))
    tasks = sorted({task for bid in bids for task in bid.tasks})
    return tuple(Pick(robot=bid.robot, offer=bids[bid]) for bid in cover(tasks, list(bids)).winners)


def paid_bundles(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """As `bundles`, worth their budgets, with the payments of Vickrey, Clarke and Groves (`vcg.vcg`)."""
    bids = dict(_bundle_bids(offers))
    budgets = {task: terms.budget for bid in bids for task in bid.tasks}
    deals = vcg(dict(sorted(budgets.items())), list(bids)).deals
    return tuple(Pick(robot=deal.bid.robot, offer=bids[deal.bid], payment=deal.payment) for deal in deals)


def _bundle_bids(offers: Offers) -> Iterator[tuple[BundleBid, Offer]]:
    for robot, made in sorted(offers.items()):
        for offer in made:
            yield BundleBid(robot=robot, tasks=frozenset(offer.tasks), cost=offer.cost), offer


def _hiring(procurement: Procurement) -> Step:
    def step(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
        for singles in _by_lot(offers).values():
            hire = procurement([Ask(robot=s.robot, cost=s.cost, finish=s.finish) for s in singles], terms.budget)
            if hire is not None:
                return (_pick(_of(hire.bid.robot, singles), hire.payment),)
        return ()

    return step


def agreed(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """What the robots have agreed on (`cbba`): each lot that one robot alone says it has won, to that robot."""
    return tuple(_pick(singles[0]) for singles in _by_lot(offers).values() if len(singles) == 1)


def trade(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
    """Contracts between holders of lots and those who would do them for less (contract net: Smith 1980; O-contracts:
    Sandholm 1998). The holder's offer is what it saves by giving its lot away; a contract must save the two more than
    the margin together. Each robot makes one contract at most, the one that saves most: its other offers are void then.
    """
    found = []
    for lot, singles in _by_lot(offers).items():
        own = next((single for single in singles if single.robot == terms.holders.get(lot)), None)
        if own is not None and own.cost - singles[0].cost > terms.margin:
            found.append((own.cost - singles[0].cost, own.robot, singles[0]))
    picks: list[Pick] = []
    busy: set[str] = set()
    for _, giver, taker in sorted(found, key=lambda contract: (-contract[0], contract[2].rank)):
        if not {giver, taker.robot} & busy:
            busy |= {giver, taker.robot}
            picks.append(_pick(taker))
    return tuple(picks)


TRADE = Mechanism(step=trade)
"""How lots that robots hold already change hands; no choice for lots that nobody has."""
MECHANISMS: Mapping[str, Mechanism] = {
    "sequential": Mechanism(step=sequential, rounds=True),
    "regret": Mechanism(step=regret, rounds=True),
    "assignment": Mechanism(step=assignment, rounds=True),
    "bundles": Mechanism(step=bundles, bundles=True, most=8),
    "first_price": Mechanism(step=_hiring(first_price), priced=True, most=1),
    "second_price": Mechanism(step=_hiring(second_price), priced=True, most=1),
    "vcg": Mechanism(step=paid_bundles, bundles=True, priced=True, most=8),
    "cbba": Mechanism(step=agreed, consensus=True, most=8),
}
"""By the name that parameters and requests give."""
CREW = "crew"
"""For the seats of one task that robots share, and for nothing else: one round, a seat a robot."""


def mechanism_of(name: str) -> Mechanism:
    """The mechanism of a name. Raises ValueError with the list of those there are."""
    if name == CREW:
        return Mechanism(step=assignment)
    if name not in MECHANISMS:
        raise ValueError(f"mechanism {name!r} is unknown; take one of {', '.join(MECHANISMS)}")
    return MECHANISMS[name]
