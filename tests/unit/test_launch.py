"""The launch files carry out the plan: held against stand-ins for the few names of `launch` they use."""

from __future__ import annotations

import inspect
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from caravan_ros.plan import fleet_plan, robot_plan

ROOT = Path(__file__).parents[2]
SITE, ROAD = ROOT / "config/warehouse.yaml", ROOT / "config/highway.yaml"
FILES: dict[str, tuple[Callable[..., Any], Path]] = {
    "warehouse": (fleet_plan, SITE),
    "platoon": (fleet_plan, ROAD),
    "robot": (robot_plan, SITE),
}


class Made(SimpleNamespace):
    """Whatever the launch file makes: the words it was made with, in order and by name."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(words=words, **named)


MODULES = {
    "launch": ("LaunchContext", "LaunchDescription"),
    "launch.actions": ("DeclareLaunchArgument", "ExecuteProcess", "OpaqueFunction", "SetEnvironmentVariable"),
    "launch.events": (),
    "launch.events.process": ("ProcessExited",),
    "launch_ros": (),
    "launch_ros.actions": ("Node",),
    "launch_ros.parameter_descriptions": ("ParameterValue",),
}
Load = Callable[[str], dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    for name, classes in MODULES.items():
        module = ModuleType(name)
        for made in classes:
            setattr(module, made, type(made, (Made,), {}))
        monkeypatch.setitem(sys.modules, name, module)
    # It keeps the names it was loaded with.
    monkeypatch.delitem(sys.modules, "caravan_ros.launching", raising=False)
    return lambda name: runpy.run_path(str(ROOT / f"launch/{name}.launch.py"))


@pytest.fixture
def launch_file(load: Load) -> dict[str, Any]:
    return load("warehouse")


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
    plan = fleet_plan(SITE, robots=3, agents_per_process=2, rate=2.0, journal="/tmp/journal")
    assert [(node.package, node.executable, node.exec_name) for node in nodes] == [
        ("caravan_ros", process.executable, process.name) for process in plan
    ]
    for node, process in zip(nodes, plan, strict=True):
        assert {name: plain(value) for name, value in node.parameters[0].items()} == process.parameters


def test_trucks_start_as_planned_with_nobody_to_control_traffic(load: Load) -> None:
    nodes = start(load("platoon"), trucks="3", rate="2", journal="/tmp/journal")
    plan = fleet_plan(ROAD, robots=3, rate=2.0, journal="/tmp/journal")
    assert [node.executable for node in nodes] == ["sim_node", "auction_node", *["agent_node"] * 3]
    given = [{name: plain(value) for name, value in node.parameters[0].items()} for node in nodes]
    assert given == [process.parameters for process in plan]


def test_gazebo_is_a_command_and_its_bridge_a_node_and_both_know_where_they_belong(
    launch_file: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (tmp_path / "gz", tmp_path / "lib/ros_gz_bridge/parameter_bridge"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    _, *actions = start(launch_file, sim="gz", robots="3", domain="7")
    plan = fleet_plan(SITE, sim="gz", robots=3, domain="7")
    assert [type(action).__name__ for action in actions[:3]] == ["ExecuteProcess", "Node", "Node"]
    server, bridge = actions[:2]
    assert (server.cmd, server.name) == (["gz", *plan[0].arguments], "gazebo")
    assert (bridge.package, bridge.executable) == ("ros_gz_bridge", "parameter_bridge")
    assert [action.additional_env for action in actions[:3]] == [process.environment for process in plan[:3]]
    assert server.additional_env["GZ_PARTITION"] == bridge.additional_env["GZ_PARTITION"] == "caravan-7"
    assert all(Path(path).read_text() == text for process in plan for path, text in process.files.items())
    assert [action.respawn for action in actions[:3]] == [False, True, True]


def test_the_robot_launch_file_starts_one_agent_that_is_the_fleets_own(load: Load, tmp_path: Path) -> None:
    logs = str(tmp_path)
    (node,) = start(load("robot"), robot="carrier_2", site=str(SITE), logs=logs, auction_nodes="3")
    fleet = fleet_plan(SITE, sim="none", auction_nodes=3)
    (twin,) = (p for p in fleet if p.parameters.get("robots") == ("carrier_2",))
    given = {name: plain(value) for name, value in node.parameters[0].items()}
    assert (node.executable, node.exec_name, node.respawn) == ("agent_node", "agent_carrier_2", True)
    assert given == {**twin.parameters, "start_logs": logs}


@pytest.mark.parametrize("file", FILES)
def test_its_arguments_are_the_options_of_a_plan_and_the_domain(load: Load, file: str) -> None:
    plan, site = FILES[file]
    options = inspect.signature(plan).parameters
    defaults = {name: option.default for name, option in options.items() if name != "site_path"}
    if file == "robot":
        defaults |= {"robot": None, "domain": ""}
    if file == "platoon":
        defaults = {"trucks": defaults.pop("robots"), **defaults}
        del defaults["lidar"], defaults["navigation"]
    arguments = load(file)["ARGUMENTS"]
    assert Path(arguments.pop("site").default) == site
    words = {name: value if value is None else str(value) for name, value in defaults.items()}
    words |= {name: str(value).lower() for name, value in defaults.items() if isinstance(value, bool)}
    assert {name: argument.default for name, argument in arguments.items()} == words


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
        ({"headless": "1"}, "launch argument headless:=1 is neither true nor false; write headless:=true"),
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
