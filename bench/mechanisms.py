"""How near the optimum each mechanism comes, and what it says for it: 3 robots, 8 tasks, many seeds.

    scripts/run python bench/mechanisms.py [--seeds 100] [--json]

Robots and tasks are drawn in a square of 100 m x 100 m; the team's cost is all that the robots drive, without a way
back. Messages are broadcasts: a notice, one robot's bids of a round, an award, one robot's claims of a round.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

from caravan.auction.mechanisms.agreement import agree
from caravan.auction.mechanisms.assignment import Match, assign, lowest_pair
from caravan.auction.mechanisms.bundles import BundleBid, cover
from caravan.auction.mechanisms.cbba import member
from caravan.auction.mechanisms.exchange import trade
from caravan.auction.mechanisms.insertion import Price, Tour
from caravan.auction.mechanisms.rounds import auction_in_rounds
from caravan.auction.mechanisms.scores import thrifty

SIDE = 100.0
"""Of the square, m."""
WORTH = 1000.0
"""Of a task, m: more than any detour in the square."""
ROUNDS = 100

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One drawing: places by name."""

    robots: Mapping[str, Point]
    tasks: Mapping[str, Point]

    def price(self, robot: str, tour: Tour) -> float:
        """What a robot drives for a tour, m."""
        stops = [self.robots[robot], *(self.tasks[task] for task in tour)]
        return sum(math.dist(a, b) for a, b in pairwise(stops))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the team drives (m), and how many messages it took to find that out."""

    cost: float
    messages: int


def draw(seed: int, robots: int = 3, tasks: int = 8) -> Case:
    """The case of a seed."""
    rng = random.Random(seed)
    places = [(rng.uniform(0.0, SIDE), rng.uniform(0.0, SIDE)) for _ in range(robots + tasks)]
    return Case(
        robots={f"r{i}": place for i, place in enumerate(places[:robots])},
        tasks={f"t{i}": place for i, place in enumerate(places[robots:])},
    )


def shortest(case: Case, robot: str) -> dict[frozenset[str], float]:
    """The least that a robot drives for each set of tasks (Held & Karp 1962)."""
    ends: dict[tuple[frozenset[str], str], float] = {}
    for size in range(1, len(case.tasks) + 1):
        for chosen in map(frozenset, combinations(sorted(case.tasks), size)):
            for last in chosen:
                rest = chosen - {last}
                ways = [ends[rest, before] + math.dist(case.tasks[before], case.tasks[last]) for before in rest]
                ends[chosen, last] = min(ways, default=math.dist(case.robots[robot], case.tasks[last]))
    least: dict[frozenset[str], float] = {frozenset(): 0.0}
    for (chosen, _), cost in ends.items():
        least[chosen] = min(cost, least.get(chosen, math.inf))
    return least


def optimum(case: Case, least: Mapping[str, Mapping[frozenset[str], float]]) -> float:
    """The least that the team drives, robot by robot over all sets of tasks that are done so far."""
    done: dict[frozenset[str], float] = {frozenset(): 0.0}
    for costs in least.values():
        after: dict[frozenset[str], float] = {}
        for before, cost in done.items():
            for chosen, more in costs.items():
                if not before & chosen:
                    both = before | chosen
                    after[both] = min(cost + more, after.get(both, math.inf))
        done = after
    return done[frozenset(case.tasks)]


def in_rounds(case: Case, match: Match) -> tuple[Mapping[str, Tour], int]:
    """A notice, the robots' bids and the awards of each round."""
    result = auction_in_rounds(list(case.tasks), list(case.robots), case.price, match)
    return result.tours, result.rounds * (2 + len(case.robots))


def bundles(case: Case, least: Mapping[str, Mapping[frozenset[str], float]], most: int) -> Result:
    """Each robot bids for every set of up to `most` tasks, all in one message."""
    bids = [
        BundleBid(robot=robot, tasks=tasks, cost=cost)
        for robot, costs in least.items()
        for tasks, cost in costs.items()
        if 0 < len(tasks) <= most
    ]
    return Result(cost=cover(list(case.tasks), bids).cost, messages=2 + len(case.robots))


def consensus(case: Case) -> tuple[Mapping[str, Tour], int]:
    """Every robot hears every other."""
    names = list(case.robots)
    price: Price = case.price
    outcome = agree(
        [member(robot, list(case.tasks), len(case.tasks)) for robot in names],
        {robot: thrifty(robot, price, WORTH) for robot in names},
        {robot: [other for other in names if other != robot] for robot in names},
        limit=ROUNDS,
    )
    assert outcome.settled
    return outcome.paths, outcome.messages


def traded(case: Case, before: tuple[Mapping[str, Tour], int]) -> tuple[Mapping[str, Tour], int]:
    """Each round every robot offers its tasks and answers the offers; then a contract, or the end."""
    result = trade(before[0], case.price)
    return result.tours, before[1] + (len(result.contracts) + 1) * 2 * len(case.robots) + len(result.contracts)


def measure(case: Case) -> dict[str, Result]:
    """All mechanisms on one case, the optimum first."""
    least = {robot: shortest(case, robot) for robot in case.robots}
    best = optimum(case, least)
    plans: dict[str, Callable[[], tuple[Mapping[str, Tour], int]]] = {
        "single_item": lambda: in_rounds(case, lowest_pair),
        "assignment_in_rounds": lambda: in_rounds(case, assign),
        "assignment_in_rounds_and_trade": lambda: traded(case, in_rounds(case, assign)),
        "cbba": lambda: consensus(case),
        "cbba_and_trade": lambda: traded(case, consensus(case)),
    }
    found = {name: _result(case, *plan()) for name, plan in plans.items()}
    sizes = {"bundles_up_to_3": 3, "bundles_up_to_4": 4, "bundles_of_any_size": len(case.tasks)}
    return {
        "optimum": Result(cost=best, messages=0),
        **found,
        **{name: bundles(case, least, most) for name, most in sizes.items()},
    }


def _result(case: Case, tours: Mapping[str, Tour], messages: int) -> Result:
    assert sorted(task for tour in tours.values() for task in tour) == sorted(case.tasks)
    return Result(cost=sum(case.price(robot, tour) for robot, tour in tours.items()), messages=messages)


def compare(seeds: int) -> dict[str, dict[str, float]]:
    """By mechanism, over the seeds from 0 on: mean and worst team cost over the optimum, mean messages."""
    results = [measure(draw(seed)) for seed in range(seeds)]
    table = {}
    for name in results[0]:
        ratios = [result[name].cost / result["optimum"].cost for result in results]
        table[name] = {
            "mean_over_optimum": round(statistics.fmean(ratios), 4),
            "worst_over_optimum": round(max(ratios), 4),
            "messages": round(statistics.fmean(result[name].messages for result in results), 1),
        }
    return table


def main() -> None:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description="Mechanisms of the auction against the optimum, 3 robots x 8 tasks.")
    parser.add_argument("--seeds", type=int, default=100, help="how many cases (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    if args.seeds < 1:
        parser.error(f"--seeds is {args.seeds}: give at least 1")
    table = compare(args.seeds)
    if args.json:
        print(json.dumps({"seeds": args.seeds, "mechanisms": table}))
        return
    print(f"{'mechanism':32} {'mean':>7} {'worst':>7} {'messages':>9}")
    for name, row in table.items():
        mean, worst = row["mean_over_optimum"], row["worst_over_optimum"]
        print(f"{name:32} {mean:7.3f} {worst:7.3f} {row['messages']:9.1f}")


if __name__ == "__main__":
    main()
