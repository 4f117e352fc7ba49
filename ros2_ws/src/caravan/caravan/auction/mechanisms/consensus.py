"""Who has won which task, agreed among neighbours: Table 1 of Choi, Brunet & How (2009).

Each robot i holds for every task j a winner z_ij and a winning bid y_ij, and for every robot m a stamp s_im of the
latest news of m that has reached it. A neighbour k tells its own; the table says for each task whether i takes over
what it was told (update), forgets what it held (reset) or keeps it (leave).

Stamps here are counts of what m itself has said, carried along with the news, so that no two clocks are compared, and
lost, late and doubled messages do no harm. Equal bids are decided by name, in all places the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from caravan.model.claims import Belief, Claims


class Action(Enum):
    """What the receiver does with its belief about one task."""

    LEAVE = auto()
    UPDATE = auto()
    RESET = auto()


class Who(Enum):
    """Whom one of the two takes for the winner, as the receiver sees it."""

    SENDER = auto()
    RECEIVER = auto()
    NOBODY = auto()
    OTHER = auto()
    ANOTHER = auto()
    """The receiver's winner where both name a third robot, and not the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the rules compare. m is the winner that the sender names, n the one that the receiver holds."""

    outbids: bool
    """y_kj > y_ij."""
    told_newer: bool
    """s_km > s_im."""
    told_older: bool
    """s_im > s_km."""
    held_newer: bool
    """s_kn > s_in."""


Rule = Callable[[News], Action]


def _always(action: Action) -> Rule:
    return lambda news: action


def _update_if(condition: Callable[[News], bool]) -> Rule:
    return lambda news: Action.UPDATE if condition(news) else Action.LEAVE


def _different_thirds(news: News) -> Action:
    if news.told_newer and (news.held_newer or news.outbids):
        return Action.UPDATE
    return Action.RESET if news.held_newer and news.told_older else Action.LEAVE


TABLE: Mapping[tuple[Who, Who], Rule] = {
    (Who.SENDER, Who.RECEIVER): _update_if(lambda news: news.outbids),
    (Who.SENDER, Who.SENDER): _always(Action.UPDATE),
    (Who.SENDER, Who.OTHER): _update_if(lambda news: news.held_newer or news.outbids),
    (Who.SENDER, Who.NOBODY): _always(Action.UPDATE),
    (Who.RECEIVER, Who.RECEIVER): _always(Action.LEAVE),
    (Who.RECEIVER, Who.SENDER): _always(Action.RESET),
    (Who.RECEIVER, Who.OTHER): lambda news: Action.RESET if news.held_newer else Action.LEAVE,
    (Who.RECEIVER, Who.NOBODY): _always(Action.LEAVE),
    (Who.OTHER, Who.RECEIVER): _update_if(lambda news: news.told_newer and news.outbids),
    (Who.OTHER, Who.SENDER): lambda news: Action.UPDATE if news.told_newer else Action.RESET,
    (Who.OTHER, Who.OTHER): _update_if(lambda news: news.told_newer),
    (Who.OTHER, Who.ANOTHER): _different_thirds,
    (Who.OTHER, Who.NOBODY): _update_if(lambda news: news.told_newer),
    (Who.NOBODY, Who.RECEIVER): _always(Action.LEAVE),
    (Who.NOBODY, Who.SENDER): _always(Action.UPDATE),
    (Who.NOBODY, Who.OTHER): _update_if(lambda news: news.held_newer),
    (Who.NOBODY, Who.NOBODY): _always(Action.LEAVE),
}
"""By whom the sender and whom the receiver take for the winner: the 17 rows of the paper's table, in its order."""


def resolve(receiver: str, beliefs: Mapping[str, Belief], stamps: Mapping[str, int], told: Claims) -> dict[str, Belief]:
    """The receiver's beliefs once it has heard `told`, which is about the same tasks."""
    return {task: _settle(receiver, task, belief, stamps, told) for task, belief in beliefs.items()}


def _settle(receiver: str, task: str, held: Belief, stamps: Mapping[str, int], told: Claims) -> Belief:
    said = told.beliefs[task]
    m, n = said.winner or "", held.winner or ""
    news = News(
        outbids=said.outbids(held),
        told_newer=told.stamps.get(m, 0) > stamps.get(m, 0),
        told_older=told.stamps.get(m, 0) < stamps.get(m, 0),
        held_newer=told.stamps.get(n, 0) > stamps.get(n, 0),
    )
    action = TABLE[_who(said, told.sender, receiver), _held(held, said, told.sender, receiver)](news)
    return {Action.LEAVE: held, Action.UPDATE: said, Action.RESET: Belief()}[action]


def _who(belief: Belief, sender: str, receiver: str) -> Who:
    return {sender: Who.SENDER, receiver: Who.RECEIVER, None: Who.NOBODY}.get(belief.winner, Who.OTHER)


def _held(held: Belief, said: Belief, sender: str, receiver: str) -> Who:
    who = _who(held, sender, receiver)
    both = who is Who.OTHER and _who(said, sender, receiver) is Who.OTHER
    return Who.ANOTHER if both and held.winner != said.winner else who
