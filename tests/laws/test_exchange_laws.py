"""Tasks change hands on a bad radio: no task is ever worked on by two robots, and each is done once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.actors.house.auction_house import HouseSettings
from caravan.actors.house.market import MarketSettings
from caravan.fleet import Fleet, FleetSettings
from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind
from caravan.sim.radio import RadioSettings
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
PLACES = ("dock_1", "dock_2", "dock_3", "dock_4", "staging", "packing", "cold_store", "aisle_a", "aisle_d")
BUSY = MarketSettings(trade_pause=1.0, trade_margin=0.0)
"""A market in which tasks change hands as often as can be."""


def settings(loss: float) -> FleetSettings:
    """A fleet on a radio that loses, doubles and delays."""
    radio = RadioSettings(loss=loss, duplicate=0.1, delay_max=0.4)
    return FleetSettings(radio=radio, house=replace(HouseSettings(), market=BUSY))


@pytest.mark.parametrize("loss", [0.0, 0.3])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_task_is_worked_on_twice_while_tasks_change_hands(seed: int, loss: float) -> None:
    rng = random.Random(seed)
    with Fleet(SITE, reader=by_heart, seed=seed, robots=3, settings=settings(loss)) as fleet:
        robots = sorted(fleet.site.robots)
        fleet.halt(robots[1:])
        for _ in range(20):
            fleet.step()
        for _ in range(7):
            task = Task(id="t1", kind=TaskKind.GO, to=rng.choice(PLACES))
            fleet.submit(Draft(intent=Intent.TASKS, tasks=(task,)))
        for _ in range(50):
            fleet.step()
        fleet.resume()
        for _ in range(3000):
            fleet.step()
            assert max(Counter(task for task, _ in fleet.at_work().values()).values(), default=1) == 1
            if all(goal.state is GoalState.DONE for goal in fleet.goals):
                break
        assert [goal.state for goal in fleet.goals] == [GoalState.DONE] * 7
        done = Counter(event.task for event in fleet.events if event.kind == "task_done")
        assert set(done.values()) == {1}
        assert any(event.data.get("mechanism") == "trade" for event in fleet.events)
