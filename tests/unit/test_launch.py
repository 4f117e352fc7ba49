"""The launch file carries out the plan of the fleet: held against stand-ins for the few names of `launch` it uses."""

from __future__ import annotations

import inspect
import runpy
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from caravan_ros.plan import fleet_plan

ROOT = Path(__file__).parents[2]


class Made(SimpleNamespace):
    """Whatever the launch file makes: the words it was made with, in order and by name."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(words=words, **named)


MODULES = {
    "launch": ("LaunchContext", "LaunchDescription"),
    "launch.actions": ("DeclareLaunchArgument", "OpaqueFunction", "SetEnvironmentVariable"),
    "launch.events": (),
    "launch.events.process": ("ProcessExited",),
    "launch_ros": (),
    "launch_ros.actions": ("Node",),
    "launch_ros.parameter_descriptions": ("ParameterValue",),
}


@pytest.fixture
def launch_file(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, classes in MODULES.items():
        module = ModuleType(name)
        for made in classes:
            setattr(module, made, type(made, (Made,), {}))
        monkeypatch.setitem(sys.modules, name, module)
    return runpy.run_path(str(ROOT / "launch/warehouse.launch.py"))


def start(launch_file: dict[str, Any], **given: str) -> list[Any]:
    declared = launch_file["generate_launch_description"]().words[0][:-1]
    defaults = {argument.words[0]: argument.default_value for argument in declared}
    assert set(given) <= set(defaults)
    actions: list[Any] = launch_file["start"](SimpleNamespace(launch_configurations=defaults | given))
    return actions


def plain(value: Any) -> Any:
    if isinstance(value, Made):
        assert value.value_type is str
        return value.words[0]
    return tuple(value) if isinstance(value, list) else value


def test_it_starts_the_processes_of_the_plan(launch_file: dict[str, Any]) -> None:
    nodes = start(launch_file, robots="3", agents_per_process="2", rate="2", journal="/tmp/journal")
    plan = fleet_plan(ROOT / "config/warehouse.yaml", robots=3, agents_per_process=2, rate=2.0, journal="/tmp/journal")
    assert [(node.package, node.executable, node.exec_name) for node in nodes] == [
        ("caravan_ros", process.executable, process.name) for process in plan
    ]
    for node, process in zip(nodes, plan, strict=True):
        assert {name: plain(value) for name, value in node.parameters[0].items()} == process.parameters


def test_its_arguments_are_the_options_of_a_plan_and_the_domain(launch_file: dict[str, Any]) -> None:
    options = inspect.signature(fleet_plan).parameters
    defaults = {name: str(option.default) for name, option in options.items() if name != "site_path"}
    given = {name: value for name, (value, _) in launch_file["ARGUMENTS"].items()}
    assert Path(given.pop("site")) == ROOT / "config/warehouse.yaml"
    assert given == defaults | {"domain": "", "stamped_cmd_vel": "false"}


def test_all_but_the_simulator_are_started_again_however_often_they_die(launch_file: dict[str, Any]) -> None:
    nodes = start(launch_file, robots="1")
    assert [node.executable for node in nodes if not node.respawn] == ["sim_node"]
    assert not any(hasattr(node, "respawn_max_retries") for node in nodes)


@pytest.mark.parametrize(
    ("code", "ending"), [(-9, {"sim"}), (0, {"sim"}), (2, {"sim", "traffic", "auction", "agent_carrier_1"})]
)
def test_who_ends_the_fleet_when_it_ends(launch_file: dict[str, Any], code: int, ending: set[str]) -> None:
    ended = set()
    for node in start(launch_file, robots="1"):
        exited = Made(process_name=node.exec_name, returncode=code)
        node.on_exit(exited, Made(is_shutdown=True))
        try:
            node.on_exit(exited, Made(is_shutdown=False))
        except RuntimeError as error:
            ended.add(str(error).split()[0])
    assert ended == ending


def test_real_robots_have_no_simulator_and_may_have_a_domain(launch_file: dict[str, Any]) -> None:
    domain, *nodes = start(launch_file, sim="none", domain="7")
    assert domain.words == ("ROS_DOMAIN_ID", "7")
    assert "sim_node" not in {node.executable for node in nodes}
    assert not any(node.parameters[0]["use_sim_time"] for node in nodes)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"robots": "many"}, "launch argument robots:=many is no number; write robots:=4"),
        ({"rate": "fast"}, "launch argument rate:=fast is no number; write rate:=1.0"),
        ({"stamped_cmd_vel": "yes"}, "launch argument stamped_cmd_vel:=yes is neither true nor false"),
        ({"sim": "unreal"}, "sim: 'unreal' is no simulator"),
        ({"site": "/nowhere.yaml"}, "/nowhere.yaml"),
        ({"model": "/nowhere.gguf"}, "/nowhere.gguf: No such file"),
        ({"domain": "232"}, "launch argument domain:=232 is no ROS domain; give a number from 0 to 231"),
        ({"domain": "a"}, "launch argument domain:=a is no number"),
    ],
)
def test_bad_arguments_are_refused(launch_file: dict[str, Any], given: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        start(launch_file, **given)
