"""Goals that are read by robots with different models, and questions back with their answers, over DDS."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from caravan.adapters.models_file import dealt_models
from caravan.model.goal import GoalState
from caravan_cli.complaint import Complaint
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


def test_on_a_terminal_the_question_is_asked_and_the_answer_is_taken_and_delivered(fleet: RealFleet) -> None:
    said = Terminal(fleet, "say", "--wait", "Bring a pallet from dock 2 to the moon bay.")
    said.until("asks back: I know no place called 'moon bay'.")
    said.until("> ")
    said.type("the other one")
    said.until("does not settle it")
    said.until("> ")
    said.type("dock 4, please")
    assert said.end() == 0, said.text
    fleet.until(lambda: any(e.kind == "answered" for e in fleet.events))
    (goal_id,) = [e.goal for e in fleet.events if e.kind == "answered"]
    fleet.until(lambda: fleet.heard(goal_id, "done"))
    goal = fleet.goal(goal_id)
    assert (goal.state, goal.sentence) == (GoalState.DONE, "Bring a pallet from dock 2 to the dock 4.")
    assert goal.draft is not None and goal.draft.tasks[0].to == "dock_4"
    assert len(fleet.heard(goal.id, "jury")) == 2, "the completed sentence was voted on too"


def test_an_answer_of_somebody_else_or_to_nothing_is_refused(fleet: RealFleet) -> None:
    goal = fleet.until_ended(fleet.client.say("Bring a pallet from dock 2 to the moon bay.", "ann"))
    assert goal.state is GoalState.ASKED
    with pytest.raises(Complaint, match=f"{goal.id} was said by ann, who alone can answer"):
        fleet.client.say("dock 4", "bob", answers=goal.id)
    with pytest.raises(Complaint, match=f"there is no goal 'g99'; these wait for your answer: {goal.id}"):
        fleet.client.say("dock 4", "ann", answers="g99")


class Terminal:
    """A command of `caravan` on a terminal of its own, in the domain of a fleet."""

    def __init__(self, fleet: RealFleet, *words: str) -> None:
        self.text = ""
        self._terminal, other = os.openpty()
        env = {**os.environ, "ROS_DOMAIN_ID": str(fleet.client.domain), "TERM": "dumb", "COLUMNS": "400"}
        command = [sys.executable, "-m", "caravan_cli", *words]
        self._process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=env)
        os.close(other)
        self._seen = 0

    def until(self, said: str, limit: float = 60.0) -> None:
        """Waits until the command has said something new that has these words."""
        end = time.monotonic() + limit
        while (at := self.text.find(said, self._seen)) < 0:
            assert time.monotonic() < end and self._read(1.0), f"{said!r} was not said: {self.text}"
        self._seen = at + len(said)

    def type(self, line: str) -> None:
        """Types a line."""
        os.write(self._terminal, f"{line}\n".encode())

    def end(self, limit: float = 80.0) -> int:
        """The exit code, once the command has ended."""
        end = time.monotonic() + limit
        while self._read(1.0):
            assert time.monotonic() < end, f"it did not end: {self.text}"
        os.close(self._terminal)
        return self._process.wait(20)

    def _read(self, seconds: float) -> bool:
        """Reads what has been said, if anything is within so long; False where the command has ended."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux's way to say that nobody has the other end any more.
            return False
        self.text += data.decode(errors="replace")
        return bool(data)
