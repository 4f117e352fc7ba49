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

from caravan_ros.process import LAST_DOMAIN, Process
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
