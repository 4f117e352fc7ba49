"""A whole fleet: `ros2 launch caravan_bringup warehouse.launch.py sim:=gz|embedded|none site:=... robots:=4`.

It starts what `caravan_ros.plan` says, one process each; `ros2 launch ... --show-args` tells the arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext, LaunchDescription

from caravan_ros.launching import Argument, action_of, description, domain, flag, in_domain, number, read, whole
from caravan_ros.plan import fleet_plan
from caravan_ros.process import prepare
from caravan_ros.reading import check_models

SITE = Path(__file__).parent.parent / "config" / "warehouse.yaml"
ARGUMENTS = {
    "site": Argument(str(SITE), "site file"),
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


def generate_launch_description() -> LaunchDescription:
    """The arguments, and the processes that follow from them."""
    return description(ARGUMENTS, start)


def start(context: LaunchContext) -> list[Any]:
    """The domain and the processes, for the arguments that were given."""
    given = read(ARGUMENTS, context)
    plan = fleet_plan(given.pop("site"), **given)
    prepare(plan)
    # Told once here, not by each process that hosts robots.
    check_models(given["model"])
    return [*in_domain(given["domain"]), *map(action_of, plan)]
