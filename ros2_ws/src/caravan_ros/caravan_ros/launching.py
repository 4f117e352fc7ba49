"""What the launch files have in common: their arguments read, and a planned process as an action of `launch`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction, SetEnvironmentVariable
from launch.events.process import ProcessExited
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from caravan_ros.plan import fleet_plan
from caravan_ros.process import LAST_DOMAIN, Process, prepare
from caravan_ros.reading import check_models
from caravan_ros.runtime import BAD_INPUT


def text(name: str, given: str) -> str:
    """The argument as it was given."""
    return given


def whole(name: str, given: str) -> int:
    """A whole number. Raises ValueError."""
    try:
        return int(given)
    except ValueError:
        raise ValueError(f"launch argument {name}:={given} is no number; write {name}:=4") from None


def number(name: str, given: str) -> float:
    """A number. Raises ValueError."""
    try:
        return float(given)
    except ValueError:
        raise ValueError(f"launch argument {name}:={given} is no number; write {name}:=1.0") from None


def flag(name: str, given: str) -> bool:
    """True or false. Raises ValueError."""
    if given.lower() not in ("true", "false"):
        raise ValueError(f"launch argument {name}:={given} is neither true nor false; write {name}:=true")
    return given.lower() == "true"


def domain(name: str, given: str) -> str:
    """A ROS domain, or nothing for that of the shell. Raises ValueError."""
    if given and not 0 <= whole(name, given) <= LAST_DOMAIN:
        raise ValueError(f"launch argument {name}:={given} is no ROS domain; give a number from 0 to {LAST_DOMAIN}")
    return given


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a launch file: its default, None where it must be given, what it says, and how it is read."""

    default: str | None
    told: str
    read: Callable[[str, str], Any] = text


FLEET = {
    "sim": Argument(
        "embedded",
        "'embedded' for the simulator that comes with Caravan, 'gz' for Gazebo Harmonic, 'none' for real robots",
    ),
    "robots": Argument("0", "how many robots, the first of the site file; 0: all", whole),
    "agents_per_process": Argument("1", "how many robots share a process; more on a small machine", whole),
    "rate": Argument("1.0", "simulated seconds in a real one; 0: as fast as it goes", number),
    "seed": Argument("0", "of the embedded simulator's chance", whole),
    "start_clock": Argument("09:00", "local time of day at which the simulation starts"),
    "physics": Argument("planar", "of the embedded simulator: 'planar', or 'wheels' for the robots' own models"),
    "lidar": Argument("0", "beams of each robot's laser scanner in the embedded simulator; 0: none", whole),
    "headless": Argument("true", "whether Gazebo has no window", flag),
    "model": Argument(
        "", "language model, a name in config/models.yaml or a GGUF file; empty: those of config/models.yaml"
    ),
    "journal": Argument("", "file that goals are kept in; empty: a place of the user's own"),
    "auction_nodes": Argument("1", "how many auction nodes: one leads, the others stand by", whole),
    "stamped_cmd_vel": Argument("false", "whether cmd_vel is a TwistStamped, not a Twist", flag),
    "navigation": Argument(
        "builtin", "what drives the robots: 'builtin', or 'nav2' for a Nav2 in each robot's namespace"
    ),
    "domain": Argument("", "ROS domain id; empty: that of the shell", domain),
}
"""What the launch files of whole fleets take, beside the site file: the options of `fleet_plan`, and the domain."""


def description(arguments: Mapping[str, Argument], start: Callable[[LaunchContext], list[Any]]) -> LaunchDescription:
    """Declares the arguments; `start` makes the actions that follow from them."""
    declared = [
        DeclareLaunchArgument(name, default_value=argument.default, description=argument.told)
        for name, argument in arguments.items()
    ]
    return LaunchDescription([*declared, OpaqueFunction(function=start)])


def read(arguments: Mapping[str, Argument], context: LaunchContext) -> dict[str, Any]:
    """The values that were given. Raises ValueError naming argument, value and remedy."""
    return {name: argument.read(name, context.launch_configurations[name]) for name, argument in arguments.items()}


def in_domain(number: str) -> list[Any]:
    """The action that sets the ROS domain of what is started after it, where one is given."""
    return [SetEnvironmentVariable("ROS_DOMAIN_ID", number)] if number else []


def fleet_actions(site: str, given: Mapping[str, Any]) -> list[Any]:
    """The domain and the processes of a fleet, for the values of `FLEET` that are `given`. Raises as `fleet_plan`."""
    plan = fleet_plan(site, **given)
    prepare(plan)
    # Told once here, not by each process that hosts robots.
    check_models(given["model"])
    return [*in_domain(given["domain"]), *map(action_of, plan)]


def action_of(process: Process) -> Any:
    """The action that runs a process. What is not vital comes back when it dies; without the rest, nothing moves."""
    common: dict[str, Any] = {
        "additional_env": dict(process.environment),
        "output": "screen",
        "respawn": not process.vital,
        "respawn_delay": 1.0,
        "on_exit": _over if process.vital else _refused,
    }
    if not process.package:
        return ExecuteProcess(cmd=[process.executable, *process.arguments], name=process.name, **common)
    return Node(
        package=process.package,
        executable=process.executable,
        # Not `name`: a process may host several nodes, and launch would give them all the same one.
        exec_name=process.name,
        arguments=list(process.arguments),
        parameters=[{name: _parameter(value) for name, value in process.parameters.items()}],
        **common,
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
