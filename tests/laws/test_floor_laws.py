"""Laws of the floor: what is in the way is driven round, and who was pushed comes back; nobody touches anybody."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap
from tests.laws.test_traffic_laws import until_idle
from tests.support.traffic_world import CRATE, World, aisles, anywhere, fleet

LOOP = Roadmap(
    nodes={"a": Point(0, 0), "b": Point(6, 0), "c": Point(6, 4), "d": Point(0, 4), "e": Point(-3, 0)},
    lanes=tuple(Lane(start=s, end=e) for s, e in ("ab", "bc", "cd", "da", "ea")),
)


def one(start: str, goal: str) -> World:
    """A robot on the loop that drives to `goal` once."""
    rng = random.Random(0)
    robots = fleet(LOOP, 1, rng, [start])
    return World(LOOP, robots, rng, lambda body, now: goal if body.trips == 0 else None)


def granted(world: World) -> list[str]:
    """The last nodes that were granted, each once in a row, in their order."""
    ends = [line.nodes[-1] for line in world.lines]
    return [node for node, before in zip(ends[1:], ends, strict=False) if node != before]


@pytest.mark.parametrize("at", [0.8, 3.0, 5.2])
def test_a_robot_turns_back_before_a_crate_and_goes_the_other_way(at: float) -> None:
    world = one("a", "b")
    world.crates = [Point(at, 0.0)]
    world.run(40)
    (body,) = world.bodies.values()
    assert body.trips == 1
    assert granted(world)[-1] == "b"
    assert granted(world).index("c") > granted(world).index("b")
    assert world.blocked is not None
    assert [(lane.start, lane.end) for lane in world.blocked.lanes] == [("a", "b")]


def test_where_there_is_no_way_round_it_waits_says_why_and_tries_again() -> None:
    world = one("a", "e")
    world.crates = [Point(-1.5, 0.0)]
    world.run(30)
    (body,) = world.bodies.values()
    assert body.follower.note == "no way to e while something is in the way on a - e"
    assert body.follower.arrived("a")
    world.crates = []
    world.run(60)
    assert body.trips == 1
    assert world.blocked is not None
    assert world.blocked.lanes == ()


def test_a_robot_before_a_crate_that_has_left_its_node_gets_it_back_from_who_rests_there() -> None:
    rng = random.Random(0)
    robots = fleet(LOOP, 2, rng, ["a", "d"])
    goals = {"robot_0": "b", "robot_1": None}
    world = World(LOOP, robots, rng, lambda body, now: goals[body.robot.id] if body.trips == 0 else None)
    world.crates = [Point(4.0, 0.0)]
    world.run(2.5)
    goals["robot_1"] = "a"
    world.run(18)
    first, second = world.bodies.values()
    assert second.trips == 1
    assert first.follower.held == ("a",)
    world.crates = []
    world.run(90)
    assert [body.trips for body in world.bodies.values()] == [1, 1]


@pytest.mark.parametrize("seed", [1, 3])
def test_crates_are_driven_round_by_all_and_do_not_jam_anybody(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles(spurs=0)
    robots = fleet(roadmap, rng.randint(4, 10), rng)
    world = World(roadmap, robots, rng, anywhere(roadmap, rng), loss=0.1, delay=0.3, stops=0.03)
    world.run(rng.uniform(0, 20))
    for _ in range(3):
        column, row = rng.randint(2, 7), rng.randint(0, 3)
        here = Point(2.0 * column, 2.0 * row + 1.0)
        if all(body.pose.point.distance(here) > 1.0 for body in world.bodies.values()):
            world.crates.append(here)
    trips = {name: body.trips for name, body in world.bodies.items()}
    world.run(120)
    until_idle(world, 400)
    assert all(body.trips > trips[name] for name, body in world.bodies.items())


@pytest.mark.parametrize("seed", range(4))
def test_who_is_pushed_off_its_way_comes_back_and_touches_nobody(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    world = World(roadmap, fleet(roadmap, 5, rng), rng, anywhere(roadmap, rng), loss=0.1, delay=0.2)
    pushed = 0
    while pushed < 3:
        world.run(rng.uniform(1, 6))
        name = rng.choice(sorted(world.bodies))
        here, far = world.bodies[name].pose, rng.choice((0.4, 1.0, 3.0))
        side = rng.choice((-far, far))
        pushed += world.push(name, Point(here.x + side, here.y + rng.uniform(-0.3, 0.3)))
    until_idle(world, 300)


FORK = Roadmap(
    nodes={
        "p": Point(0, 2),
        "q": Point(0, -2),
        "j": Point(2, 0),
        "k": Point(4, 0),
        "m": Point(6, 2),
        "n": Point(6, -2),
    },
    lanes=tuple(Lane(start=s, end=e) for s, e in ("pj", "qj", "jk", "km", "kn")),
)


@pytest.mark.parametrize("urgent", ["robot_0", "robot_1"])
def test_who_is_urgent_passes_first(urgent: str) -> None:
    rng = random.Random(1)
    goals = {"robot_0": "m", "robot_1": "n"}
    world = World(FORK, fleet(FORK, 2, rng, ["p", "q"]), rng, lambda body, now: goals.get(body.robot.id))
    world.bodies[urgent].urgent = True
    world.run(10)
    first = next(line.robot for line in world.lines if "j" in line.nodes)
    assert first == urgent


Fault = tuple[float, str, int, float]
faults = st.lists(
    st.tuples(
        st.floats(0.5, 8.0),
        st.sampled_from(["stop", "die", "push", "crate", "clear", "restart", "reboot"]),
        st.integers(0, 4),
        st.floats(-1.0, 1.0),
    ),
    max_size=12,
)


def strike(world: World, kind: str, name: str, amount: float) -> None:
    """Something goes wrong with, or at, a robot."""
    body = world.bodies[name]
    # A traffic control that starts anew cannot know of robots that are dead by then.
    known = world.control.held().keys() == world.bodies.keys()
    alive = all(b.dead_until <= world.now for b in world.bodies.values())
    match kind:
        case "stop":
            body.stop_until = world.now + 12.0 * abs(amount)
        case "die" if known:
            body.dead_until = world.now + 20.0 * abs(amount)
        case "push" if body.dead_until <= world.now:
            world.push(name, Point(body.pose.x + 3.0 * amount, body.pose.y + 3.0 * abs(amount)))
        case "crate":
            here = Point(body.pose.x + 1.2, body.pose.y + 1.2 * amount)
            if all(b.pose.point.distance(here) > b.robot.radius + CRATE for b in world.bodies.values()):
                world.crates.append(here)
        case "clear":
            world.crates.clear()
        case "restart" if alive:
            world.restart(world.control.session + 1)
        case "reboot":
            world.reboot(name)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), faults)
def test_whatever_goes_wrong_nobody_touches_anybody_and_all_arrive_in_the_end(seed: int, wrong: list[Fault]) -> None:
    rng = random.Random(seed)
    roadmap = aisles(columns=5, rows=4, spurs=2)
    world = World(roadmap, fleet(roadmap, 5, rng), rng, anywhere(roadmap, rng), loss=0.15, delay=0.4)
    for after, kind, who, amount in wrong:
        world.run(after)
        strike(world, kind, f"robot_{who}", amount)
    world.crates.clear()
    for body in world.bodies.values():
        body.stop_until = body.dead_until = min(body.dead_until, world.now)
    until_idle(world, 400)
