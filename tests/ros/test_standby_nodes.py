"""Two auction nodes as real processes: the standby carries on when the leader is killed, and nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from caravan.model.goal import GoalState
from tests.ros.support import RealFleet, real_fleet

pytestmark = pytest.mark.processes

DRUM = "Take a drum from dock 2 to packing."
NODES = ["auction_1", "auction_2"]


def leadership(fleet: RealFleet) -> dict[str, object]:
    """Who leads, and who is in sync, as the leader tells it."""
    return dict(fleet.client.explain("")[1]["auction"])


def test_a_killed_leader_is_followed_by_its_standby_and_stands_by_when_it_comes_back(tmp_path: Path) -> None:
    with real_fleet(tmp_path, agents_per_process=3, auction_nodes=2) as fleet:
        fleet.until(lambda: leadership(fleet)["in_sync"] == NODES)
        before = leadership(fleet)
        first = str(before["leader"])
        (second,) = set(NODES) - {first}
        early = fleet.client.say(DRUM, "tester")
        fleet.until(lambda: fleet.owner(early) and "dock_2" in fleet.states[fleet.owner(early)].activity)
        worker = fleet.owner(early)
        fleet.kill(first)
        killed = time.monotonic()
        # Said to nobody for a while; it is accepted once.
        late = fleet.client.say("Go to dock 4.", "tester")
        assert time.monotonic() - killed < 10.0
        after = leadership(fleet)
        assert after["leader"] == second
        assert int(str(after["term"])) > int(str(before["term"]))
        goal = fleet.until_over(early)
        assert (goal.state, goal.tasks[0].robot, goal.tasks[0].epoch) == (GoalState.DONE, worker, 1)
        assert fleet.recorded(early, "task_done") == 1
        fleet.start(first)
        fleet.until(lambda: leadership(fleet)["in_sync"] == NODES)
        assert leadership(fleet)["leader"] == second
        assert fleet.until_over(late).state is GoalState.DONE
        assert [goal["id"] for goal in fleet.client.explain("")[1]["goals"]] == [early, late]
        assert "stands by" in fleet.log(first)
        assert "touches" not in fleet.log("sim")
