"""A whole fleet: `ros2 launch caravan_bringup warehouse.launch.py site:=... sim:=embedded robots:=4`.

It starts what `caravan_ros.plan` says, one process each; `ros2 launch ... --show-args` tells the arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.events.process import ProcessExited
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from caravan_cli.domain import LAST_DOMAIN
from caravan_ros.plan import Process, fleet_plan
from caravan_ros.reading import check_models
from caravan_ros.runtime import BAD_INPUT

SITE = Path(__file__).parent.parent / "config" / "warehouse.yaml"
ARGUMENTS = {
    "site": (str(SITE), "site file"),
    "sim": ("embedded", "'embedded' for the simulator that comes with Caravan, 'none' for real robots"),
    "robots": ("0", "how many robots, the first of the site file; 0: all"),
    "agents_per_process": ("1", "how many robots share a process; more on a small machine"),
    "rate": ("1.0", "simulated seconds in a real one; 0: as fast as it goes"),
    "seed": ("0", "of the simulator's chance"),
    "start_clock": ("09:00", "local time of day at which the simulation starts"),
    "model": ("", "language model, a name in config/models.yaml or a GGUF file; empty: those of config/models.yaml"),
    "journal": ("", "file that goals are kept in; empty: a place of the user's own"),
    "auction_nodes": ("1", "how many auction nodes: one leads, the others stand by"),
    "stamped_cmd_vel": ("false", "whether cmd_vel is a TwistStamped, not a Twist"),
    "navigation": ("builtin", "what drives the robots: 'builtin', or 'nav2' for a Nav2 in each robot's namespace"),
    "domain": ("", "ROS domain id; empty: that of the shell"),
}


def generate_launch_description() -> LaunchDescription:
    """The arguments, and the processes that follow from them."""
    arguments = ARGUMENTS.items()
    declared = [DeclareLaunchArgument(name, default_value=value, description=text) for name, (value, text) in arguments]
    return LaunchDescription([*declared, OpaqueFunction(function=start)])


def start(context: LaunchContext) -> list[Any]:
    """The domain and the processes, for the arguments that were given."""
    given = {name: context.launch_configurations[name] for name in ARGUMENTS}
    processes = fleet_plan(
        given["site"],
        sim=given["sim"],
        robots=_number("robots", given["robots"], int),
        agents_per_process=_number("agents_per_process", given["agents_per_process"], int),
        rate=_number("rate", given["rate"], float),
        seed=_number("seed", given["seed"], int),
        start_clock=given["start_clock"],
        model=given["model"],
        journal=given["journal"],
        auction_nodes=_number("auction_nodes", given["auction_nodes"], int),
        stamped_cmd_vel=_flag("stamped_cmd_vel", given["stamped_cmd_vel"]),
        navigation=given["navigation"],
    )
    # Told once here, not by each process that hosts robots.
    check_models(given["model"])
    domain = [SetEnvironmentVariable("ROS_DOMAIN_ID", _domain(given["domain"]))] if given["domain"] else []
    return [*domain, *(node_of(process) for process in processes)]


def node_of(process: Process) -> Node:
    """The launch action for a process. All but the simulator come back when they die; without it, nothing moves."""
    simulator = process.executable == "sim_node"
    return Node(
        package="caravan_ros",
        executable=process.executable,
        # Not `name`: a process may host several nodes, and launch would give them all the same one.
        exec_name=process.name,
        parameters=[{name: _parameter(value) for name, value in process.parameters.items()}],
        output="screen",
        respawn=not simulator,
        respawn_delay=1.0,
        on_exit=_over if simulator else _refused,
    )


def _over(exited: ProcessExited, context: LaunchContext) -> None:
    """Ends the fleet, with exit code 1 (a Shutdown action would leave it at 0), unless it is ending."""
    if not context.is_shutdown:
        raise RuntimeError(f"{exited.process_name} has ended, and the fleet with it; what it said is above")


def _refused(exited: ProcessExited, context: LaunchContext) -> None:
    """Ends the fleet where a process refuses its parameters or files: it would refuse them again."""
    if exited.returncode == BAD_INPUT:
        _over(exited, context)


def _parameter(value: Any) -> Any:
    # launch would read the text "09:00" as the number 540, as YAML has it.
    if isinstance(value, str):
        return ParameterValue(value, value_type=str)
    return list(value) if isinstance(value, tuple) else value


def _flag(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"launch argument {name}:={text} is neither true nor false; write {name}:=true")
    return text.lower() == "true"


def _domain(text: str) -> str:
    if not 0 <= _number("domain", text, int) <= LAST_DOMAIN:
        raise ValueError(f"launch argument domain:={text} is no ROS domain; give a number from 0 to {LAST_DOMAIN}")
    return text


def _number(name: str, text: str, kind: type[Any]) -> Any:
    try:
        return kind(text)
    except ValueError:
        example = "4" if kind is int else "1.0"
        raise ValueError(f"launch argument {name}:={text} is no number; write {name}:={example}") from None
