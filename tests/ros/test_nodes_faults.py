"""Fleets of real processes that die, babble or are told nonsense: what was promised holds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from caravan.adapters.readings import key_of
from caravan.adapters.start_log import starts
from caravan.language.prompt import Completion, Prompt
from caravan.model.goal import GoalState
from tests.ros.support import END_TIME, RATE, SITE, RealFleet, real_fleet, recorded
from tests.support.readings import SENTENCES
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.processes

DRUM = "Take a drum from dock 2 to packing."
MODEL = SITE.parents[1] / "models" / "caravan-reader-s1.gguf"


def test_a_killed_robots_task_is_done_by_another(tmp_path: Path) -> None:
    with real_fleet(tmp_path, stamped_cmd_vel=True) as fleet:
        goal_id = fleet.client.say(DRUM, "tester")
        # Not later: where its work is nobody else could stand.
        fleet.until(lambda: fleet.owner(goal_id) and "to dock_2" in fleet.states[fleet.owner(goal_id)].activity)
        dead = fleet.owner(goal_id)
        fleet.kill(fleet.host(dead))
        killed = fleet.states[dead].stamp
        fleet.until(lambda: fleet.owner(goal_id) != dead)
        # By the fleet's clock, which waits for robots where the machine is slow.
        assert fleet.heard(goal_id, "taken")[-1].stamp - killed < 5.0 * RATE, "promise 3"
        goal = fleet.until_ended(goal_id)
        assert goal.state is GoalState.DONE
        assert goal.tasks[0].robot != dead
        assert goal.tasks[0].epoch == 2
        assert len(fleet.heard(goal_id, "task_done")) == 1
        before = len(fleet.heard("", "found"))
        fleet.start(fleet.host(dead))
        fleet.until(lambda: len(fleet.heard("", "found")) > before)
        assert "touches" not in fleet.log("sim")


def test_a_goal_outlives_the_auction_node_and_is_done_once(tmp_path: Path) -> None:
    # This is about the house: no robot shall count as lost where the machine is slow.
    with real_fleet(tmp_path, agents_per_process=3, house={"patience": 40.0 * RATE}) as fleet:
        early = fleet.client.say(DRUM, "tester")
        fleet.kill("auction")
        fleet.start("auction")
        fleet.until(lambda: fleet.client.ready() and fleet.owner(early))
        worker = fleet.owner(early)
        fleet.until(lambda: fleet.states[worker].activity == "loading")
        # An award that the first death kept from being sent may have been followed by another.
        epoch = fleet.goal(early).tasks[0].epoch
        fleet.kill("auction")
        fleet.start("auction")
        goal = fleet.until_ended(early)
        assert (goal.state, goal.tasks[0].robot, goal.tasks[0].epoch) == (GoalState.DONE, worker, epoch)
        assert len(fleet.heard(early, "task_done")) == 1
        assert "another auction node writes it" in second_house(fleet)


def test_an_agent_that_is_killed_in_the_middle_of_a_task_goes_on_with_it(tmp_path: Path) -> None:
    # A process takes seconds to be back, more than a robot is waited for otherwise.
    with real_fleet(tmp_path, agents_per_process=3, house={"patience": 40.0 * RATE}) as fleet:
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


def second_house(fleet: RealFleet) -> str:
    """What a second auction node on the same journal says before it ends with code 2."""
    journal = fleet.plan["auction"].parameters["journal"]
    return complaint("auction_node", site=str(SITE), journal=journal)


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


@pytest.mark.skipif(not MODEL.exists(), reason="the language model is not trained yet")
def test_a_sentence_is_read_by_the_robots_own_models(tmp_path: Path) -> None:
    with real_fleet(tmp_path, robots=2, model="") as fleet:
        goal = fleet.until_ended(fleet.client.say("bring a pallet from dock 4 to aisle D", "tester"))
        assert goal.state is GoalState.DONE, goal.message
        (task,) = goal.tasks
        assert (task.task.item, task.task.from_, task.task.to) == ("pallet", "dock_4", "aisle_d")
        assert len(models_of(fleet)) == 2


def test_a_killed_agent_leaves_no_model_behind(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "random_weights.gguf")
    with real_fleet(tmp_path, robots=1, model=model) as fleet:
        fleet.client.say("Go to dock 4.", "tester")
        fleet.until(lambda: models_of(fleet))
        fleet.kill("agent_carrier_1")
        fleet.until(lambda: not models_of(fleet), END_TIME)


def test_a_model_that_hangs_holds_up_neither_the_robot_nor_its_end(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "random_weights.gguf")
    with real_fleet(tmp_path, robots=1, model=model) as fleet:
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


# -- bad input ----------------------------------------------------------------------------------------------------


def complaint(executable: str, **parameters: object) -> str:
    """What a node says that does not start: one sentence, exit code 2."""
    words = [word for name, value in parameters.items() for word in ("-p", f"{name}:={json.dumps(value)}")]
    command = [sys.executable, "-m", f"caravan_ros.{executable}", "--ros-args", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("executable", "parameters", "told"),
    [
        ("agent_node", {"robots": ["carrier_9"]}, "'carrier_9' is not in .*; did you mean"),
        ("agent_node", {"robots": ["carrier_1"], "models": ["/nowhere.gguf"]}, r"/nowhere\.gguf: No such file"),
        ("agent_node", {"robots": ["carrier_1"], "models": [__file__]}, "no GGUF file"),
        ("agent_node", {"robots": ["carrier_1"], "models": ["/nowhere.json"]}, "no record of readings"),
        (
            "agent_node",
            {"robots": ["carrier_1"], "start_logs": "/proc/none"},
            r"start log /proc/none/carrier_1\.starts: .*another path",
        ),
        ("sim_node", {"site": "/nowhere.yaml"}, r"/nowhere\.yaml"),
        ("sim_node", {"start_clock": "25:00"}, "'25:00' is no time of day; write it as HH:MM"),
        ("sim_node", {"physics": "magic"}, "'magic' is not known; take planar or wheels"),
        ("sim_node", {"lidar": -1}, "-1 is no number of beams"),
        ("auction_node", {"journal": "/proc/none/journal"}, "journal /proc/none/journal: .*give another path"),
        ("traffic_node", {"speed": 1.0}, "there is no parameter 'speed'"),
    ],
    ids=str,
)
def test_bad_input_ends_a_node_with_one_sentence(
    domain: int, tmp_path: Path, executable: str, parameters: dict[str, object], told: str
) -> None:
    logs = {"start_logs": str(tmp_path)} if executable == "agent_node" else {}
    said = complaint(executable, **{"site": str(SITE), **logs, **parameters})
    assert re.search(told, said), said
