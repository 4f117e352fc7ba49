"""Fleets of real processes that die, babble or are told nonsense: what was promised holds."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from caravan.adapters.readings import key_of
from caravan.adapters.start_log import starts
from caravan.language.prompt import Completion, Prompt
from caravan.model.goal import GoalState, TaskState
from tests.ros.support import END_TIME, RATE, SITE, RealFleet, complaint, real_fleet, recorded
from tests.support.readings import SENTENCES
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.processes

DRUM = "Take a drum from dock 2 to packing."


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealFleet]:
    """Three robots in one process, and a house that waits longer for them than a process takes to be back."""
    folder = tmp_path_factory.mktemp("patient")
    with real_fleet(folder, agents_per_process=3, house={"patience": 40.0 * RATE}) as fleet:
        yield fleet


def test_a_goal_outlives_the_auction_node_and_is_done_once(patient: RealFleet) -> None:
    fleet = patient
    early = fleet.client.say(DRUM, "tester")
    fleet.kill("auction")
    fleet.start("auction")
    # Asked, not heard: the word that it was taken may have died with the house that was to say it.
    fleet.until(lambda: any(task.state is TaskState.RUNNING for task in fleet.goal(early).tasks))
    worker = fleet.goal(early).tasks[0].robot
    # An award that the first death kept from being sent may have been followed by another.
    epoch = fleet.goal(early).tasks[0].epoch
    fleet.kill("auction")
    fleet.start("auction")
    goal = fleet.until_over(early)
    assert (goal.state, goal.tasks[0].robot, goal.tasks[0].epoch) == (GoalState.DONE, worker, epoch)
    assert fleet.recorded(early, "task_done") == 1
    journal = fleet.plan["auction"].parameters["journal"]
    second = complaint("auction_node", site=str(SITE), journal=journal)
    assert "another auction node writes it" in second


def test_an_agent_that_is_killed_in_the_middle_of_a_task_goes_on_with_it(patient: RealFleet) -> None:
    fleet = patient
    goal_id = fleet.client.say(DRUM, "tester")
    fleet.until(lambda: fleet.owner(goal_id) and "to packing" in fleet.states[fleet.owner(goal_id)].activity)
    worker = fleet.owner(goal_id)
    fleet.kill(fleet.host(worker))
    fleet.start(fleet.host(worker))
    goal = fleet.until_ended(goal_id)
    assert (goal.state, goal.tasks[0].robot, goal.tasks[0].epoch) == (GoalState.DONE, worker, 1)
    logs = fleet.plan[fleet.host(worker)].parameters["start_logs"]
    done = [(r.kind.value, r.epoch) for r in starts(f"{logs}/{worker}.starts") if r.task_id == goal.tasks[0].id]
    assert done.count(("begun", 1)) == 1
    assert ("ended", 1) in done
    namesake = complaint("agent_node", site=str(SITE), robots=[worker], start_logs=logs)
    assert "another agent writes it; end that one: no two robots may have one name" in namesake


def test_models_that_babble_or_crash_take_no_agent_down(tmp_path: Path) -> None:
    babble = {key_of("babble", p): Completion(text='{"intent": 7, "x": "\\ud800', probability=0.9) for p in prompts()}
    models = {
        "carrier_1": recorded(tmp_path / "babble.json", babble),
        "carrier_2": write_tiny(tmp_path / "random_weights.gguf"),
        "carrier_3": broken(tmp_path / "broken.gguf"),
    }
    with real_fleet(tmp_path, models, robots=5) as fleet:
        voters: dict[str, str] = {}
        while len(voters) < 5:
            goal_id = fleet.client.say("Go to dock 4.", "tester")
            fleet.until_ended(goal_id)
            voters |= {vote.robot: vote.text for vote in fleet.heard(goal_id, "vote")}
        assert "no Reading" in voters["carrier_1"]
        assert "broken.gguf" in voters["carrier_3"]
        assert voters["lifter_1"] == voters["tug_1"] == ""
        before = fleet.states["carrier_1"].stamp
        fleet.until(lambda: fleet.states["carrier_1"].stamp > before + 2 * RATE)


def prompts() -> list[Prompt]:
    """What the model is asked for each sentence of the tests."""
    return [Prompt(text=sentence) for sentence in SENTENCES]


def broken(file: Path) -> Path:
    """A file that begins like a GGUF model and is none."""
    file.write_bytes(b"GGUF" + bytes(range(256)) * 16)
    return file


def test_a_model_dies_with_its_agent_and_one_that_hangs_holds_up_neither_the_robot_nor_its_end(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "random_weights.gguf")
    with real_fleet(tmp_path, robots=1, model=model) as fleet:
        fleet.client.say("Go to dock 4.", "tester")
        fleet.until(lambda: models_of(fleet))
        fleet.kill("agent_carrier_1")
        fleet.until(lambda: not models_of(fleet), END_TIME)
        fleet.start("agent_carrier_1")
        fleet.until_ended(fleet.client.say("Go to dock 4.", "tester"))
        (child,) = models_of(fleet)
        os.kill(child, signal.SIGSTOP)
        goal_id = fleet.client.say("Go to dock 1.", "tester")
        asked = fleet.states["carrier_1"].stamp
        fleet.until(lambda: fleet.states["carrier_1"].stamp > asked + 3 * RATE)
        assert fleet.goal(goal_id).state is GoalState.READING
    # Leaving has ended all processes by a signal, and seen that in time none was left.


def models_of(fleet: RealFleet) -> list[int]:
    """The processes of language models."""
    return [pid for pid, command in fleet.running().items() if "llama_child" in command]
