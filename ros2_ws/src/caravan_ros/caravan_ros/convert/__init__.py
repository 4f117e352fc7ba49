"""The only place where ROS messages meet the model.

Each `x_from_msg` refuses what no well-behaved sender sends, with a ValueError that names message, field and value; each
`x_to_msg` makes text fit to be sent. What "not given" looks like in a message is told in caravan_msgs/README.md.
"""

from caravan_ros.convert.auction import (
    award_from_goal,
    award_to_goal,
    bid_from_msg,
    bid_notice_from_msg,
    bid_notice_to_msg,
    bid_to_msg,
)
from caravan_ros.convert.claims import claims_from_msg, claims_to_msg
from caravan_ros.convert.goals import draft_from_text, draft_to_text, task_from_text, task_to_text
from caravan_ros.convert.heartbeat import (
    fleet_order_from_msg,
    fleet_order_to_msg,
    holding_from_msg,
    holding_to_msg,
    lease_from_msg,
    lease_to_msg,
    robot_state_from_msg,
    robot_state_to_msg,
)
from caravan_ros.convert.leadership import (
    claim_from_msg,
    claim_to_msg,
    commits_from_msg,
    commits_to_msg,
    following_from_msg,
    following_to_msg,
    grant_from_msg,
    grant_to_msg,
    piece_from_msg,
    piece_to_msg,
)
from caravan_ros.convert.plan import (
    stretch_from_msg,
    stretch_to_msg,
    traffic_report_from_msg,
    traffic_report_to_msg,
)
from caravan_ros.convert.reading import read_request_from_msg, read_request_to_msg, vote_from_msg, vote_to_msg
from caravan_ros.convert.record import event_from_msg, event_to_msg
from caravan_ros.convert.requests import (
    Said,
    Spelled,
    cancel_from_msg,
    goal_to_feedback,
    goal_to_result,
    halt_from_msg,
    holding_to_feedback,
    said_from_msg,
    subject_from_msg,
    tasks_from_msg,
)
from caravan_ros.convert.robot import (
    battery_from_msg,
    battery_to_msg,
    odom_from_msg,
    odom_to_msg,
    seconds,
    time_to_msg,
    twist_from_msg,
    twist_to_msg,
)

__all__ = [
    "Said",
    "Spelled",
    "award_from_goal",
    "award_to_goal",
    "battery_from_msg",
    "battery_to_msg",
    "bid_from_msg",
    "bid_notice_from_msg",
    "bid_notice_to_msg",
    "bid_to_msg",
    "cancel_from_msg",
    "claim_from_msg",
    "claim_to_msg",
    "claims_from_msg",
    "claims_to_msg",
    "commits_from_msg",
    "commits_to_msg",
    "draft_from_text",
    "draft_to_text",
    "event_from_msg",
    "event_to_msg",
    "fleet_order_from_msg",
    "fleet_order_to_msg",
    "following_from_msg",
    "following_to_msg",
    "goal_to_feedback",
    "goal_to_result",
    "grant_from_msg",
    "grant_to_msg",
    "halt_from_msg",
    "holding_from_msg",
    "holding_to_feedback",
    "holding_to_msg",
    "lease_from_msg",
    "lease_to_msg",
    "odom_from_msg",
    "odom_to_msg",
    "piece_from_msg",
    "piece_to_msg",
    "read_request_from_msg",
    "read_request_to_msg",
    "robot_state_from_msg",
    "robot_state_to_msg",
    "said_from_msg",
    "seconds",
    "stretch_from_msg",
    "stretch_to_msg",
    "subject_from_msg",
    "task_from_text",
    "task_to_text",
    "tasks_from_msg",
    "time_to_msg",
    "traffic_report_from_msg",
    "traffic_report_to_msg",
    "twist_from_msg",
    "twist_to_msg",
    "vote_from_msg",
    "vote_to_msg",
]
