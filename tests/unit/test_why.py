"""Why a robot won, and what would have changed it, from the events of an auction."""

from __future__ import annotations

from typing import Any

from caravan.actors.house.explain import explain
from caravan.actors.house.why import bid_data, latest_bids, why_awarded
from caravan.model.goal import Goal, Task, TaskKind, TaskRecord
from caravan.model.market import Bid, Event, Offer

TASK = "g1/t1"


def bid(robot: str, parts: dict[str, float], round: int = 1, tasks: tuple[str, ...] = (TASK,)) -> Event:
    """An offer for t1, as it is recorded; without parts a refusal."""
    offers = (Offer(tasks=tasks, cost=sum(parts.values()), finish=9.0, parts=parts),) if parts else ()
    declined = {} if parts else {TASK: "halted"}
    said = Bid(auction="a1", round=round, robot=robot, offers=offers, declined=declined)
    return Event(stamp=float(round), kind="bid", robot=robot, data=bid_data(said))


def award(robot: str, cost: float, **more: Any) -> Event:
    """The award of t1."""
    data = {"auction": "a1", "mechanism": "sequential", "cost": cost, "epoch": 1, **more}
    return Event(stamp=9.0, kind="award", goal="g1", task=TASK, robot=robot, data=data)


BIDS = [bid("tug_1", {"queue": 30.0, "drive": 12.4}), bid("tug_2", {"drive": 30.0}), bid("tug_3", {})]


def test_the_story_of_an_award_tells_the_bids_the_winner_and_what_would_have_changed_it() -> None:
    task = Task(id="t1", kind=TaskKind.GO, to="dock_1")
    goal = Goal(id="g1", text="go", requester="", stamp=0.0, tasks=(TaskRecord(id=TASK, task=task),))
    told = explain(goal, [*BIDS, award("tug_2", 30.0)], "g1").text.splitlines()
    assert told[1:-1] == [
        "g1/t1: tug_2 bid 30.0 (drive 30 s)",
        "g1/t1: tug_1 bid 42.4 (queue 30 s, drive 12 s)",
        "g1/t1: tug_3 did not bid: halted",
        "g1/t1: tug_2 won with the lowest bid, 30.0",
        "g1/t1: tug_1 would have won with 12.4 s less: 30 s of its bid were its queue",
    ]


def last(event: Event, *bids: Event) -> list[str]:
    """What is told of an award after the bids."""
    lines = why_awarded(event, latest_bids(bids, TASK), {})
    return [line for line in lines if " bid " not in line]


def test_the_latest_offer_of_a_robot_counts() -> None:
    bids = latest_bids([*BIDS, bid("tug_2", {"drive": 50.0}, round=2)], TASK)
    assert [b["cost"] for b in bids.values() if isinstance(b, dict)] == [42.4, 50.0]


def test_nobody_else_made_an_offer() -> None:
    assert last(award("tug_2", 30.0), BIDS[1])[-1] == "g1/t1: nobody else made an offer"


def test_what_is_paid_and_why() -> None:
    paid = award("tug_2", 30.0, mechanism="second_price", payment=42.4, owner="ann", budget=100.0)
    assert last(paid, *BIDS)[-1] == (
        "g1/t1: ann is paid 42.4 of 100.0 for it: the most it could have asked and won: the next ask or the budget"
    )


def test_sets_of_lots_are_told_as_such() -> None:
    won = award("tug_2", 40.0, mechanism="bundles", tasks=[TASK, "g1/t2"])
    (line,) = last(won, bid("tug_2", {"drive": 40.0}, tasks=(TASK, "g1/t2")))
    assert line == "g1/t1: tug_2 won it with g1/t2 for 40.0, as these sets of lots cost least together"


def test_a_trade_is_told_with_what_it_saves() -> None:
    traded = award("tug_2", 30.0, mechanism="trade", **{"from": "tug_1", "saved": 12.4})
    assert last(traded, *BIDS)[-1] == "g1/t1: tug_2 took it over from tug_1: together they save 12.4"


def test_a_place_that_goes_to_a_dearer_bid_is_explained_by_where_the_cheaper_ones_went() -> None:
    bids = latest_bids([bid("tug_1", {"brakes": 9.0}), bid("tug_2", {"brakes": 5.0})], TASK)
    lines = why_awarded(award("tug_1", 9.0, mechanism="crew"), bids, {"tug_1": TASK, "tug_2": "g1/t1/3"})
    assert lines[-2:] == [
        "g1/t1: tug_1 won it for 9.0, as these robots do it together for the least cost",
        "g1/t1: tug_2, who asked less, won g1/t1/3",
    ]
