"""Trucks on a road: `ros2 launch caravan_bringup platoon.launch.py sim:=gz|embedded|none site:=... trucks:=8`.

It starts what `caravan_ros.plan` says, one process each, as warehouse.launch.py does; trucks need no traffic control.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext, LaunchDescription

from caravan_ros.launching import FLEET, Argument, description, fleet_actions, read, whole

SITE = Path(__file__).parent.parent / "config" / "highway.yaml"
OF_A_FLOOR = ("robots", "lidar", "navigation")
ARGUMENTS = {
    "site": Argument(str(SITE), "site file; its trucks drive on its road"),
    "trucks": Argument("0", "how many trucks, the first of the site file; 0: all", whole),
    **{name: argument for name, argument in FLEET.items() if name not in OF_A_FLOOR},
}


def generate_launch_description() -> LaunchDescription:
    """The arguments, and the processes that follow from them."""
    return description(ARGUMENTS, start)


def start(context: LaunchContext) -> list[Any]:
    """The domain and the processes, for the arguments that were given."""
    given = read(ARGUMENTS, context)
    return fleet_actions(given.pop("site"), {"robots": given.pop("trucks"), **given})
