"""Whatever there is to do and whoever is there to do it: a plan of tours is valid, repeatable, and better with time."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from caravan.auction.tours.check import faults
from caravan.auction.tours.exact import optimum
from caravan.auction.tours.plan import plan_tours
from caravan.auction.tours.problem import Plan, Problem, Request, Stop, Tour, Vehicle

PLACES = 6


@st.composite
def travels(draw: st.DrawFn) -> tuple[tuple[float, ...], ...]:
    """Ways that may be one-way or missing, made shortest."""
    ways = [[draw(st.sampled_from([1.0, 2.5, 4.0, 9.0, math.inf])) for _ in range(PLACES)] for _ in range(PLACES)]
    for place in range(PLACES):
        ways[place][place] = 0.0
    for via, a, b in itertools.product(range(PLACES), repeat=3):
        ways[a][b] = min(ways[a][b], ways[a][via] + ways[via][b])
    return tuple(map(tuple, ways))


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    ready = draw(st.sampled_from([0.0, 5.0, 12.0]))
    wide = draw(st.sampled_from([0.0, 3.0, 20.0, math.inf]))
    return Stop(
        place=draw(st.integers(0, PLACES - 1)), ready=ready, due=ready + wide, service=draw(st.sampled_from([0.0, 2.0]))
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any mixture of visits and deliveries, vehicles that return or stay, and either objective."""
    requests = tuple(
        Request(
            id=f"t{i}",
            pickup=draw(stops()),
            delivery=draw(st.none() | stops()),
            load=draw(st.sampled_from([0.0, 1.0, 2.0])),
        )
        for i in range(draw(st.integers(0, 7)))
    )
    place = st.integers(0, PLACES - 1)
    vehicles = tuple(
        Vehicle(
            id=f"r{i}",
            start=draw(place),
            end=draw(st.none() | place),
            capacity=draw(st.sampled_from([1.0, 2.0, math.inf])),
            ready=draw(st.sampled_from([0.0, 3.0])),
            due=draw(st.sampled_from([30.0, math.inf])),
        )
        for i in range(draw(st.integers(0, 4)))
    )
    return Problem(travel=draw(travels()), requests=requests, vehicles=vehicles, fewest=draw(st.booleans()))


def rank(problem: Problem, plan: Plan) -> tuple[int, int, float]:
    return (len(plan.unserved), len(plan.tours) if problem.fewest else 0, plan.cost)


@given(problems(), st.integers(0, 99))
def test_every_plan_is_valid(problem: Problem, seed: int) -> None:
    assert faults(problem, plan_tours(problem, random.Random(seed), steps=40)) == []


@given(problems(), st.integers(0, 99))
def test_more_steps_are_never_worse(problem: Problem, seed: int) -> None:
    ranks = [rank(problem, plan_tours(problem, random.Random(seed), steps=steps)) for steps in (0, 5, 25, 60)]
    assert ranks == sorted(ranks, reverse=True)


@given(problems(), st.integers(0, 99))
def test_the_same_seed_gives_the_same_plan(problem: Problem, seed: int) -> None:
    assert plan_tours(problem, random.Random(seed), steps=30) == plan_tours(problem, random.Random(seed), steps=30)


@given(problems())
def test_a_request_that_a_vehicle_could_do_alone_is_not_left_out_while_one_is_idle(problem: Problem) -> None:
    plan = plan_tours(problem, random.Random(1), steps=20)
    busy = {tour.vehicle for tour in plan.tours}
    for name in plan.unserved:
        request = next(r for r in problem.requests if r.id == name)
        for vehicle in problem.vehicles:
            alone = replace(problem, requests=(request,), vehicles=(vehicle,))
            assert vehicle.id in busy or plan_tours(alone, random.Random(0), steps=0).unserved == (name,)


@given(problems(), st.randoms(use_true_random=False))
def test_a_plan_that_was_tampered_with_is_found_out(problem: Problem, chance: random.Random) -> None:
    plan = plan_tours(problem, random.Random(0), steps=10)
    assume(plan.tours)
    at = chance.randrange(len(plan.tours))
    tour = plan.tours[at]
    drop = chance.randrange(len(tour.visits))
    shorter = Tour(vehicle=tour.vehicle, visits=tour.visits[:drop] + tour.visits[drop + 1 :])
    longer = Tour(vehicle=tour.vehicle, visits=(*tour.visits, tour.visits[drop]))
    for wrong in (shorter, longer):
        assert faults(problem, replace(plan, tours=(*plan.tours[:at], wrong, *plan.tours[at + 1 :])))
    assert faults(problem, replace(plan, cost=plan.cost + 1.0))
    assert faults(problem, replace(plan, unserved=(tour.visits[0].request,)))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=9))
def test_no_plan_is_better_than_the_optimum_and_few_are_worse(points: list[tuple[int, int]]) -> None:
    problem = Problem(
        travel=tuple(tuple(math.dist(a, b) for b in points) for a in points),
        requests=tuple(Request(id=f"t{i}", pickup=Stop(place=i)) for i in range(2, len(points))),
        vehicles=(Vehicle(id="r0", start=0), Vehicle(id="r1", start=1)),
    )
    best = optimum(problem)
    cost = plan_tours(problem, random.Random(0), steps=300).cost
    assert best - 1e-9 <= cost <= 1.15 * best + 1e-9
