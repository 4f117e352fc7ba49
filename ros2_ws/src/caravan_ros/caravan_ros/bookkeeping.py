"""What the auction node does besides passing messages on: its settings, its journal, and answers to "why?"."""

from __future__ import annotations

import json
from typing import Any

from caravan.actors.house.answers import answer
from caravan.actors.house.auction_house import AuctionHouse, HouseSettings
from caravan.actors.house.handover import HandoverSettings
from caravan.actors.house.market import MarketSettings
from caravan.actors.house.reading_desk import ReadingSettings
from caravan.actors.house.replica import Replica
from caravan.adapters.fields import suggest
from caravan.adapters.journal import Journal, JournalError
from caravan.auction.mechanisms.table import mechanism_of
from caravan.auction.objective import weights_of
from caravan.model.goal import Draft, Intent
from caravan.model.goal_json import goal_to_json
from caravan.model.site import Site
from caravan_ros.locks import lock
from caravan_ros.settings import AuctionParameters


def settings_of(parameters: AuctionParameters) -> HouseSettings:
    """The house's settings in a node's parameters. Raises ValueError naming what is wrong with them."""
    mechanism_of(parameters.mechanism)
    if parameters.bundle < 1 or parameters.budget < 0.0:
        raise ValueError(
            f"bundle is {parameters.bundle} and budget is {parameters.budget}: give at least 1, and at least 0"
        )
    market = MarketSettings(
        bid_time=parameters.bid_time,
        resend=parameters.bid_resend,
        auction_time=parameters.auction_time,
        mechanism=parameters.mechanism,
        objective=weights_of(parameters.objective),
        bundle=parameters.bundle,
        budget=parameters.budget,
        trade=parameters.trade,
    )
    return HouseSettings(
        patience=parameters.patience,
        answer_time=parameters.answer_time,
        reading=_reading(parameters),
        market=market,
        handover=HandoverSettings(award_time=parameters.award_time, resend=parameters.award_resend),
    )


def _reading(parameters: AuctionParameters) -> ReadingSettings:
    if parameters.voters < 1 or not 0.0 <= parameters.sure <= 1.0:
        raise ValueError(f"voters is {parameters.voters} and sure is {parameters.sure}: give at least 1, and 0 to 1")
    return ReadingSettings(
        voters=parameters.voters,
        vote_time=parameters.vote_time,
        gather=parameters.gather,
        resend=parameters.read_resend,
        confidence=parameters.sure,
    )


def claim(path: str) -> Journal:
    """The journal at `path`, for this process alone. Raises ValueError where it is no good or another one has it."""
    try:
        journal = Journal(path)
        lock(path, f"journal {path}: another auction node writes it; end that one or give another path")
        journal.goals()
        journal.events()
    except JournalError as error:
        raise ValueError(str(error)) from error
    return journal


def explained(house: AuctionHouse, site: Site, subject: str, now: float, replica: Replica) -> tuple[bool, str, str]:
    """Whether `subject` (a goal, a task, a robot, empty: the fleet) is known, why it is as it is, and that as JSON."""
    told = house.explain(subject)
    if told is not None:
        return True, told.text, _dump(told.data)
    goals, robots = house.goals(), house.robots(now)
    if subject and subject not in site.robots:
        known = suggest(subject, [*site.robots, *(g.id for g in goals)])
        return False, f"there is no goal, task or robot {subject!r}; {known}", "{}"
    about = Draft(intent=Intent.QUERY, about="status", target=subject or None)
    data: dict[str, Any] = {
        "goals": [goal_to_json(g) for g in goals if not subject or any(t.robot == subject for t in g.tasks)],
        "robots": {r.robot: {"activity": r.activity, "battery": r.battery} for r in robots if subject in ("", r.robot)},
    }
    if not subject:
        data["auction"] = {"leader": replica.name, "term": replica.term, "in_sync": list(replica.in_sync)}
    return True, answer(about, site, goals, robots), _dump(data)


def _dump(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
