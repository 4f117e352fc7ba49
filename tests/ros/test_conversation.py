"""Goals that are read by robots with different models, over DDS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from caravan.adapters.models_file import dealt_models
from caravan.model.goal import GoalState
from tests.ros.support import RealFleet, real_fleet

ROBOTS = ("carrier_1", "carrier_2", "carrier_3")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealFleet]:
    """Three robots, each with a model file of its own: those that come with Caravan, as often as they are needed."""
    folder = tmp_path_factory.mktemp("fleet")
    files = [model.file for model in dealt_models().values()]
    models = {r: folder / f"reader_{k}.gguf" for k, r in enumerate(ROBOTS)}
    for k, copy in enumerate(models.values()):
        shutil.copy(files[k % len(files)], copy)
    with real_fleet(folder, models) as running:
        yield running


def test_robots_with_different_models_vote_and_the_record_says_so(fleet: RealFleet) -> None:
    goal = fleet.until_ended(fleet.client.say("go to dock 1", "tester"))
    assert goal.state is GoalState.DONE, goal.message
    votes = {vote.robot: vote.data["model"] for vote in fleet.heard(goal.id, "vote")}
    assert len(votes) >= 2
    assert votes.items() <= {robot: f"reader_{k}" for k, robot in enumerate(ROBOTS)}.items()
    told = fleet.client.explain(goal.id)[0]
    assert "of 3 robots" in told
    for robot, model in votes.items():
        assert f"{robot} ({model}) read it with confidence" in told
