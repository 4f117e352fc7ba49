"""The comparison of the mechanisms: it runs as documented, repeats itself, and knows the optimum."""

from __future__ import annotations

import json
import math
import subprocess
from itertools import permutations, product
from pathlib import Path

import pytest

from bench.mechanisms import Case, draw, measure, optimum, shortest

ROOT = Path(__file__).parents[2]


def by_trying_all(case: Case) -> float:
    """The least that the team drives, over all orders of all ways to hand out the tasks."""
    best = math.inf
    for way in product(case.robots, repeat=len(case.tasks)):
        sets = [[t for t, owner in zip(case.tasks, way, strict=True) if owner == robot] for robot in case.robots]
        tours = zip(case.robots, sets, strict=True)
        best = min(best, sum(min(case.price(r, order) for order in permutations(tasks)) for r, tasks in tours))
    return best


@pytest.mark.parametrize("seed", range(3))
def test_its_optimum_is_the_optimum(seed: int) -> None:
    case = draw(seed, robots=2, tasks=5)
    assert optimum(case, {r: shortest(case, r) for r in case.robots}) == pytest.approx(by_trying_all(case))


def test_no_mechanism_is_better_than_the_optimum_and_bundles_of_any_size_reach_it() -> None:
    results = measure(draw(7))
    best = results["optimum"].cost
    assert all(result.cost >= best - 1e-6 for result in results.values())
    assert results["bundles_of_any_size"].cost == pytest.approx(best)
    assert results["cbba_and_trade"].cost <= results["cbba"].cost
    assert results["single_item"].cost <= 2 * best


def test_it_prints_one_json_object_the_same_each_time() -> None:
    command = ["scripts/run", "python", "bench/mechanisms.py", "--seeds", "2", "--json"]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100) for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    assert runs[0].stdout == runs[1].stdout
    table = json.loads(runs[0].stdout)["mechanisms"]
    assert table["optimum"]["mean_over_optimum"] == 1.0
    assert table["cbba"]["messages"] > 0
