"""A whole fleet: `ros2 launch caravan_bringup warehouse.launch.py sim:=gz|embedded|none site:=... robots:=4`.

It starts what `caravan_ros.plan` says, one process each; `ros2 launch ... --show-args` tells the arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext, LaunchDescription

from caravan_ros.launching import FLEET, Argument, description, fleet_actions, read

SITE = Path(__file__).parent.parent / "config" / "warehouse.yaml"
ARGUMENTS = {"site": Argument(str(SITE), "site file"), **FLEET}


def generate_launch_description() -> LaunchDescription:
    """The arguments, and the processes that follow from them."""
    return description(ARGUMENTS, start)


def start(context: LaunchContext) -> list[Any]:
    """The domain and the processes, for the arguments that were given."""
    given = read(ARGUMENTS, context)
    return fleet_actions(given.pop("site"), given)
