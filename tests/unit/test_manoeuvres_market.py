"""Manoeuvres in the market: seats that are somebody's, places that go where they cost least, and who is missing."""

from __future__ import annotations

from dataclasses import replace

from caravan.model.geometry import Pose
from caravan.model.goal import GoalState, Task, TaskKind, TaskState
from caravan.model.market import Award, Bid, BidNotice, Holding, HoldingState, Offer
from caravan.model.road import Road, straight
from tests.support.market_bench import SITE, Bench, sent

ROAD = replace(SITE, road=Road(start=Pose(0.0, 0.0), segments=(straight(1000.0),)))
FORM = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", leader="a", robots=3)
COSTS = {"a": (1.0, 1.0, 1.0), "b": (9.0, 2.0, 8.0), "c": (9.0, 1.0, 3.0)}
"""What the places 1 to 3 cost each; a declines all but the first, which it is asked about alone."""


def seat(number: int) -> str:
    return f"g1/t1/{number}"


def heard(bench: Bench, now: float, *robots: str) -> list[BidNotice]:
    """The robots are heard of, and asked."""
    for robot in robots:
        bench.beat(robot, now)
    return [m for m in sent(bench.tick(now), BidNotice) if isinstance(m, BidNotice)]


def awards(bench: Bench, now: float, notices: list[BidNotice]) -> dict[str, str]:
    """All bid for what they are asked about; who is awarded which seat."""
    for notice in notices:
        for robot in notice.robots:
            offers = tuple(
                Offer(tasks=(lot.task_id,), cost=COSTS[robot][int(lot.task_id[-1]) - 1]) for lot in notice.lots
            )
            bench.market.bid(Bid(auction=notice.auction, round=notice.round, robot=robot, offers=offers), now)
    return {m.task_id: m.robot for m in sent(bench.book.drain(), Award) if isinstance(m, Award)}


def test_a_seat_with_a_name_is_offered_to_it_alone_and_the_others_go_where_their_sum_is_least() -> None:
    bench = Bench(FORM, site=ROAD)
    notices = heard(bench, 0.0, "a", "b", "c")
    asked = {robot: {lot.task_id for lot in notice.lots} for notice in notices for robot in notice.robots}
    assert all((seat(1) in lots) == (robot == "a") for robot, lots in asked.items())
    # For place 2 the cheapest is c; but 1 + 8 is more than 2 + 3.
    assert awards(bench, 0.1, notices) == {seat(1): "a", seat(2): "b", seat(3): "c"}


def test_without_the_one_that_is_named_nothing_is_awarded_and_it_ends_soon() -> None:
    bench = Bench(FORM, site=ROAD)
    for now in range(0, 60, 1):
        assert heard(bench, float(now), "b", "c") == []
    assert bench.book["g1"].state is GoalState.FAILED
    assert "a cannot be reached" in bench.book["g1"].message


def test_they_begin_one_by_one_and_go_on_without_one_that_dies() -> None:
    bench = Bench(FORM, site=ROAD)
    won = awards(bench, 0.1, heard(bench, 0.0, "a", "b", "c"))

    def beat(state: HoldingState, now: float, *robots: str) -> None:
        for task, robot in won.items():
            if robot in robots:
                bench.beat(robot, now, Holding(task_id=task, epoch=1, state=state, note="on its way"))

    beat(HoldingState.RUNNING, 0.3, "a", "b", "c")
    assert all(record.begun and record.note == "on its way" for record in bench.book["g1"].tasks)
    for now in range(1, 60):
        beat(HoldingState.RUNNING, float(now), "a", "b")
        bench.tick(float(now))
    states = {record.id: record.state for record in bench.book["g1"].tasks}
    assert states == {seat(1): TaskState.RUNNING, seat(2): TaskState.RUNNING, seat(3): TaskState.FAILED}
    beat(HoldingState.DONE, 60.0, "a", "b")
    assert bench.book["g1"].state is GoalState.FAILED
    assert bench.book["g1"].message.startswith("t1/3: no robot took it")


def test_what_its_vehicle_gives_up_is_not_tried_again() -> None:
    bench = Bench(replace(FORM, manoeuvre="dissolve", robots=1), site=ROAD)
    (task,) = bench.book["g1"].tasks
    assert task.task.leader == "a"
    for notice in heard(bench, 0.0, "a", "b"):
        for robot in notice.robots:
            bid = Bid(auction=notice.auction, round=1, robot=robot, offers=(Offer(tasks=("g1/t1",), cost=1.0),))
            bench.market.bid(bid, 0.1)
    bench.beat("a", 0.3, Holding(task_id="g1/t1", epoch=1, state=HoldingState.FAILED, note="turned down"))
    assert (bench.book["g1"].state, bench.book["g1"].message) == (GoalState.FAILED, "t1: a: turned down")
