"""A batch of tasks, at most one to a robot: the optimal assignment, and the greedy one it is compared with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import numpy as np
from scipy.optimize import linear_sum_assignment

from caravan.auction.mechanisms.checks import check_amount, check_distinct, check_known

Costs = Mapping[str, Mapping[str, float | None]]
"""costs[robot][task]; None, or left out, where the robot declines."""


class Match(Protocol):
    """Hands out a batch of tasks."""

    def __call__(self, tasks: Collection[str], costs: Costs) -> dict[str, str]:
        """The robot of each task that has one, by task: no robot twice, none that declined.

        Raises ValueError for absurd costs, unknown tasks and tasks that are offered twice.
        """


def assign(tasks: Collection[str], costs: Costs) -> dict[str, str]:
    """As many tasks as can be, then the least total cost: min sum c_ij x_ij, each row and column of x at most once.

    The Hungarian method (Kuhn 1955; Crouse 2016 for rectangles). A cell that a robot declines costs more than any
    assignment without one, k + 1 of the dearest cost for k pairs, and is taken out afterwards.
    """
    prices = _prices(tasks, costs)
    if not prices:
        return {}
    robots, columns = sorted({robot for robot, _ in prices}), sorted(tasks)
    scale = max(prices.values()) or 1.0
    declined = min(len(robots), len(columns)) + 1.0
    matrix = np.array([[prices[r, t] / scale if (r, t) in prices else declined for t in columns] for r in robots])
    pairs = [(robots[row], columns[column]) for row, column in zip(*linear_sum_assignment(matrix), strict=True)]
    return {task: robot for robot, task in pairs if (robot, task) in prices}


def lowest_pair(tasks: Collection[str], costs: Costs) -> dict[str, str]:
    """One task only, the one with the lowest bid of all: a round of the sequential single-item auction (Koenig et al.
    2006). A tie goes to the first robot, then to the first task, by name."""
    prices = _prices(tasks, costs)
    if not prices:
        return {}
    robot, task = min(prices, key=lambda pair: (prices[pair], pair))
    return {task: robot}


def _prices(tasks: Collection[str], costs: Costs) -> dict[tuple[str, str], float]:
    """What is not declined, by robot and task."""
    check_distinct("task", tasks)
    prices = {}
    for robot, row in costs.items():
        check_known(f"task, which robot {robot} bids for:", row, tasks)
        for task, cost in row.items():
            if cost is not None:
                check_amount(f"the cost of task {task} for robot {robot}", cost)
                prices[robot, task] = cost
    return prices
