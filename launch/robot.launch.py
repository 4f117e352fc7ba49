"""One robot, on the robot itself: `ros2 launch caravan_bringup robot.launch.py robot:=carrier_1 site:=SITE`.

It starts the robot's agent and nothing else. Its driver publishes /<robot>/odom and /<robot>/battery_state and follows
/<robot>/cmd_vel; the auction and traffic nodes run elsewhere in the same ROS domain, with the same site file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext, LaunchDescription

from caravan_ros.launching import Argument, action_of, description, domain, flag, in_domain, number, read, whole
from caravan_ros.plan import robot_plan
from caravan_ros.reading import check_models

SITE = Path(__file__).parent.parent / "config" / "warehouse.yaml"
ARGUMENTS = {
    "robot": Argument(None, "which robot of the site file this is"),
    "site": Argument(str(SITE), "site file, the same as the fleet's"),
    "sim": Argument("none", "'none' for a real robot; 'embedded' or 'gz' where the fleet is simulated"),
    "robots": Argument("0", "how many robots the fleet has, the first of the site file; 0: all", whole),
    "rate": Argument("1.0", "of the simulation", number),
    "model": Argument("", "language model, a name in config/models.yaml or a GGUF file; empty: its own there"),
    "logs": Argument("", "folder of the robot's start log; empty: a place of the user's own"),
    "auction_nodes": Argument("1", "how many auction nodes the fleet has", whole),
    "stamped_cmd_vel": Argument("false", "whether cmd_vel is a TwistStamped, not a Twist", flag),
    "navigation": Argument("builtin", "what drives the robot: 'builtin', or 'nav2' for the Nav2 in its namespace"),
    "domain": Argument("", "ROS domain id; empty: that of the shell", domain),
}


def generate_launch_description() -> LaunchDescription:
    """The arguments, and the process that follows from them."""
    return description(ARGUMENTS, start)


def start(context: LaunchContext) -> list[Any]:
    """The domain and the agent, for the arguments that were given."""
    given = read(ARGUMENTS, context)
    number_of_domain = given.pop("domain")
    plan = robot_plan(given.pop("site"), given.pop("robot"), **given)
    check_models(given["model"])
    return [*in_domain(number_of_domain), *map(action_of, plan)]
