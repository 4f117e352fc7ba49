"""Who takes part in a manoeuvre, and what an order to a platoon lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from caravan.actors.house.scope import beyond
from caravan.actors.house.seating import seated
from caravan.auction import ledger
from caravan.language.guard import Allowed, Refused, examine
from caravan.model.crew import crew_of
from caravan.model.geometry import Point, Pose
from caravan.model.goal import Draft, Goal, Intent, Task, TaskKind
from caravan.model.goal_json import goal_from_json, goal_to_json
from caravan.model.road import Road, straight
from caravan.model.site import Named, Place, Policy, Robot, Site

TRUCKS = tuple(f"truck_{k}" for k in range(1, 6))
PLAIN = Road(start=Pose(0.0, 0.0), segments=(straight(2000.0),))
ROAD = replace(PLAIN, ramps={"exit_1": PLAIN.ramp(900.0, (straight(80.0),))})
SITE = Site(
    places={name: Place(id=name, position=Point(980.0, 0.0)) for name in ("exit_1", "depot")},
    robots={r: Robot(id=r, start=Pose(0.0, 0.0), speed=25.0, length=10.0, width=2.5) for r in TRUCKS},
    platoons={"convoy": Named(id="convoy"), "train": Named(id="train")},
    road=ROAD,
    policy=Policy(max_speed=30.0),
)
ALIVE = TRUCKS[:4]


def order(manoeuvre: str, **more: Any) -> Draft:
    task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre=manoeuvre, **more)
    return Draft(intent=Intent.TASKS, tasks=(task,))


def crew(draft: Draft, spoken_to: str | None = None) -> tuple[str | None, ...]:
    (task,) = seated(draft, SITE, ALIVE, spoken_to).tasks
    assert task.robots == len(crew_of(task))
    return crew_of(task)


def seats(draft: Draft) -> list[str | None]:
    """The robots that the ledger has for each seat, after a restart of the house."""
    goal = Goal(id="g1", text="", requester="", stamp=0.0)
    goal = goal_from_json(goal_to_json(ledger.activate(goal, seated(draft, SITE, ALIVE))))
    return [record.task.robot for record in goal.tasks]


def refusal(draft: Draft, site: Site = SITE) -> str:
    verdict = examine(draft, site, lambda a, b, avoid: True, 0.0, ALIVE)
    reason = verdict.reason if isinstance(verdict, Refused) else beyond(seated(draft, site, ALIVE), site)
    assert reason is not None and reason.startswith("t1: ")
    return reason.removeprefix("t1: ")


def test_a_platoon_is_formed_of_all_that_live_or_of_so_many_or_of_those_named() -> None:
    assert crew(order("form")) == (None,) * 4
    assert crew(order("form", leader="truck_2")) == ("truck_2", None, None, None)
    assert crew(order("form", leader="truck_2", robots=3)) == ("truck_2", None, None)
    assert crew(order("form"), spoken_to="truck_2")[:2] == ("truck_2", None)
    members = ("truck_3", "truck_1", "truck_2")
    assert crew(order("form", members=members)) == members
    assert crew(order("form", leader="truck_1", members=members)) == ("truck_1", "truck_3", "truck_2")


def test_each_joins_and_leaves_for_itself_and_one_acts_for_its_platoon() -> None:
    assert crew(order("join", members=("truck_1", "truck_2"), platoon="convoy")) == ("truck_1", "truck_2")
    assert crew(order("leave", to="exit_1"), spoken_to="truck_4") == ("truck_4",)
    assert crew(order("set", speed=20.0)) == ALIVE
    assert crew(order("set", speed=20.0, platoon="convoy")) == crew(order("dissolve")) == (None,)
    assert crew(order("split", at="truck_3", members=("truck_4",))) == ("truck_3",)
    assert crew(order("split", members=("truck_3", "truck_4"))) == ("truck_3",)
    assert crew(order("merge", platoon="train", into="convoy")) == (None,)


def test_who_takes_part_is_in_the_ledger() -> None:
    assert seats(order("form", leader="truck_2")) == ["truck_2", None, None, None]
    assert seats(order("set", speed=20.0)) == list(ALIVE)
    assert seats(order("split", at="truck_3")) == ["truck_3"]
    assert seats(order("dissolve")) == [None]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (order("leave"), "who shall leave it? Say it with the vehicle"),
        (order("join", platoon="convoy"), "who shall join it?"),
        (order("form", members=("truck_1",)), "a platoon takes two vehicles or more"),
        (order("split"), "where shall it be split?"),
        (order("merge", platoon="convoy"), "which platoon shall drive on in which?"),
        (order("set", platoon="convoy"), "on what shall they agree?"),
        (order("set", speed=28.0), "28 m/s (101 km/h) is not allowed on this road; up to 25 m/s (90 km/h) is"),
        (order("set", speed=99.0), "99 m/s (356 km/h) is not allowed; up to 30 m/s (108 km/h) is"),
        (order("form", headway=0.1), "0.1 s is no headway; from 0.3 s to 5 s is allowed"),
        (order("form", headway=60.0), "60 s is no headway; from 0.3 s to 5 s is allowed"),
        (order("form", gap=1.0), "a gap of 1 m is not allowed at 25 m/s; from 9.5 m to 127.0 m is"),
        (order("leave", members=("truck_1",), to="depot"), "depot is no exit of the road; exits are exit_1"),
        (order("join", members=("truck_5",)), "truck_5 does not answer; alive are truck_1, truck_2"),
        (order("split", at="truck_5"), "truck_5 does not answer"),
        (order("form", robots=5), "it takes 5 robots, alive are truck_1, truck_2, truck_3, truck_4"),
        (order("form", platoon="ghost"), "ghost is not one of the platoons here; platoons are convoy, train"),
    ],
)
def test_what_an_order_lacks_is_said_and_what_is_too_much_refused_with_the_limit(draft: Draft, reason: str) -> None:
    assert refusal(draft).startswith(reason)


def test_a_slow_truck_is_not_asked_for_more_than_it_can() -> None:
    slow = replace(SITE, robots={**SITE.robots, "truck_3": replace(SITE.robots["truck_3"], speed=15.0)})
    assert refusal(order("set", speed=20.0), slow) == (
        "20 m/s (72 km/h) is not allowed for truck_3; it drives up to 15 m/s (54 km/h)"
    )


def test_without_a_road_there_are_no_platoons_and_on_it_nothing_is_fetched() -> None:
    assert refusal(order("form"), replace(SITE, road=None)) == "there is no road here to drive on in a platoon"
    go = Task(id="t1", kind=TaskKind.GO, to="exit_1")
    assert examine(Draft(intent=Intent.TASKS, tasks=(go,)), SITE, lambda a, b, avoid: False, 0.0) == Allowed()
    watch = Draft(intent=Intent.TASKS, tasks=(replace(go, kind=TaskKind.INSPECT, to=None, places=("exit_1",)),))
    assert "truck_1 drives on a road: it goes to the exits and in platoons" in refusal(watch)


def test_nobody_is_called_home_on_a_road() -> None:
    home = Draft(intent=Intent.CONTROL, command="home", target="truck_1")
    told = examine(home, SITE, lambda *_: True, 0.0, ALIVE)
    assert told == Refused(reason="nobody drives home on a road; send them to an exit; exits are exit_1")
    assert examine(replace(home, command="stop"), SITE, lambda *_: True, 0.0, ALIVE) == Allowed()
