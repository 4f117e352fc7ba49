"""Bids on sets of tasks, and the exact choice of the best of them (combinatorial auction).

    min  sum_b w_b x_b    x_b in {0, 1}
    s.t. sum_{b: j in S_b} x_b <= 1  for each task j        (each task at most once)
         sum_{b: r_b = i}  x_b <= 1  for each robot i       (its bids exclude each other, XOR)

Winner determination by integer programming (Rothkopf, Pekec & Harstad 1998; Andersson, Tenhunen & Ygge 2000), solved
by HiGHS. It is NP-hard: 20 tasks with 2,000 bids take seconds, 30 tasks with 3,000 bids most of a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from caravan.auction.mechanisms.checks import check_amount, check_distinct, check_known

_WEIGHT = 1000.0
"""The largest weight that the solver sees: its absolute tolerance of 1e-6 is then small for any unit of cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleBid:
    """`robot` does all of `tasks`, and nothing else, for `cost`."""

    robot: str
    tasks: frozenset[str]
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The winning bids by robot name, and the tasks that are in none of them."""

    winners: tuple[BundleBid, ...]
    left: tuple[str, ...]

    @property
    def cost(self) -> float:
        """What the winning bids add up to."""
        return sum(bid.cost for bid in self.winners)


def cover(tasks: Collection[str], bids: Collection[BundleBid]) -> Allocation:
    """As many tasks as the bids can cover, then the least cost. Raises ValueError for absurd bids and unknown tasks."""
    check_bids(tasks, bids)
    ordered = _ordered(bids)
    sizes = np.array([len(bid.tasks) for bid in ordered], dtype=float)
    most = sum(len(ordered[i].tasks) for i in _pack(ordered, -sizes))
    chosen = _pack(ordered, np.array([bid.cost for bid in ordered]), at_least=(sizes, most - 0.5))
    return _allocation(tasks, [ordered[i] for i in chosen])


def most_worth(budgets: Mapping[str, float], bids: Collection[BundleBid]) -> Allocation:
    """The bids that leave the buyer and the robots together the most: max sum_b (sum_{j in S_b} budget_j - cost_b) x_b.

    `budgets` is the most that the buyer pays for each task; a task that costs more is left undone. Raises ValueError
    for absurd bids and budgets, and for tasks without a budget.
    """
    for task, budget in budgets.items():
        check_amount(f"the budget of task {task}", budget)
    check_bids(budgets, bids)
    ordered = _ordered(bids)
    chosen = _pack(ordered, np.array([bid.cost - worth(bid, budgets) for bid in ordered]))
    return _allocation(budgets, [ordered[i] for i in chosen])


def worth(bid: BundleBid, budgets: Mapping[str, float]) -> float:
    """What the buyer pays at most for the tasks of a bid."""
    return sum(budgets[task] for task in sorted(bid.tasks))


def check_bids(tasks: Collection[str], bids: Collection[BundleBid]) -> None:
    """Raises ValueError for absurd costs, empty bundles, unknown tasks, and two bids of one robot for one bundle."""
    check_distinct("task", tasks)
    for bid in bids:
        check_amount(f"the cost of {', '.join(sorted(bid.tasks))} for robot {bid.robot}", bid.cost)
        check_known(f"task, which robot {bid.robot} bids for:", bid.tasks, tasks)
        if not bid.tasks:
            raise ValueError(f"robot {bid.robot} bids for no task at all: leave the bid out")
    check_distinct("the bid", [f"of {bid.robot} for {', '.join(sorted(bid.tasks))}" for bid in bids])


def _ordered(bids: Collection[BundleBid]) -> list[BundleBid]:
    """An order of their own, so that all who solve it choose the same where several are best."""
    return sorted(bids, key=lambda bid: (bid.robot, sorted(bid.tasks)))


def _pack(
    bids: Sequence[BundleBid], weights: np.ndarray, at_least: tuple[np.ndarray, float] | None = None
) -> list[int]:
    """Indices of the bids that may win together with the least total weight; `at_least`: (a, l) for a x >= l."""
    scale = np.abs(weights).max(initial=0.0)
    if not bids:
        return []
    constraints = [LinearConstraint(_exclusions(bids), ub=1.0)]
    if at_least is not None:
        constraints.append(LinearConstraint(at_least[0][np.newaxis, :], lb=at_least[1]))
    result = milp(
        weights / (scale or 1.0) * _WEIGHT,
        integrality=np.ones(len(bids)),
        bounds=Bounds(0.0, 1.0),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    if result.x is None:
        raise RuntimeError(f"the choice among {len(bids)} bids was not solved: {result.message}")
    return [int(i) for i in np.flatnonzero(result.x > 0.5)]


def _exclusions(bids: Sequence[BundleBid]) -> csr_array:
    """One row for each task and each robot, one column for each bid: 1 where the bid needs it."""
    rows: dict[tuple[str, str], int] = {}
    cells = []
    for column, bid in enumerate(bids):
        for resource in [("robot", bid.robot), *(("task", task) for task in sorted(bid.tasks))]:
            cells.append((rows.setdefault(resource, len(rows)), column))
    return csr_array((np.ones(len(cells)), tuple(zip(*cells, strict=True))), shape=(len(rows), len(bids)))


def _allocation(tasks: Collection[str], winners: Sequence[BundleBid]) -> Allocation:
    covered = {task for bid in winners for task in bid.tasks}
    return Allocation(winners=tuple(winners), left=tuple(sorted(set(tasks) - covered)))
