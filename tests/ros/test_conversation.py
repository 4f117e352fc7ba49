"""Goals that are read by robots with different models, and questions back with their answers, over DDS."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from caravan_msgs.action import PursueGoal
from caravan_msgs.srv import Instruct

from caravan.adapters.models_file import dealt_models
from caravan.model.goal import GoalState
from caravan_cli.complaint import Complaint
from caravan_ros import wiring
from tests.ros.support import RealFleet, real_fleet

pytestmark = pytest.mark.processes

MOON = "Bring a pallet from dock 2 to the moon bay."
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
    said = Terminal(fleet, "say", "--wait", MOON)
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
    (task,) = goal.tasks
    assert (task.task.item, task.task.from_, task.task.to) == ("pallet", "dock_2", "dock_4")
    assert len(fleet.heard(goal.id, "jury")) == 2, "the completed sentence was voted on too"


def test_an_answer_of_somebody_else_or_to_nothing_is_refused(fleet: RealFleet) -> None:
    goal = fleet.until_ended(fleet.client.say(MOON, "ann"))
    assert goal.state is GoalState.ASKED
    with pytest.raises(Complaint, match=f"{goal.id} was said by ann, who alone can answer"):
        fleet.client.say("dock 4", "bob", answers=goal.id)
    with pytest.raises(Complaint, match=f"there is no goal 'g99'; these wait for your answer: {goal.id}"):
        fleet.client.say("dock 4", "ann", answers="g99")


def told(fleet: RealFleet, future: Any, limit: float = 20.0) -> Any:
    fleet.until(future.done, limit)
    return future.result()


def test_a_robot_that_was_spoken_to_passes_the_answer_on_and_does_it(fleet: RealFleet) -> None:
    client = wiring.instruct("carrier_2").client(fleet.client._node)
    fleet.until(client.service_is_ready)

    def say(text: str, requester: str, answers: str = "") -> Any:
        return told(fleet, client.call_async(Instruct.Request(text=text, requester=requester, answers=answers)))

    said = say(MOON, "ann")
    assert said.accepted, said.message
    goal = fleet.until_ended(said.goal_id)
    assert (goal.state, goal.robot) == (GoalState.ASKED, "carrier_2")
    refused = say("dock 4", "bob", goal.id)
    assert (refused.accepted, refused.goal_id) == (False, "")
    assert f"{goal.id} was said by ann, who alone can answer" in refused.message
    answer = say("dock 4", "ann", goal.id)
    assert (answer.accepted, answer.goal_id) == (True, goal.id)
    fleet.until(lambda: fleet.heard(goal.id, "done"))
    goal = fleet.goal(goal.id)
    assert (goal.state, goal.sentence) == (GoalState.DONE, "Bring a pallet from dock 2 to the dock 4.")
    assert [task.robot for task in goal.tasks] == ["carrier_2"]


def test_a_pursuit_ends_with_the_question_and_another_one_answers_and_follows_the_goal(fleet: RealFleet) -> None:
    client = wiring.PURSUE_GOAL.client(fleet.client._node)
    fleet.until(client.server_is_ready)
    heard: list[Any] = []

    def pursue(text: str, answers: str = "") -> Any:
        request = PursueGoal.Goal(text=text, requester="cleo", answers=answers)
        handle = told(fleet, client.send_goal_async(request, feedback_callback=lambda m: heard.append(m.feedback)))
        assert handle.accepted
        return told(fleet, handle.get_result_async(), 80.0).result

    asked = pursue(MOON)
    assert (asked.outcome, asked.goal_id != "") == ("asked", True)
    assert "I know no place called 'moon bay'" in asked.message
    lost = pursue("dock 4", "g99")
    assert (lost.outcome, lost.goal_id) == ("refused", "")
    assert f"there is no goal 'g99'; these wait for your answer: {asked.goal_id}" in lost.message
    heard.clear()
    done = pursue("dock 4", asked.goal_id)
    assert (done.outcome, done.goal_id) == ("done", asked.goal_id)
    assert '"to":"dock_4"' in done.draft
    assert {feedback.goal_id for feedback in heard} == {asked.goal_id}
    assert next(feedback.state for feedback in heard) == "reading", "the completed sentence is read anew"


def test_a_goal_that_asks_is_cancelled_by_request_and_in_words(fleet: RealFleet) -> None:
    by_request, in_words = (fleet.until_ended(fleet.client.say(MOON, "dora")).id for _ in range(2))
    assert fleet.client.cancel(by_request, "dora") == f"{by_request} is cancelled"
    assert fleet.until_ended(fleet.client.say(f"cancel {in_words}", "dora")).state is GoalState.DONE
    for goal_id in (by_request, in_words):
        assert (fleet.goal(goal_id).state, fleet.goal(goal_id).message) == (GoalState.CANCELLED, "cancelled by dora")
        fleet.until(partial(fleet.heard, goal_id, "cancelled"))
        with pytest.raises(Complaint, match=f"{goal_id} asks nothing, it is cancelled"):
            fleet.client.say("dock 4", "dora", answers=goal_id)


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
