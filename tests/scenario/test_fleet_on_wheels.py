"""The fleet in memory with robots on their own wheels: what holds for planar bodies holds for them."""

from __future__ import annotations

from pathlib import Path

from caravan.fleet import Fleet, FleetSettings
from caravan.model.goal import GoalState
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"


def test_a_goal_is_done_on_wheels_and_nothing_is_touched() -> None:
    with Fleet(SITE, reader=by_heart, seed=3, robots=3, settings=FleetSettings(physics="wheels")) as fleet:
        fleet.say("Go to dock 4.")
        assert fleet.run()
        assert [goal.state for goal in fleet.goals] == [GoalState.DONE]
        assert fleet.contacts == 0
        dock = fleet.site.places["dock_4"].position
        assert dock is not None
        assert min(pose.point.distance(dock) for pose in fleet.robot_poses.values()) < 0.3
