"""What a robot bids knows which lanes are blocked."""

from __future__ import annotations

from caravan.actors.floor.ways import Ways
from caravan.model.geometry import Point
from caravan.model.plan import BlockedLane, BlockedLanes
from caravan.model.site import Lane, Roadmap, Robot, Site
from caravan.traffic.roadmap import Graph

ROADMAP = Roadmap(
    nodes={"a": Point(0, 0), "b": Point(4, 0), "c": Point(4, 4), "d": Point(0, 4), "e": Point(-2, 0)},
    lanes=tuple(Lane(start=s, end=e) for s, e in ("ab", "bc", "cd", "da", "ae")),
)
SITE = Site(robots={"r": Robot(id="r")}, roadmap=ROADMAP)


def said(stamp: float, *lanes: str, session: int = 1) -> BlockedLanes:
    """What traffic control says at `stamp` (s): each of the lanes is blocked for 10 s."""
    blocked = tuple(BlockedLane(start=s, end=e, until=stamp + 10.0) for s, e in map(tuple, lanes))
    return BlockedLanes(session=session, stamp=stamp, lanes=blocked)


def ways(*told: BlockedLanes, now: float = 5.0) -> Ways:
    """The ways of a robot that has heard all this."""
    found = Ways(SITE.robots["r"], SITE, Graph(ROADMAP))
    for message in told:
        found.hear(message)
    found.mind(now)
    return found


def test_a_blocked_lane_is_driven_round() -> None:
    assert ways().drive_time("a", "b", ()) == 4.0
    assert ways(said(1.0, "ab")).drive_time("a", "b", ()) == 12.0
    assert ways(said(1.0, "ba")).drive_time("a", "b", ()) == 12.0


def test_where_there_is_no_way_round_there_is_no_way() -> None:
    assert ways(said(1.0, "ae")).drive_time("a", "e", ()) is None


def test_it_is_forgotten_when_its_time_is_over_or_traffic_control_says_so() -> None:
    assert ways(said(1.0, "ab"), now=12.0).drive_time("a", "b", ()) == 4.0
    assert ways(said(1.0, "ab"), said(2.0)).drive_time("a", "b", ()) == 4.0


def test_what_is_older_or_of_an_earlier_session_changes_nothing() -> None:
    assert ways(said(2.0, "ab"), said(1.0)).drive_time("a", "b", ()) == 12.0
    assert ways(said(2.0, "ab", session=2), said(9.0)).drive_time("a", "b", ()) == 12.0
