"""What vehicles say to each other: how they drive, and who drives with whom.

Whether it can be true is judged by those who hear it (`caravan.platoon.validity`); here only what is no message at all
is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from caravan_msgs import msg

from caravan.model.platoon import Ballot, Beat, Kind, Manoeuvre, Place, Roster, Settled, Step, Wish
from caravan.platoon.validity import State
from caravan_ros.convert.fields import (
    choice,
    clean,
    entries,
    maybe_name,
    maybe_number,
    name,
    names,
    number,
    or_nan,
    refuse,
    report,
    whole,
)

_T = TypeVar("_T")


def vehicle_state_to_msg(state: State) -> Any:
    """caravan_msgs/VehicleState."""
    return msg.VehicleState(
        name=state.name,
        sequence=state.sequence,
        stamp=float(state.stamp),
        x=float(state.x),
        offset=float(state.offset),
        length=float(state.length),
        speed=float(state.speed),
        acceleration=float(state.acceleration),
        wanted=float(state.wanted),
    )


def vehicle_state_from_msg(message: Any) -> State:
    """Raises ValueError."""
    return State(
        name=name(message, "name"),
        sequence=whole(message, "sequence", 0),
        stamp=number(message, "stamp"),
        x=number(message, "x"),
        offset=number(message, "offset"),
        length=number(message, "length"),
        speed=number(message, "speed"),
        acceleration=number(message, "acceleration"),
        wanted=number(message, "wanted"),
    )


def vehicle_beat_to_msg(beat: Beat) -> Any:
    """caravan_msgs/VehicleBeat."""
    return msg.VehicleBeat(
        name=beat.name,
        sequence=beat.sequence,
        stamp=float(beat.stamp),
        roster=roster_to_msg(beat.roster),
        handed=[roster_to_msg(roster) for roster in beat.handed],
        wish=_one_to_msg(wish_to_msg, beat.wish),
        manoeuvre=_one_to_msg(manoeuvre_to_msg, beat.manoeuvre),
        done=_one_to_msg(_done_to_msg, beat.done),
        ballot=_one_to_msg(ballot_to_msg, beat.ballot),
        settled=[settled_to_msg(settled) for settled in beat.settled],
        in_lane=beat.in_lane,
        brake=float(beat.brake),
        top_speed=float(beat.top_speed),
    )


def vehicle_beat_from_msg(message: Any) -> Beat:
    """Raises ValueError."""
    return Beat(
        name=name(message, "name"),
        sequence=whole(message, "sequence", 0),
        stamp=number(message, "stamp"),
        roster=roster_from_msg(message.roster),
        handed=tuple(roster_from_msg(roster) for roster in entries(message, "handed")),
        wish=_one_from_msg(wish_from_msg, message, "wish"),
        manoeuvre=_one_from_msg(manoeuvre_from_msg, message, "manoeuvre"),
        done=_one_from_msg(_done_from_msg, message, "done"),
        ballot=_one_from_msg(ballot_from_msg, message, "ballot"),
        settled=tuple(settled_from_msg(settled) for settled in entries(message, "settled")),
        in_lane=bool(message.in_lane),
        brake=number(message, "brake"),
        top_speed=number(message, "top_speed"),
    )


def roster_to_msg(roster: Roster) -> Any:
    """caravan_msgs/PlatoonRoster."""
    return msg.PlatoonRoster(
        epoch=roster.epoch,
        writer=roster.writer,
        order=list(roster.order),
        speed=float(roster.speed),
        headway=float(roster.headway),
        label=roster.label,
    )


def roster_from_msg(message: Any) -> Roster:
    """Raises ValueError."""
    return Roster(
        epoch=whole(message, "epoch", 0),
        writer=name(message, "writer"),
        order=names(message, "order") or refuse(message, "order", [], "a platoon has one vehicle or more"),
        speed=number(message, "speed"),
        headway=number(message, "headway"),
        label=maybe_name(message, "label"),
    )


def wish_to_msg(wish: Wish) -> Any:
    """caravan_msgs/PlatoonWish."""
    return msg.PlatoonWish(
        number=wish.number,
        kind=wish.kind.value,
        target=wish.target,
        place=wish.place.value,
        speed=or_nan(wish.speed),
        headway=or_nan(wish.headway),
    )


def wish_from_msg(message: Any) -> Wish:
    """Raises ValueError."""
    return Wish(
        number=whole(message, "number", 0),
        kind=choice(message, "kind", Kind),
        target=maybe_name(message, "target"),
        place=choice(message, "place", Place),
        speed=maybe_number(message, "speed"),
        headway=maybe_number(message, "headway"),
    )


def manoeuvre_to_msg(manoeuvre: Manoeuvre) -> Any:
    """caravan_msgs/Manoeuvre."""
    return msg.Manoeuvre(
        leader=manoeuvre.leader,
        number=manoeuvre.number,
        kind=manoeuvre.kind.value,
        step=manoeuvre.step.value,
        asker=manoeuvre.asker,
        wish=wish_to_msg(manoeuvre.wish),
        actors=list(manoeuvre.actors),
        wide=list(manoeuvre.wide),
    )


def manoeuvre_from_msg(message: Any) -> Manoeuvre:
    """Raises ValueError."""
    return Manoeuvre(
        leader=name(message, "leader"),
        number=whole(message, "number", 0),
        kind=choice(message, "kind", Kind),
        step=choice(message, "step", Step),
        asker=name(message, "asker"),
        wish=wish_from_msg(message.wish),
        actors=names(message, "actors"),
        wide=names(message, "wide"),
    )


def ballot_to_msg(ballot: Ballot) -> Any:
    """caravan_msgs/PlatoonBallot."""
    return msg.PlatoonBallot(
        leader=ballot.leader,
        number=ballot.number,
        approve=ballot.approve,
        speed=float(ballot.speed),
        headway=float(ballot.headway),
        weight=float(ballot.weight),
    )


def ballot_from_msg(message: Any) -> Ballot:
    """Raises ValueError."""
    return Ballot(
        leader=name(message, "leader"),
        number=whole(message, "number", 0),
        approve=bool(message.approve),
        speed=number(message, "speed"),
        headway=number(message, "headway"),
        weight=number(message, "weight"),
    )


def settled_to_msg(settled: Settled) -> Any:
    """caravan_msgs/PlatoonSettled."""
    return msg.PlatoonSettled(
        asker=settled.asker, number=settled.number, step=settled.step.value, note=clean(settled.note)
    )


def settled_from_msg(message: Any) -> Settled:
    """Raises ValueError."""
    return Settled(
        asker=name(message, "asker"),
        number=whole(message, "number", 0),
        step=choice(message, "step", Step),
        note=report(message, "note"),
    )


def _done_to_msg(done: tuple[str, int, Step]) -> Any:
    leader, count, step = done
    return msg.ManoeuvreStep(leader=leader, number=count, step=step.value)


def _done_from_msg(message: Any) -> tuple[str, int, Step]:
    return name(message, "leader"), whole(message, "number", 0), choice(message, "step", Step)


def _one_to_msg(convert: Callable[[_T], Any], value: _T | None) -> list[Any]:
    return [] if value is None else [convert(value)]


def _one_from_msg(convert: Callable[[Any], _T], message: Any, field: str) -> _T | None:
    given = entries(message, field)
    if len(given) > 1:
        refuse(message, field, len(given), "there is one at most")
    return convert(given[0]) if given else None
