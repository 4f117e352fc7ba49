"""Tours: a few problems whose answers are known, the check of plans, and the clock."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import pytest

from caravan.auction.tours.check import faults
from caravan.auction.tours.exact import LIMIT, optimum
from caravan.auction.tours.plan import plan_tours
from caravan.auction.tours.problem import Plan, Problem, Request, Stop, Tour, Vehicle, Visit
from caravan.auction.tours.route import Routes
from caravan.auction.tours.search import Search


def line(count: int) -> tuple[tuple[float, ...], ...]:
    """Places 0, 1, 2, ... on a line, 1 s apart."""
    return tuple(tuple(float(abs(a - b)) for b in range(count)) for a in range(count))


TWO_ENDS = Problem(
    travel=line(11),
    requests=tuple(Request(id=f"t{p}", pickup=Stop(place=p)) for p in (1, 2, 3, 7, 8, 9)),
    vehicles=(Vehicle(id="left", start=0), Vehicle(id="right", start=10)),
)
CARRY = Problem(
    travel=line(10),
    requests=(
        Request(id="a", pickup=Stop(place=2, due=20.0), delivery=Stop(place=6, due=20.0), load=1.0),
        Request(id="b", pickup=Stop(place=3, service=1.0), delivery=Stop(place=5, due=6.0), load=1.0),
    ),
    vehicles=(Vehicle(id="r", start=0, end=0, capacity=2.0, due=40.0), Vehicle(id="s", start=0, end=0, capacity=2.0)),
    fewest=True,
)


def visits(*words: str) -> tuple[Visit, ...]:
    """ "a+" picks a up, "a-" delivers it."""
    return tuple(Visit(word[:-1], word.endswith("-")) for word in words)


def carry(*words: str, cost: float = 12.0, unserved: tuple[str, ...] = ()) -> Plan:
    return Plan(tours=(Tour(vehicle="r", visits=visits(*words)),), cost=cost, unserved=unserved)


def test_each_robot_takes_its_end_of_the_line() -> None:
    plan = plan_tours(TWO_ENDS, random.Random(0), steps=50)
    assert plan.cost == optimum(TWO_ENDS) == 6.0
    assert [[v.request for v in t.visits] for t in plan.tours] == [["t1", "t2", "t3"], ["t9", "t8", "t7"]]


def test_the_optimum_is_that_of_all_orders() -> None:
    chance = random.Random(5)
    points = [(chance.random(), chance.random()) for _ in range(6)]
    problem = Problem(
        travel=tuple(tuple(math.dist(a, b) for b in points) for a in points),
        requests=tuple(Request(id=f"t{p}", pickup=Stop(place=p)) for p in range(2, 6)),
        vehicles=(Vehicle(id="r0", start=0), Vehicle(id="r1", start=1)),
    )
    travel = problem.travel

    def length(*places: int) -> float:
        return sum(travel[a][b] for a, b in itertools.pairwise(places))

    splits = ((order, cut) for order in itertools.permutations(range(2, 6)) for cut in range(5))
    assert optimum(problem) == pytest.approx(min(length(0, *o[:c]) + length(1, *o[c:]) for o, c in splits))


def test_the_optimum_is_for_free_problems_only() -> None:
    many = tuple(Request(id=f"t{i}", pickup=Stop(place=0)) for i in range(LIMIT + 1))
    for problem in (CARRY, replace(TWO_ENDS, requests=many)):
        with pytest.raises(ValueError, match="free in time"):
            optimum(problem)


def test_one_vehicle_carries_both_where_it_can() -> None:
    plan = plan_tours(CARRY, random.Random(0), steps=100)
    assert plan == carry("a+", "b+", "b-", "a-")
    assert faults(CARRY, plan) == []


def test_a_small_vehicle_carries_one_after_the_other_and_windows_make_two_necessary() -> None:
    small = replace(CARRY, vehicles=tuple(replace(v, capacity=1.0) for v in CARRY.vehicles))
    plan = plan_tours(small, random.Random(0), steps=100)
    assert (plan.cost, len(plan.tours), faults(small, plan)) == (18.0, 1, [])
    first, second = small.requests
    hurried = replace(small, requests=(replace(first, pickup=Stop(place=2, due=2.0)), second))
    assert len(plan_tours(hurried, random.Random(0), steps=100).tours) == 2


def test_fewer_vehicles_may_travel_more() -> None:
    spread = replace(TWO_ENDS, fewest=True)
    assert len(plan_tours(spread, random.Random(0), steps=100).tours) == 1


def test_what_cannot_be_done_is_unserved_and_the_rest_is_done() -> None:
    heavy = Request(id="heavy", pickup=Stop(place=1), delivery=Stop(place=2), load=9.0)
    gone = Request(id="gone", pickup=Stop(place=9, due=1.0))
    plan = plan_tours(replace(CARRY, requests=(heavy, *CARRY.requests, gone)), random.Random(0), steps=100)
    assert plan == carry("a+", "b+", "b-", "a-", unserved=("heavy", "gone"))


def test_nothing_to_do_and_nobody_to_do_it() -> None:
    assert plan_tours(replace(CARRY, requests=()), random.Random(0), steps=10) == Plan(tours=())
    alone = plan_tours(replace(CARRY, vehicles=()), random.Random(0), steps=10)
    assert alone == Plan(tours=(), unserved=("a", "b"))


def test_the_clock_ends_the_search() -> None:
    ticks = itertools.count()
    plan = plan_tours(TWO_ENDS, random.Random(3), steps=10**9, seconds=40.0, clock=lambda: float(next(ticks)))
    assert next(ticks) == 41
    assert plan == plan_tours(TWO_ENDS, random.Random(3), steps=39)


def test_the_best_state_is_kept_while_the_search_tries_worse_ones() -> None:
    chance = random.Random(2)
    points = [(chance.random(), chance.random()) for _ in range(33)]
    problem = Problem(
        travel=tuple(tuple(math.dist(a, b) for b in points) for a in points),
        requests=tuple(Request(id=f"t{p}", pickup=Stop(place=p)) for p in range(3, 33)),
        vehicles=tuple(Vehicle(id=f"r{p}", start=p) for p in range(3)),
    )
    search = Search(problem, random.Random(0))
    costs = [search.best.cost for _ in itertools.islice(search.steps(), 300)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_forgetting_routes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = plan_tours(CARRY, random.Random(0), steps=200)
    monkeypatch.setattr("caravan.auction.tours.route.KEPT", 3)
    assert plan_tours(CARRY, random.Random(0), steps=200) == remembered


def test_an_insertion_is_what_trying_all_positions_finds() -> None:
    routes = Routes(CARRY)
    route = routes.idle(0)
    way = routes.insertion(route, 0)
    assert way is not None
    assert (way.cost, way.first, way.second) == (12.0, 1, 1)
    route = routes.with_request(route, 0, way)
    inside = routes.insertion(route, 1)
    assert inside is not None
    assert (inside.cost, inside.first, inside.second) == (0.0, 2, 2)
    assert routes.without(routes.with_request(route, 1, inside), {1}) is route


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (carry("a+", "b+", "b-", "a-", cost=11.0), "the cost is 12 and not 11"),
        (carry("a-", "a+", "b+", "b-"), "before it has picked it up"),
        (carry("a+", "b+", "b-"), "does not deliver it"),
        (carry("a+", "b+", "b-", "a-", "b+", "b-"), "picked up 2 times, not 1"),
        (carry("a+", "a-"), "picked up 0 times, not 1"),
        (carry("a+", "a-", "b+", "b-", unserved=("b",)), "picked up 1 times, not 0"),
        (carry("a+", "a-", unserved=("b", "c")), "unknown request c is unserved"),
        (carry("z+"), "unknown request z"),
        (Plan(tours=(Tour(vehicle="q", visits=visits("a+", "a-")),)), "unknown vehicle q"),
        (Plan(tours=(carry().tours[0], carry().tours[0])), "two tours"),
        (carry("b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-", "a+", "a-"), "later than 20"),
        (carry("b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-", "b+", "b-"), "ends at"),
        (carry("a+", "b+", "b+", "a-"), "carries 3 after b, more than 2"),
    ],
)
def test_the_check_says_what_is_wrong(plan: Plan, said: str) -> None:
    assert any(said in fault for fault in faults(CARRY, plan)), faults(CARRY, plan)
