"""Why a robot won a task, what it was paid, and what would have changed it: from the events of an auction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from caravan.model.market import Bid, Event

Bids = Mapping[str, dict[str, Any] | str]
"""By robot: its offer for a task, or why it made none."""

_WORDS = {
    "queue": "its queue",
    "drive": "its driving",
    "congestion": "congestion",
    "work": "its work",
    "delay": "the delay of its other tasks",
    "charging": "a stop at the charger",
    "travel": "the driving that it adds",
    "makespan": "its last finish",
    "tardiness": "lateness",
    "energy": "charge",
    "overtake": "overtaking to that place",
    "brakes": "for brakes that suit a place further back",
    "exit": "for how far it goes along in that place",
    "fuel": "for its tank in that place",
}
"""The parts of a cost in words."""
_TOGETHER = {
    "assignment": "as the assignment of all lots of that round costs least",
    "crew": "as these robots do it together for the least cost",
    "bundles": "as these sets of lots cost least together",
    "vcg": "as these sets of lots cost least together",
    "cbba": "as the robots agreed among themselves",
}


def latest_bids(bids: Iterable[Event], task: str) -> dict[str, dict[str, Any] | str]:
    """What each robot last said about a task in one auction, of its "bid" events, oldest first."""
    latest: dict[str, dict[str, Any] | str] = {}
    for event in bids:
        offers = [(len(tasks), bid) for tasks, bid in event.data["offers"].items() if task in tasks.split()]
        if task in event.data["declined"]:
            latest[event.robot] = event.data["declined"][task]
        elif offers:
            latest[event.robot] = min(offers, key=lambda offer: offer[0])[1]
    return latest


def bid_data(bid: Bid) -> dict[str, Any]:
    """A bid as the record has it: for each set of lots the cost, the finish and the parts, rounded to 0.01 s."""
    offers = {
        " ".join(o.tasks): {
            "cost": round(o.cost, 2),
            "finish": None if o.finish is None else round(o.finish, 2),
            "parts": {name: round(part, 2) for name, part in o.parts.items() if round(part, 2)},
        }
        for o in bid.offers
    }
    return {"auction": bid.auction, "round": bid.round, "offers": offers, "declined": dict(bid.declined)}


def why_awarded(award: Event, bids: Bids, winners: Mapping[str, str]) -> list[str]:
    """The bids, best first, who won and why, and what would have changed it.

    `winners` are those of the same auction, each with what it won.
    """
    offers = sorted((bid["cost"], robot, bid) for robot, bid in bids.items() if isinstance(bid, dict))
    lines = [f"{award.task}: {robot} bid {cost:.1f} ({_parts(bid)})" for cost, robot, bid in offers]
    lines += [f"{award.task}: {r} did not bid: {why}" for r, why in sorted(bids.items()) if isinstance(why, str)]
    if award.data.get("mechanism") == "trade":
        giver, saved = award.data["from"], award.data["saved"]
        return [*lines, f"{award.task}: {award.robot} took it over from {giver}: together they save {saved:.1f}"]
    together = _TOGETHER.get(award.data.get("mechanism", ""))
    cost = award.data["cost"]
    if together is not None:
        sets = award.data.get("tasks")
        also = f" with {', '.join(t for t in sets if t != award.task)}" if sets else ""
        lines.append(f"{award.task}: {award.robot} won it{also} for {cost:.1f}, {together}")
        if award.data["mechanism"] == "crew":
            lower = [(robot, winners.get(robot)) for less, robot, _ in offers if less < cost - 0.005]
            lines += [f"{award.task}: {robot}, who asked less, won {other}" for robot, other in lower if other]
    else:
        lines.append(f"{award.task}: {award.robot} won with the lowest bid, {cost:.1f}")
        lines += _otherwise(award, offers)
    return [*lines, *_payment(award)]


def _parts(bid: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:.0f} s" for name, value in bid["parts"].items()) or "nothing"


def _otherwise(award: Event, offers: list[tuple[float, str, dict[str, Any]]]) -> list[str]:
    """What the runner-up had more than the winner, most of all."""
    rival = next(((cost, robot, bid) for cost, robot, bid in offers if robot != award.robot), None)
    won = next((bid for _, robot, bid in offers if robot == award.robot), None)
    if won is None:
        return []
    if rival is None:
        return [f"{award.task}: nobody else made an offer"]
    cost, robot, bid = rival
    more = {name: value - won["parts"].get(name, 0.0) for name, value in bid["parts"].items()}
    most = max(more, key=lambda name: more[name], default="")
    line = f"{award.task}: {robot} would have won with {max(0.0, cost - award.data['cost']):.1f} s less"
    return [f"{line}: {bid['parts'][most]:.0f} s of its bid were {_WORDS.get(most, most)}" if most else line]


def _payment(award: Event) -> list[str]:
    payment = award.data.get("payment")
    if payment is None:
        return []
    why = {
        "first_price": "what it asked",
        "second_price": "the most it could have asked and won: the next ask or the budget",
        "vcg": "what it asked and what its work saves all others",
    }[award.data["mechanism"]]
    owner = award.data.get("owner") or "the fleet"
    return [f"{award.task}: {owner} is paid {payment:.1f} of {award.data['budget']:.1f} for it: {why}"]
