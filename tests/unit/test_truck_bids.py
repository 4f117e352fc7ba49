"""What a truck offers for a platoon task, and why it declines."""

from __future__ import annotations

from typing import Any

import pytest

from caravan.model.goal import Task, TaskKind
from caravan_cli.platoon_bench.highway import Highway, motorway, truck


@pytest.fixture(scope="module")
def road() -> Highway:
    """`t1` leads `t2` in a platoon called convoy; `t3` and `t4` drive alone behind them; `t4` means to leave."""
    made = motorway()
    trucks = [truck(f"t{k + 1}", made, 400.0 - 50.0 * k, destination="exit-1" if k == 3 else None) for k in range(4)]
    world = Highway(trucks, made, speed=20.0)
    world.form(["t1", "t2"], platoon="convoy")
    world.settle(60.0)
    world.run(5.0)
    return world


def offer(road: Highway, name: str, manoeuvre: str | None, seat: int = 0, **what: Any) -> Any:
    """The offer of a truck."""
    kind = TaskKind.PLATOON if manoeuvre is not None else what.pop("kind", TaskKind.GO)
    task = Task(id="t1", kind=kind, manoeuvre=manoeuvre, **what)
    return road.drives[name].offer(task, seat, road.now, fuel=0.5)


@pytest.mark.parametrize(
    ("name", "manoeuvre", "seat", "what", "why"),
    [
        ("t3", "form", 1, {"leader": "t1"}, "is not t1"),
        ("t1", "form", 2, {"leader": "t1"}, "leads it"),
        ("t2", "form", 2, {"leader": "t4"}, "drives in the platoon of t1"),
        ("t1", "form", 2, {"leader": "t4"}, "leads a platoon"),
        ("t3", "join", 1, {"platoon": "convoy", "members": ("t4",)}, "is not one of t4"),
        ("t3", "join", 1, {"platoon": "other"}, "nobody leads a platoon called other"),
        ("t3", "leave", 1, {}, "is in no platoon"),
        ("t2", "leave", 1, {"platoon": "other"}, "is not in a platoon called other"),
        ("t3", "leave", 1, {"to": "exit-9"}, "ramps lead to exit-1"),
        ("t2", "split", 0, {"at": "t1"}, "is not t1"),
        ("t3", "split", 0, {"at": "t3"}, "is in no platoon"),
        ("t2", "dissolve", 0, {}, "leads no platoon"),
        ("t3", "dissolve", 0, {}, "leads no platoon"),
        ("t1", "merge", 0, {"platoon": "other", "into": "convoy"}, "leads no platoon called other"),
        ("t2", "set", 0, {"platoon": "convoy", "speed": 20.0}, "leads no platoon"),
        ("t1", "set", 0, {"speed": 50.0}, "drives up to 25 m/s"),
        ("t1", "set", 0, {"headway": 9.0}, "from 0.3 s to 5 s"),
        ("t1", "set", 0, {"speed": 20.0, "robot": "t2"}, "is not t2"),
        ("t1", None, 0, {"kind": TaskKind.DELIVER}, "does not deliver"),
    ],
)
def test_who_cannot_do_it_declines_with_the_reason(
    road: Highway, name: str, manoeuvre: str | None, seat: int, what: dict[str, Any], why: str
) -> None:
    answer = offer(road, name, manoeuvre, seat, **what)
    assert isinstance(answer, str) and why in answer


@pytest.mark.parametrize(
    ("name", "manoeuvre", "seat", "what"),
    [
        ("t1", "form", 1, {"leader": "t1"}),
        ("t3", "form", 2, {"leader": "t4"}),
        ("t3", "join", 1, {}),
        ("t3", "join", 1, {"leader": "t2"}),
        ("t2", "leave", 1, {"platoon": "convoy"}),
        ("t2", "split", 0, {"at": "t2"}),
        ("t1", "dissolve", 0, {"platoon": "convoy"}),
        ("t1", "set", 0, {"platoon": "convoy", "headway": 1.0}),
        ("t3", "set", 1, {"speed": 20.0}),
        ("t3", None, 0, {"to": "exit-1"}),
    ],
)
def test_who_can_do_it_says_what_it_costs(
    road: Highway, name: str, manoeuvre: str | None, seat: int, what: dict[str, Any]
) -> None:
    answer = offer(road, name, manoeuvre, seat, **what)
    assert not isinstance(answer, str)
    assert all(0.0 <= part < 1e4 for part in answer.values())


def test_the_place_of_a_truck_counts_by_its_brake_exit_tank_and_rank(road: Highway) -> None:
    parts = offer(road, "t4", "form", 3, leader="t1")
    assert parts["overtake"] == 1.0
    assert parts["exit"] < offer(road, "t3", "form", 3, leader="t1")["exit"]
    assert parts["fuel"] == pytest.approx(20.0 * 0.5 / 3)
    assert parts["brakes"] == pytest.approx(2 * 20.0 * (12.0 - 6.0))
    assert parts["drive"] > 30.0
