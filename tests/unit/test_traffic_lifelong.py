"""The lifelong planner: its steps are lawful on any roadmap, everyone arrives, and repair makes no plan worse."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.traffic.grid import Grid, random_grid
from caravan.traffic.lifelong import Lifelong
from caravan.traffic.pibt import Agent, Crowd
from caravan.traffic.repair import repair
from caravan.traffic.roadmap import Graph
from caravan.traffic.window import roll
from caravan_cli.traffic_bench.course import Course, caravan
from tests.unit.test_traffic_plan import check, corridor, crowd_on, seeds, tangle

OPEN = Grid(name="open", rows=((True,) * 8,) * 8)


def arrival(crowd: Crowd, i: int, path: tuple[int, ...]) -> float:
    """When agent `i` arrives by this path, s, going on from its end as if it were alone."""
    if crowd.home(i, path[0]):
        return 0.0
    total = 0.0
    for v, u in pairwise(path):
        total += crowd.time(i, v, u)
        if u == crowd.agents[i].goal:
            return total
    return total + crowd.costs[i][path[-1]]


@given(seeds)
@settings(deadline=None)
def test_a_repaired_plan_is_lawful_and_no_later_in_sum_and_leaves_the_leader_alone(seed: int) -> None:
    rng = random.Random(seed)
    crowd, start = crowd_on(tangle(rng), rng)
    leader = next((i for i in range(len(start)) if crowd.can_arrive(i, start[i])), None)
    before = roll(crowd, start, range(len(start)), leader, 8).steps
    after = repair(crowd, before, rng, 30, leader)
    assert after[0] == start and len(after) == len(before)
    for at, then in pairwise(after):
        check(crowd, at, then)
    old, new = list(zip(*before, strict=True)), list(zip(*after, strict=True))
    assert leader is None or old[leader] == new[leader]
    late = sum(arrival(crowd, i, path) for i, path in enumerate(old))
    # Who has arrived may stir for others; that costs a little, and is no arrival.
    assert sum(arrival(crowd, i, path) for i, path in enumerate(new)) <= late + 1e-6


def test_repair_lets_those_go_who_wait_for_nothing() -> None:
    crowd = Crowd(corridor(4, ("1", "siding")), [Agent(name="a", goal=3), Agent(name="b", goal=4)])
    steps = repair(crowd, ((0, 1),) * 6, random.Random(0), 20)
    assert steps[3:] == ((3, 4),) * 3


@given(seeds, st.integers(5, 9), st.floats(0.05, 0.25))
@settings(deadline=None, max_examples=25)
def test_everyone_arrives_in_time_on_small_maps(seed: int, side: int, crowded: float) -> None:
    grid = random_grid(random.Random(seed), side, 0.15)
    agents = max(1, round(crowded * len(grid.free())))
    run = Course(grid, agents, seed).drive(caravan, 100, lambda: None)
    assert run.faults == [] and run.arrived > 0
    assert not (run.deadlock or run.livelock), run


@given(seeds)
@settings(deadline=None, max_examples=50)
def test_its_steps_turn_no_ring_on_roadmaps_with_one_way_lanes(seed: int) -> None:
    rng = random.Random(seed)
    crowd, at = crowd_on(tangle(rng), rng)
    crowd = Crowd(crowd.graph, [Agent(name=a.name, goal=a.goal or 0) for a in crowd.agents])
    planner = Lifelong(crowd.graph, crowd.agents, at, rng)
    for _ in range(20):
        after = planner.step()
        check(crowd, at, after)
        at = after
        for i, v in enumerate(at):
            if v == crowd.agents[i].goal:
                crowd.send(i, rng.randrange(len(crowd.graph.names)))
                planner.send(i, crowd.agents[i].goal or 0)


def test_who_is_late_leads_and_is_brought_home() -> None:
    graph = corridor(5, ("1", "siding"))
    planner = Lifelong(graph, [Agent(name="in", goal=4), Agent(name="out", goal=0)], (3, 4), random.Random(0))
    home = set[int]()
    for _ in range(100):
        home |= {i for i, v in enumerate(planner.step()) if v == (4, 0)[i]}
    assert home == {0, 1} and planner.led > 0


def test_same_inputs_same_steps() -> None:
    def steps() -> list[tuple[int, ...]]:
        agents = [Agent(name=str(i), goal=63 - i) for i in range(12)]
        planner = Lifelong(Graph(OPEN.roadmap()), agents, tuple(range(12)), random.Random(3))
        return [planner.step() for _ in range(20)]

    assert steps() == steps()
