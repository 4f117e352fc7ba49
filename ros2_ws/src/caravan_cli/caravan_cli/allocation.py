"""How good planned tours are: small problems against the optimum, large ones against the clock, Li & Lim's against the
best known."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from caravan.adapters.lilim import Known, instances, read_best_known, read_instance
from caravan.auction.tours.check import faults
from caravan.auction.tours.exact import optimum
from caravan.auction.tours.plan import plan_tours
from caravan.auction.tours.problem import Plan, Problem, Request, Stop, Vehicle

SMALL_SEEDS = 200
SMALL_STEPS = 200
LARGE_SEEDS = 5
LARGE_BUDGET = 0.2
"""Planning time of 20 robots x 100 tasks, s."""
SIDE = 100.0
"""Of the square in which robots and tasks are drawn, m; robots drive 1 m/s."""
FOREVER = 10**9


def random_problem(robots: int, tasks: int, rng: random.Random) -> Problem:
    """Robots and tasks anywhere in a square; robots stay where they end."""
    points = [(rng.uniform(0.0, SIDE), rng.uniform(0.0, SIDE)) for _ in range(robots + tasks)]
    return Problem(
        travel=tuple(tuple(math.dist(a, b) for b in points) for a in points),
        requests=tuple(Request(id=f"t{i}", pickup=Stop(place=robots + i)) for i in range(tasks)),
        vehicles=tuple(Vehicle(id=f"r{i}", start=i) for i in range(robots)),
    )


def small(seed: int) -> dict[str, float]:
    """3 robots x 8 tasks, 200 times: mean travel over the optimum, of the auctions alone too."""
    planned, auctioned = [], []
    for number in range(SMALL_SEEDS):
        problem = random_problem(3, 8, random.Random(f"{seed}/{number}"))
        best = optimum(problem)
        planned.append(_sound(problem, plan_tours(problem, random.Random(number), steps=SMALL_STEPS)).cost / best)
        auctioned.append(_sound(problem, plan_tours(problem, random.Random(number), steps=0)).cost / best)
    return {"small_gap": statistics.mean(planned), "small_gap_auction": statistics.mean(auctioned)}


def large(seed: int) -> dict[str, float]:
    """20 robots x 100 tasks: median time, and travel over that of the auctions alone."""
    seconds, parts = [], []
    for number in range(LARGE_SEEDS):
        problem = random_problem(20, 100, random.Random(f"{seed}/{number}"))
        begun = time.perf_counter()
        plan = plan_tours(problem, random.Random(number), steps=FOREVER, seconds=LARGE_BUDGET, clock=time.perf_counter)
        seconds.append(time.perf_counter() - begun)
        parts.append(_sound(problem, plan).cost / plan_tours(problem, random.Random(number), steps=0).cost)
    return {"seconds_20x100": statistics.median(seconds), "travel_20x100_over_auction": statistics.mean(parts)}


def _sound(problem: Problem, plan: Plan) -> Plan:
    wrong = faults(problem, plan)
    assert not wrong and not plan.unserved, wrong
    return plan


def lilim(folder: str, budget: float, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """All instances of a folder with so many s each; a line of each is told when it is done. Raises LilimError."""
    known = read_best_known(folder)
    problems = {file.stem: read_instance(file) for file in instances(Path(folder))}
    results = []
    for name, problem in problems.items():
        results.append(_instance(name, problem, budget, seed))
        tell(_line(results[-1], known.get(name)))
    rated = [(r, known[r["name"]]) for r in results if r["name"] in known and r["served"] == r["requests"]]
    distance = statistics.mean(r["distance"] / k.distance for r, k in rated) if rated else None
    vehicles = statistics.mean(r["vehicles"] / k.vehicles for r, k in rated) if rated else None
    if rated:
        tell(f"{len(rated)} instances: distance {distance:.4f}, vehicles {vehicles:.4f} of best known")
    return {
        "instances": results,
        "budget": budget,
        "seed": seed,
        "rated": len(rated),
        "mean_distance_ratio": distance,
        "mean_vehicle_ratio": vehicles,
    }


def _instance(name: str, problem: Problem, budget: float, seed: int) -> dict[str, Any]:
    begun = time.perf_counter()
    plan = plan_tours(problem, random.Random(seed), steps=FOREVER, seconds=budget, clock=time.perf_counter)
    seconds = time.perf_counter() - begun
    return {
        "name": name,
        "distance": round(plan.cost, 4),
        "vehicles": len(plan.tours),
        "served": len(problem.requests) - len(plan.unserved),
        "requests": len(problem.requests),
        "valid": not faults(problem, plan),
        "seconds": round(seconds, 3),
    }


def _line(result: dict[str, Any], known: Known | None) -> str:
    best = f" (best known {known.distance:.2f} by {known.vehicles})" if known is not None else ""
    bad = "" if result["valid"] else ", NOT VALID"
    served = f"{result['served']} of {result['requests']} served"
    return f"{result['name']}  {result['distance']:.2f} by {result['vehicles']}{best}, {served}{bad}"
