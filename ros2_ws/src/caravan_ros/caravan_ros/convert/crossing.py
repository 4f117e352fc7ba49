"""What is said at an intersection: how vehicles come to it, and who crosses.

Whether an approach can be true is judged by those who hear it (`caravan.platoon.validity`).
"""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.crossing import Approach, Slot, Slots
from caravan_ros.convert.fields import entries, maybe_name, name, names, number, refuse, whole


def approach_to_msg(said: Approach) -> Any:
    """caravan_msgs/Approach."""
    return msg.Approach(
        name=said.name,
        sequence=said.sequence,
        stamp=float(said.stamp),
        exit=said.exit,
        along=float(said.along),
        speed=float(said.speed),
        length=float(said.length),
        platoon=list(said.platoon),
        bid=float(said.bid),
        inside=said.inside,
    )


def approach_from_msg(message: Any) -> Approach:
    """Raises ValueError."""
    return Approach(
        name=name(message, "name"),
        sequence=whole(message, "sequence", 0),
        stamp=number(message, "stamp"),
        exit=maybe_name(message, "exit"),
        along=number(message, "along"),
        speed=number(message, "speed"),
        length=number(message, "length"),
        platoon=names(message, "platoon"),
        bid=number(message, "bid"),
        inside=bool(message.inside),
    )


def slots_to_msg(slots: Slots) -> Any:
    """caravan_msgs/CrossingSlots."""
    told = [msg.CrossingSlot(vehicles=list(slot.vehicles), exit=slot.exit, valid=slot.valid) for slot in slots.slots]
    return msg.CrossingSlots(node=slots.node, term=slots.term, stamp=float(slots.stamp), slots=told)


def slots_from_msg(message: Any) -> Slots:
    """Raises ValueError."""
    return Slots(
        node=name(message, "node"),
        term=whole(message, "term", 0),
        stamp=number(message, "stamp"),
        slots=tuple(_slot_from_msg(slot) for slot in entries(message, "slots")),
    )


def _slot_from_msg(message: Any) -> Slot:
    return Slot(
        vehicles=names(message, "vehicles") or refuse(message, "vehicles", [], "a slot is for one vehicle or more"),
        exit=maybe_name(message, "exit"),
        valid=bool(message.valid),
    )
