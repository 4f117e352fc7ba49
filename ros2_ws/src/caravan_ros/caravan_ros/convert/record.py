"""The record of what happened."""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.market import Event
from caravan_ros.convert.fields import clean, dumps, json_object, line, maybe_name, name, number


def event_to_msg(event: Event) -> Any:
    """caravan_msgs/Event."""
    return msg.Event(
        stamp=float(event.stamp),
        kind=event.kind,
        goal=event.goal,
        task=event.task,
        robot=event.robot,
        text=clean(event.text),
        data=dumps(dict(event.data)),
    )


def event_from_msg(message: Any) -> Event:
    """Raises ValueError."""
    return Event(
        stamp=number(message, "stamp"),
        kind=name(message, "kind"),
        goal=maybe_name(message, "goal"),
        task=maybe_name(message, "task"),
        robot=maybe_name(message, "robot"),
        text=line(message, "text"),
        data=json_object(message, "data", dict),
    )
