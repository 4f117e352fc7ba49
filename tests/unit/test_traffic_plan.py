"""Steps, windows and the passing order: laws on random graphs, then dead ends by example."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap
from caravan.traffic.passing import PassingOrder
from caravan.traffic.pibt import Agent, Crowd
from caravan.traffic.roadmap import Graph
from caravan.traffic.spurs import Spurs
from caravan.traffic.window import roll, seek

seeds = st.integers(0, 10**6)


def corridor(size: int, *extra: tuple[str, str]) -> Graph:
    """Nodes 0..size-1 in a row, with `extra` lanes; other names hang two metres above."""
    nodes = {str(k): Point(2.0 * k, 0.0) for k in range(size)}
    for k, (_, name) in enumerate(extra):
        nodes.setdefault(name, Point(2.0 * k, 2.0))
    lanes = [Lane(start=str(k), end=str(k + 1)) for k in range(size - 1)]
    return Graph(Roadmap(nodes=nodes, lanes=(*lanes, *(Lane(start=a, end=b) for a, b in extra))))


def tangle(rng: random.Random) -> Graph:
    """A random graph with one-way lanes, dead ends and perhaps parts that do not hang together."""
    nodes = {f"n{k}": Point(rng.uniform(0, 20), rng.uniform(0, 20)) for k in range(rng.randint(4, 14))}
    pairs = {tuple(rng.sample(sorted(nodes), 2)) for _ in range(rng.randint(4, 24))}
    return Graph(
        Roadmap(nodes=nodes, lanes=tuple(Lane(start=a, end=b, two_way=rng.random() < 0.8) for a, b in sorted(pairs)))
    )


def crowd_on(graph: Graph, rng: random.Random) -> tuple[Crowd, tuple[int, ...]]:
    """Random agents, goals, closed nodes and nodes to avoid; where the agents start."""
    numbers = range(len(graph.names))
    start = tuple(rng.sample(numbers, rng.randint(1, len(numbers) - 1)))
    closed = frozenset(v for v in numbers if v not in start and rng.random() < 0.1)
    agents = [
        Agent(
            name=f"r{k}",
            goal=rng.choice([None, *numbers]),
            avoid=frozenset(v for v in numbers if rng.random() < 0.1),
        )
        for k in range(len(start))
    ]
    return Crowd(graph, agents, closed), start


def check(crowd: Crowd, at: tuple[int, ...], after: tuple[int, ...]) -> None:
    """A step keeps to the lanes, shares no node, turns no ring (nor swaps), enters nothing closed or to avoid."""
    assert len(set(after)) == len(after) == len(at)
    here = {v: i for i, v in enumerate(at)}
    for i, (v, u) in enumerate(zip(at, after, strict=True)):
        assert u == v or (u in crowd.graph.after[v] and u not in crowd.closed)
        assert u == v or u not in crowd.agents[i].avoid or v in crowd.agents[i].avoid
        ahead: int | None = i
        for _ in at:
            ahead = here.get(after[ahead]) if ahead is not None and after[ahead] != at[ahead] else None
            assert ahead != i


@given(seeds)
def test_every_step_is_lawful(seed: int) -> None:
    rng = random.Random(seed)
    crowd, at = crowd_on(tangle(rng), rng)
    for _ in range(10):
        order = rng.sample(range(len(at)), len(at))
        after = crowd.step(at, order)
        assert after is not None
        check(crowd, at, after)
        at = after


@given(seeds)
def test_a_forced_step_does_as_told_or_is_refused(seed: int) -> None:
    rng = random.Random(seed)
    crowd, at = crowd_on(tangle(rng), rng)
    told = {i: rng.choice(crowd.choices(i, at[i])) for i in range(len(at)) if rng.random() < 0.4}
    after = crowd.step(at, range(len(at)), told)
    if after is not None:
        check(crowd, at, after)
        assert all(after[i] == u for i, u in told.items())


@given(seeds)
@settings(deadline=None)
def test_the_passing_order_carries_every_plan_to_its_end_in_any_tempo(seed: int) -> None:
    rng = random.Random(seed)
    crowd, start = crowd_on(tangle(rng), rng)
    leader = next((i for i in range(len(start)) if crowd.can_arrive(i, start[i])), None)
    window = roll(crowd, start, range(len(start)), leader, 12)
    names = [agent.name for agent in crowd.agents]
    paths = {name: [crowd.graph.names[at[i]] for at in window.steps] for i, name in enumerate(names)}
    order = PassingOrder(paths)
    where = {name: path[0] for name, path in paths.items()}
    ready = [name for name in names if order.next(name)]
    while ready:
        fit = [n for n in ready if order.before(n) is None and order.next(n) not in where.values()]
        assert fit, "nobody may go on"
        name = rng.choice(fit)
        where[name] = order.take(name)
        ready = [name for name in names if order.next(name)]
    assert where == {name: path[-1] for name, path in paths.items()}


@given(seeds)
@settings(deadline=None)
def test_steps_to_is_the_time_of_driving_as_soon_as_one_may(seed: int) -> None:
    rng = random.Random(seed)
    crowd, start = crowd_on(tangle(rng), rng)
    window = roll(crowd, start, range(len(start)), None, 12)
    paths = {a.name: [crowd.graph.names[at[i]] for at in window.steps] for i, a in enumerate(crowd.agents)}
    for name, path in paths.items():
        goal = path[-1]
        steps = PassingOrder(paths).steps_to(name, goal, lambda robot, node: True)
        moves = sum(a != b for a, b in pairwise(path))
        first = path.index(goal, next((t for t in range(1, len(path)) if path[t] != path[t - 1]), 0))
        assert steps is None if moves == 0 else steps is not None and steps <= first


def test_steps_to_minds_only_what_it_depends_on() -> None:
    order = PassingOrder({"a": ["1", "2", "3"], "b": ["2", "4", "4"], "c": ["7", "7", "8"]})
    assert order.steps_to("a", "3", lambda robot, node: robot != "c") == 2
    assert order.steps_to("a", "3", lambda robot, node: robot != "b") is None
    assert order.steps_to("b", "9", lambda robot, node: True) is None


def test_a_robot_face_to_face_with_another_in_a_dead_end_backs_out() -> None:
    graph = corridor(5, ("1", "siding"))
    agents = [Agent(name="in", goal=4), Agent(name="out", goal=0)]
    crowd = Crowd(graph, agents)
    start = (3, 4)
    assert roll(crowd, start, (0, 1), 0, 20).arrival is None
    window = seek(crowd, start, (0, 1), 0, 300)
    assert window.arrival is not None and window.steps[-1][0] == 4
    for at, after in pairwise(window.steps):
        check(crowd, at, after)


def test_a_resting_robot_comes_out_of_the_dead_end() -> None:
    graph = corridor(5, ("1", "siding"))
    crowd = Crowd(graph, [Agent(name="in", goal=4), Agent(name="rests", goal=None)])
    assert seek(crowd, (0, 4), (0, 1), 0, 300).arrival is not None


def test_where_there_is_no_room_the_search_gives_up() -> None:
    crowd = Crowd(corridor(3), [Agent(name="a", goal=2), Agent(name="b", goal=0)])
    assert seek(crowd, (0, 2), (0, 1), 0, 300).arrival is None


def test_only_one_at_a_time_drives_into_a_spur() -> None:
    graph = corridor(6, ("0", "loop"), ("loop", "2"))
    spurs = Spurs(graph)
    assert spurs.way_out(5) == (5, 4, 3) and spurs.mouth(5) == 2 and spurs.way_out(1) == ()
    assert spurs.between(5, 4) == {4, 5}
    agents = [Agent(name="first", goal=5), Agent(name="second", goal=4)]
    first, second = spurs.take_turns(agents, (0, 1), (0, 1), frozenset())
    assert not first.patient and second.patient and second.taken == {3, 4, 5}
    _, second = spurs.take_turns(agents, (5, 1), (0, 1), frozenset())
    assert not second.patient
    _, second = spurs.take_turns([Agent(name="first", goal=0), agents[1]], (5, 1), (0, 1), frozenset())
    assert second.patient
