"""Laws of traffic: robots neither touch nor jam, whatever is lost, late or dead."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.site import Roadmap
from tests.support.traffic_world import Body, Next, World, aisles, anywhere, comb, fleet, ring

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"


def until_idle(world: World, limit: float) -> None:
    """No more destinations; all who live must arrive within `limit` s."""
    world.choose = lambda body, now: None
    end = world.now + limit
    while any(b.destination is not None for b in world.bodies.values() if b.dead_until <= world.now):
        assert world.now < end, {
            b.robot.id: (b.destination, b.follower.held, b.follower.note)
            for b in world.bodies.values()
            if b.destination is not None
        }
        world.step()


@pytest.mark.parametrize("seed", range(4))
def test_everyone_arrives_in_a_stream_of_random_destinations(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    world = World(roadmap, fleet(roadmap, rng.randint(6, 16), rng), rng, anywhere(roadmap, rng))
    world.run(120)
    until_idle(world, 300)
    assert min(body.trips for body in world.bodies.values()) >= 1


@pytest.mark.parametrize("seed", range(4))
def test_lost_late_and_doubled_messages_and_stops_do_no_harm(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    robots = fleet(roadmap, rng.randint(2, 10), rng)
    world = World(roadmap, robots, rng, anywhere(roadmap, rng), loss=0.3, delay=1.0, stops=0.05)
    world.run(100)
    until_idle(world, 400)
    assert min(body.trips for body in world.bodies.values()) >= 1


def outside(world: World, roadmap: Roadmap, rng: random.Random) -> Next:
    """Destinations that can be reached though the dead stay where they are."""
    free = anywhere(roadmap, rng)

    def choose(body: Body, now: float) -> str | None:
        dead = {
            node
            for other in world.bodies.values()
            if other.dead_until > now
            for node in (*other.follower.held, *world.control.held().get(other.robot.id, ()))
        }
        goal = free(body, now)
        here = world.control.held().get(body.robot.id, body.follower.held)
        fits = goal is not None and here and goal not in dead and world.graph.reachable(here[-1], goal, dead)
        return goal if fits else None

    return choose


@pytest.mark.parametrize("seed", range(4))
def test_others_go_on_when_robots_die_for_a_while(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    world = World(roadmap, fleet(roadmap, 7, rng), rng, lambda body, now: None, loss=0.1, delay=0.3)
    world.choose = outside(world, roadmap, rng)
    for _ in range(6):
        world.run(rng.uniform(3, 20))
        victim = rng.choice(sorted(world.bodies))
        world.bodies[victim].dead_until = world.now + rng.uniform(1, 40)
    world.run(60)
    until_idle(world, 400)


@pytest.mark.parametrize("seed", range(4))
def test_others_go_round_the_dead(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = read_site(WAREHOUSE).roadmap
    world = World(roadmap, fleet(roadmap, 10, rng), rng, anywhere(roadmap, rng))
    world.run(rng.uniform(20, 40))
    for victim in rng.sample(sorted(world.bodies), 2):
        world.bodies[victim].dead_until = math.inf
    for body in world.bodies.values():
        body.destination = None
    world.choose = lambda body, now: None
    world.run(3)
    world.choose = outside(world, roadmap, rng)
    trips = {name: body.trips for name, body in world.bodies.items()}
    world.run(120)
    until_idle(world, 300)
    assert all(body.trips > trips[name] for name, body in world.bodies.items() if body.dead_until < math.inf)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_a_site_half_full_of_robots_does_not_jam(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles(columns=4, spurs=4)
    world = World(roadmap, fleet(roadmap, len(roadmap.nodes) // 2, rng), rng, anywhere(roadmap, rng))
    world.run(60)
    until_idle(world, 300)


@pytest.mark.parametrize(("every", "count"), [(1, 5), (2, 4), (3, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_sidings_let_robots_pass_where_there_is_no_loop(every: int, count: int, seed: int) -> None:
    rng = random.Random(seed)
    roadmap = comb(9, every)
    world = World(roadmap, fleet(roadmap, count, rng), rng, anywhere(roadmap, rng), loss=0.1, delay=0.2, stops=0.03)
    world.run(200)
    until_idle(world, 600)


def test_a_resting_robot_is_fetched_out_of_the_dead_end_by_one_that_is_in_it_too() -> None:
    rng = random.Random(1)
    roadmap = aisles()
    robots = fleet(roadmap, 2, rng, ["dock_0", "gate_0"])
    world = World(roadmap, robots, rng, lambda body, now: "dock_0" if body.robot.id == "robot_1" else None)
    world.run(60)
    assert world.bodies["robot_1"].trips > 0


@pytest.mark.parametrize("seed", range(4))
def test_traffic_control_and_robots_may_restart_without_memory(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    world = World(roadmap, fleet(roadmap, 8, rng), rng, anywhere(roadmap, rng), loss=0.2, delay=1.0)
    for session in (2, 3, 1, 7):  # The third by a clock that was set back meanwhile.
        world.run(rng.uniform(5, 30))
        world.restart(session)
        world.run(rng.uniform(0.5, 15))
        world.reboot(rng.choice(sorted(world.bodies)))
    world.run(60)
    until_idle(world, 400)
    assert min(body.trips for body in world.bodies.values()) >= 1


@pytest.mark.parametrize("seed", range(4))
def test_docks_at_dead_ends_that_all_want_are_served_in_turn(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = aisles()
    docks = [node for node in roadmap.nodes if node.startswith("dock")][: rng.randint(2, 6)]
    robots = fleet(roadmap, rng.randint(4, 12), rng)
    world = World(roadmap, robots, rng, lambda body, now: rng.choice(docks), stops=0.03, work=5.0)
    world.run(200)
    until_idle(world, 600)
    assert min(body.trips for body in world.bodies.values()) >= 1


@pytest.mark.parametrize("count", [6, 20])
def test_the_warehouse_of_the_demo_flows(count: int) -> None:
    rng = random.Random(count)
    roadmap = read_site(WAREHOUSE).roadmap
    world = World(roadmap, fleet(roadmap, count, rng), rng, anywhere(roadmap, rng))
    world.run(150)
    until_idle(world, 300)
    assert sum(body.trips for body in world.bodies.values()) >= 4 * count
    assert max(body.longest for body in world.bodies.values()) < 200


@pytest.mark.parametrize("seed", range(4))
def test_nobody_enters_what_it_must_avoid(seed: int) -> None:
    rng = random.Random(seed)
    roadmap = read_site(WAREHOUSE).roadmap
    free = anywhere(roadmap, rng)

    def choose(body: Body, now: float) -> str | None:
        goal, held = free(body, now), body.follower.held
        return goal if held and goal and world.graph.reachable(held[-1], goal, body.avoid) else None

    world = World(roadmap, fleet(roadmap, 8, rng), rng, choose, loss=0.1, delay=0.2)
    starts = {node for name in world.bodies for node in world.graph.names if starts_at(world, name, node)}
    for body in world.bodies.values():
        body.avoid = tuple(sorted(rng.sample(sorted(set(roadmap.nodes) - starts), 5)))
    world.run(150)
    until_idle(world, 300)
    assert all(not set(body.avoid) & set(body.entered) for body in world.bodies.values())


def starts_at(world: World, name: str, node: str) -> bool:
    """Whether the robot starts at the node."""
    start = world.robots[name].start
    return start is not None and world.graph.nearest(start.point) == node


@pytest.mark.parametrize("count", [2, 5, 9, 11])
def test_a_closed_loop_never_jams(count: int) -> None:
    rng = random.Random(count)
    roadmap = ring()
    world = World(roadmap, fleet(roadmap, count, rng), rng, anywhere(roadmap, rng))
    world.run(120)
    until_idle(world, 600)


def test_same_inputs_same_outputs() -> None:
    def lines() -> list[object]:
        rng = random.Random(5)
        roadmap = aisles()
        world = World(roadmap, fleet(roadmap, 9, rng), rng, anywhere(roadmap, rng), loss=0.2, delay=0.5, stops=0.1)
        world.run(60)
        return list(world.lines)

    assert lines() == lines()
