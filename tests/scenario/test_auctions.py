"""Every mechanism hands out tasks in a running fleet, whatever the fleet's own one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.auction.mechanisms.table import MECHANISMS
from caravan.fleet import Fleet, Refused
from caravan.model.goal import Draft, Intent, Task, TaskKind
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
DRAFT = Draft(
    intent=Intent.TASKS,
    tasks=tuple(Task(id=f"t{n}", kind=TaskKind.GO, to=f"dock_{n}") for n in (1, 2, 3)),
)


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    """Three robots that have been heard of."""
    fleet = Fleet(SITE, reader=by_heart, robots=3)
    for _ in range(5):
        fleet.step()
    return fleet


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_that_a_request_names_places_its_tasks(fleet: Fleet, mechanism: str) -> None:
    goal_id = fleet.submit(DRAFT, mechanism=mechanism)
    for _ in range(200):
        fleet.step()
        (goal,) = [goal for goal in fleet.goals if goal.id == goal_id]
        if all(task.robot for task in goal.tasks):
            break
    assert all(task.robot for task in goal.tasks)
    assert all((task.payment is not None) == MECHANISMS[mechanism].priced for task in goal.tasks)
    assert f"{goal_id}/t1: " in fleet.why(goal_id)
    fleet.cancel(goal_id)


def test_a_mechanism_that_is_unknown_is_refused_with_the_list(fleet: Fleet) -> None:
    with pytest.raises(Refused, match="mechanism 'dice' is unknown; take one of sequential, regret"):
        fleet.submit(DRAFT, mechanism="dice")
