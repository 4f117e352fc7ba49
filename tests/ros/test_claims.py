"""Robots that decide among themselves who does what, over real DDS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caravan.model.goal import GoalState
from tests.ros.support import real_fleet

pytestmark = pytest.mark.processes


def test_robots_agree_among_themselves_who_does_what(tmp_path: Path) -> None:
    tasks = [{"id": f"t{k}", "kind": "go", "to": place} for k, place in enumerate(("dock_4", "dock_1"), 1)]
    with real_fleet(tmp_path) as fleet:
        goal_id = fleet.client.submit(json.dumps({"intent": "tasks", "tasks": tasks}), "planner", mechanism="cbba")
        assert fleet.until_ended(goal_id).state is GoalState.DONE
        awards = fleet.heard(goal_id, "award")
        assert sorted(award.task for award in awards) == [f"{goal_id}/t1", f"{goal_id}/t2"]
        assert {award.data["mechanism"] for award in awards} == {"cbba"}
