"""What the language can say and the fleet cannot do is refused in words."""

from __future__ import annotations

import pytest

from caravan.actors.house.scope import beyond
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.site import Site


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (Task(id="t1", kind=TaskKind.GO, to="a", robots=2, robot="r"), "given to r alone"),
        (Task(id="t1", kind=TaskKind.GO, to="a", after=("t0",)), "t0 goes on until it is cancelled"),
        (Task(id="t1", kind=TaskKind.DELIVER, item="pallet", to="a"), "where shall the pallet be fetched"),
        (Task(id="t1", kind=TaskKind.WAIT), "how long shall it wait"),
    ],
)
def test_what_is_beyond_the_fleet_is_said(task: Task, reason: str) -> None:
    said = beyond(Draft(intent=Intent.TASKS, tasks=(Task(id="t0", kind=TaskKind.GO, to="b", every=60), task)), Site())
    assert said is not None
    assert said.startswith("t1: ")
    assert reason in said


def test_what_the_fleet_can_do_passes() -> None:
    repeated = Task(id="t1", kind=TaskKind.WAIT, duration=60, every=600, times=2, robots=2)
    follower = Task(id="t2", kind=TaskKind.GO, to="a", after=("t1",))
    assert beyond(Draft(intent=Intent.TASKS, tasks=(repeated, follower)), Site()) is None


def test_what_was_said_to_one_robot_is_not_shared() -> None:
    draft = Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to="a", robots=2),))
    assert beyond(draft, Site()) is None
    assert "given to r alone" in (beyond(draft, Site(), "r") or "")
