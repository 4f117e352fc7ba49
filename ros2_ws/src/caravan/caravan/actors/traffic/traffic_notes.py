"""Why a robot drives no further than it does, in the words that traffic control tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caravan.actors.traffic.lanes import Lanes
from caravan.traffic.passing import PassingOrder
from caravan.traffic.track import Track


def note(
    track: Track,
    tracks: Mapping[str, Track],
    order: PassingOrder,
    lanes: Lanes,
    held_up: str,
    complete: bool,
    now: float,
) -> str:
    """Why one of `tracks` goes no further at `now` (s); empty where nothing is in its way.

    `held_up` is who it must wait for where it stands; `complete`: all robots have reported.
    """
    name, goal = track.report.robot, track.report.destination
    if held_up:
        return f"waits for {held_up} to get back on its way"
    if goal is None or track.end == goal:
        return ""
    if not lanes.knows(goal):
        return f"{goal} is not on the roadmap"
    if not complete:
        return "waits until all robots have reported"
    node = order.next(name)
    if node is None:
        return _obstacle(track, tracks, lanes, goal, now)
    holder = next((other for other, t in tracks.items() if other != name and node in t.occupied()), None)
    if holder is not None:
        return f"waits for {holder} at {node}"
    first = order.before(name)
    return f"lets {first} pass at {node}" if first else ""


def _obstacle(track: Track, tracks: Mapping[str, Track], lanes: Lanes, goal: str, now: float) -> str:
    if track.retreat:
        return f"turns back to {track.retreat} as soon as that is free"
    no_way = lanes.why_not(track.end, goal, track.report.avoid)
    if no_way:
        return no_way
    holder = next((o for o, t in tracks.items() if t is not track and goal in t.occupied()), None)
    if holder:
        return f"waits for {holder} to leave {goal}"
    standing = _in_the_way(track, tracks, lanes, goal, now)
    return f"waits for {', '.join(standing)} to leave the way to {goal}" if standing else f"waits for a way to {goal}"


def _in_the_way(track: Track, tracks: Mapping[str, Track], lanes: Lanes, goal: str, now: float) -> list[str]:
    """The robots without which there is a way, of those that do not drive; all of them where it takes more than one."""
    still = {name: t.occupied() for name, t in sorted(tracks.items()) if t is not track and not t.drives(now)}

    def leaves_way(names: Iterable[str]) -> bool:
        shut = {node for name in names for node in still[name]}
        return lanes.open.reachable(track.end, goal, {*track.report.avoid, *shut})

    if leaves_way(still):
        return []
    return [name for name in still if leaves_way(still.keys() - {name})] or list(still)
