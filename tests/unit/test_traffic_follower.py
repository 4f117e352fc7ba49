"""The robot's side of traffic control, and its talk with traffic control message by message."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.actors.traffic.traffic_control import LEASE, TrafficControl
from caravan.model.geometry import Point, Pose
from caravan.model.plan import Stretch, TrafficReport
from caravan.model.site import Lane, Roadmap, Robot
from caravan.traffic.follower import RouteFollower, clearance_of
from caravan.traffic.roadmap import Graph

ROW = Roadmap(
    nodes={name: Point(2.0 * k, 0.0) for k, name in enumerate("abcdef")} | {"x": Point(2.0, 2.0)},
    lanes=(*(Lane(start=p, end=q) for p, q in ("ab", "bc", "cd", "de", "ef")), Lane(start="b", end="x")),
)
GRAPH = Graph(ROW)


def stretch(first: int, nodes: str, session: int = 7, lease: float = 2.0) -> Stretch:
    return Stretch(robot="r", session=session, first=first, nodes=tuple(nodes), lease=lease)


def follower(nodes: str = "abc") -> RouteFollower:
    f = RouteFollower("r", GRAPH, clearance_of(0.35, 0.35))
    f.move(Pose(0.0, 0.0))
    f.receive(stretch(0, nodes), 0.0)
    return f


def test_it_reaches_and_clears_nodes_in_order() -> None:
    f = follower()
    assert (f.session, f.reached, f.cleared, f.held) == (7, 0, -1, ("a", "b", "c"))
    assert f.points() == [Point(2.0, 0.0), Point(4.0, 0.0)]
    f.move(Pose(0.8, 0.0))
    assert f.cleared == -1
    f.move(Pose(0.9, 0.0))
    assert (f.reached, f.cleared, f.held) == (0, 0, ("b", "c"))
    f.move(Pose(2.0, 0.0))
    f.move(Pose(4.1, 0.0))
    assert (f.reached, f.cleared, f.held) == (2, 1, ("c",))
    assert f.arrived("c") and f.waiting and f.points() == []


def test_a_node_that_comes_again_stays_held() -> None:
    f = follower("aba")
    f.move(Pose(2.0, 0.0))
    assert (f.reached, f.cleared, f.held) == (1, 0, ("b", "a"))


def test_nodes_ahead_are_given_up_where_it_has_stood_without_a_lease_and_taken_again_with_one() -> None:
    f = follower("abcd")
    f.move(Pose(2.0, 0.0))
    report = f.report(4.9, Pose(2.0, 0.0), "d")
    assert report.held == ("b", "c", "d"), "it may still brake"
    assert f.report(5.1, Pose(2.0, 0.0), "d").held == ("b",)
    f.receive(stretch(1, "bcd", lease=8.0), 6.0)
    assert (f.held, f.points()) == (("b", "c", "d"), [Point(4.0, 0.0), Point(6.0, 0.0)])


def test_a_node_that_it_stands_on_the_lane_to_is_not_given_up() -> None:
    f = follower("abcd")
    f.move(Pose(2.0, 0.0))
    assert f.report(9.0, Pose(2.6, 0.0), "d").held == ("b", "c")


def turned(nodes: str, turn: int, first: int = 0) -> Stretch:
    return replace(stretch(first, nodes), turn=turn)


def test_it_turns_back_to_the_node_that_it_still_holds() -> None:
    f = follower("abcd")
    f.move(Pose(0.7, 0.0))
    assert f.turn_back(1.0)
    assert (f.turn, list(f.held), f.points()) == (1, ["a"], [Point(0.0, 0.0)])
    f.receive(stretch(0, "abcdef"), 1.1)
    assert list(f.held) == ["a"], "a Stretch from before"
    report = f.report(1.2, Pose(0.1, 0.0), "d")
    assert (report.turn, report.blocked, report.reached, report.cleared) == (1, ("a", "b"), 1, 0)
    f.receive(turned("ab", 1, 1), 1.3)
    assert list(f.held) == ["a", "b"]
    assert f.report(11.5, Pose(0.1, 0.0), "d").blocked == ()


def test_where_it_has_left_the_node_behind_it_waits_for_it_and_is_not_where_it_cannot_get_to() -> None:
    f = follower("abc")
    f.move(Pose(1.2, 0.0))
    assert list(f.held) == ["b", "c"]
    assert f.turn_back(1.0)
    assert (list(f.held), f.points(), f.arrived("b")) == (["b"], [], False)
    assert not f.turn_back(2.0)
    assert f.report(20.0, Pose(1.2, 0.0), "b").blocked == ("a", "b"), "it waits, however long"
    f.receive(turned("ba", 1, 1), 20.1)
    assert (f.points(), f.arrived("b")) == ([Point(0.0, 0.0)], False)
    f.move(Pose(0.9, 0.0))
    assert list(f.held) == ["a"]


def test_at_the_end_of_its_route_and_off_the_roadmap_there_is_nothing_to_turn_back_on() -> None:
    f = follower("a")
    assert not f.turn_back(1.0)
    f = RouteFollower("r", GRAPH, clearance_of(0.35, 0.35))
    f.move(Pose(0.0, 1.0))
    f.receive(stretch(0, "a"), 0.0)
    assert not f.turn_back(1.0)


def test_a_robot_far_from_its_route_lets_go_of_it() -> None:
    f = follower("abc")
    f.move(Pose(1.0, 1.4))
    assert f.turn == 0
    f.move(Pose(1.0, 1.6))
    assert (f.turn, f.held, f.points()) == (1, (), [])
    f.receive(turned("x", 1, 1), 0.5)
    assert (f.held, f.speed(1.0)) == (("x",), 0.3)
    f.move(Pose(2.0, 2.0))
    assert f.arrived("x")
    assert f.speed(1.0) > 9.9


def test_a_node_is_not_clear_while_the_robot_is_near_another_lane_of_it() -> None:
    nodes = {"a": Point(0, 0), "u": Point(4, 0), "v": Point(0.0, 1.5)}
    graph = Graph(Roadmap(nodes=nodes, lanes=(Lane(start="a", end="u"), Lane(start="u", end="v"))))
    f = RouteFollower("r", graph, 0.85)
    f.move(Pose(4.0, 0.0))
    f.receive(Stretch(robot="r", session=1, first=0, nodes=("u", "v"), lease=9.0), 0.0)
    f.move(Pose(2.4, 0.6))
    assert list(f.held) == ["u", "v"]
    f.move(Pose(0.2, 1.425))
    assert list(f.held) == ["v"]


def test_a_corner_may_be_cut() -> None:
    f = follower("abx")
    f.move(Pose(1.8, 0.2))
    assert f.reached == 1


def test_old_sessions_gaps_and_strangers_are_ignored() -> None:
    f = follower()
    for wrong in (
        stretch(0, "abx", session=6),
        stretch(5, "ef"),
        Stretch(robot="q", session=9, first=0, nodes=("f",), lease=9),
    ):
        f.receive(wrong, 1.0)
        assert f.held == ("a", "b", "c") and f.session == 7


def test_a_new_session_is_taken_up_only_if_it_knows_all_that_is_held() -> None:
    f = follower()
    f.receive(stretch(0, "ab", session=8), 1.0)
    assert f.session == 7
    f.move(Pose(1.0, 0.0))
    f.receive(stretch(0, "abcd", session=8), 1.0)
    assert (f.session, f.reached, f.cleared, f.held) == (8, 0, 0, ("b", "c", "d"))


@pytest.mark.parametrize(("x", "reached", "held"), [(0.0, 3, "abc"), (1.5, 3, "bc"), (3.0, 4, "c"), (-0.5, 2, "abc")])
def test_a_restarted_robot_finds_itself_on_its_route(x: float, reached: int, held: str) -> None:
    f = RouteFollower("r", GRAPH, 0.85)
    f.move(Pose(x, 0.0))
    f.receive(stretch(3, "abc"), 0.0)
    assert f.reached == reached and "".join(f.held) == held


@given(st.integers(0, 10**6))
def test_any_order_loss_and_repetition_of_stretches_gives_a_prefix_of_the_route(seed: int) -> None:
    rng = random.Random(seed)
    route = ["a"]
    while len(route) < 12:
        route.append(rng.choice(GRAPH.neighbours(route[-1])))
    sent = [(k, j) for k in range(6) for j in range(k + 1, 13)]
    f = RouteFollower("r", GRAPH, 0.85)
    f.move(Pose(0.0, 0.0))
    for first, end in [(0, 1), *(rng.choice(sent) for _ in range(20))]:
        f.receive(stretch(first, "".join(route[first:end])), 0.0)
        assert list(f.held) == route[f.cleared + 1 : f.cleared + 1 + len(f.held)]


def robots(count: int) -> dict[str, Robot]:
    return {f"r{k}": Robot(id=f"r{k}", start=Pose(2.0 * k, 0.0)) for k in range(count)}


def report(robot: str, stamp: float, x: float, goal: str | None, **more: object) -> TrafficReport:
    values: dict[str, object] = {"robot": robot, "stamp": stamp, "pose": Pose(x, 0.0), "destination": goal} | more
    return TrafficReport(**values)  # type: ignore[arg-type]


def test_nobody_drives_before_all_robots_were_heard_or_long_enough_listened_for() -> None:
    control = TrafficControl(ROW, robots(2), 7, 0.0)
    control.receive(report("r0", 0.0, 0.0, "d"), 0.0)
    control.receive(report("r0", 0.1, 0.0, "d", session=7, reached=0, held=("a",)), 0.1)
    assert control.tick(1.4 * LEASE) == [] and control.held() == {"r0": ("a",)}
    control.receive(report("r0", 2.9, 0.0, "x", session=7, reached=0, held=("a",)), 2.95)
    control.tick(1.5 * LEASE)
    assert control.held() == {"r0": ("a",)}, "r1 was never heard of: its start place b stays closed"


def test_a_robot_off_the_roadmap_keeps_others_out_of_its_way_until_it_is_on_it() -> None:
    control = TrafficControl(ROW, robots(2), 7, 0.0)
    control.receive(report("r1", 0.0, 3.1, None), 0.0)
    control.receive(report("r0", 0.0, 0.0, "b"), 0.0)
    control.receive(report("r1", 0.1, 3.1, None, session=7, held=("c",)), 0.1)
    control.receive(report("r0", 0.1, 0.0, "b", session=7, reached=0, held=("a",)), 0.1)
    control.tick(0.2)
    assert control.held()["r0"] == ("a",)
    control.receive(report("r1", 0.3, 4.0, None, session=7, reached=0, held=("c",)), 0.3)
    control.tick(0.5)
    assert control.held()["r0"] == ("a", "b")


def test_the_answer_says_who_is_waited_for() -> None:
    control = TrafficControl(ROW, robots(2), 7, 0.0)
    for name, x, node in (("r0", 0.0, "a"), ("r1", 2.0, "b")):
        control.receive(report(name, 0.0, x, None, fixed=name == "r1"), 0.0)
        control.receive(report(name, 0.1, x, "d", session=7, reached=0, held=(node,), fixed=name == "r1"), 0.1)
    control.tick(0.2)
    (answer,) = control.receive(report("r0", 0.3, 0.0, "b", session=7, reached=0, held=("a",)), 0.3)
    assert answer.note == "waits for r1 to leave b" and answer.lease > 2.0 and answer.nodes == ("a",)


def test_older_reports_and_unknown_robots_are_ignored() -> None:
    control = TrafficControl(ROW, robots(1), 7, 0.0)
    assert control.receive(report("ghost", 0.0, 0.0, "b"), 0.0) == []
    assert control.receive(report("r0", 1.0, 0.0, "b"), 1.0) != []
    assert control.receive(report("r0", 1.0, 0.0, "c"), 1.1) == []


def test_a_robot_that_was_sent_on_by_an_older_session_meanwhile_is_adopted_with_all_it_holds() -> None:
    control = TrafficControl(ROW, robots(1), 7, 0.0)
    control.receive(report("r0", 0.0, 0.0, "f", session=6, reached=8, held=("a", "b")), 0.0)
    (answer,) = control.receive(report("r0", 0.2, 2.0, "f", session=6, reached=9, held=("b", "c")), 0.2)
    assert (answer.first, answer.nodes) == (0, ("a", "b", "c"))
    (answer,) = control.receive(report("r0", 0.4, 2.0, "f", session=7, reached=1, cleared=0, held=("b", "c")), 0.4)
    assert (answer.first, answer.nodes[:2]) == (1, ("b", "c"))


def test_what_a_late_report_began_is_never_taken_for_more_of_the_route_that_came_after_it() -> None:
    control = TrafficControl(ROW, robots(1), 7, 0.0)
    (early,) = control.receive(report("r0", 0.0, 0.0, "f", session=6, reached=3, held=("c", "d", "e")), 0.2)
    (later,) = control.receive(report("r0", 0.1, 0.0, "f", session=6, reached=9, held=("a",)), 0.2)
    assert (early.nodes, later.nodes) == (("c", "d", "e"), ("a",))
    assert later.first == early.first + 3
    robot = RouteFollower("r0", GRAPH, clearance_of(0.35, 0.35))
    robot.move(Pose(0.0, 0.0))
    robot.receive(Stretch(robot="r0", session=6, first=9, nodes=("a",), lease=2.0), 0.0)
    for told in (later, early):
        robot.receive(told, 0.3)
    assert robot.held == ("a",) and robot.session == 7
    (answer,) = control.receive(robot.report(0.4, Pose(0.0, 0.0), "f"), 0.4)
    assert answer.nodes[0] == "a" and answer.first == later.first


def test_a_robot_that_holds_what_another_holds_is_not_adopted() -> None:
    control = TrafficControl(ROW, robots(2), 7, 0.0)
    control.receive(report("r0", 0.0, 2.0, None, session=6, held=("b",)), 0.0)
    assert control.receive(report("r1", 0.0, 4.0, None, session=6, held=("b", "c")), 0.0) == []
