"""The consensus-based bundle algorithm: it ends, in agreement, well, on any connected graph and over lossy radio."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.auction.mechanisms.agreement import Agreement, agree
from caravan.auction.mechanisms.cbba import Member, Score, build, hear, member, say
from caravan.model.claims import Claims

Links = dict[str, set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Robots, who hears whom, and how many tasks there are."""

    robots: tuple[str, ...]
    links: Links
    tasks: tuple[str, ...]
    capacity: int
    rng: random.Random

    @property
    def members(self) -> list[Member]:
        """All of them before anything was said."""
        return [member(robot, self.tasks, self.capacity) for robot in self.robots]

    @property
    def bound(self) -> int:
        """Choi, Brunet & How (2009): rounds of an exchange without loss."""
        return min(len(self.tasks), len(self.robots) * self.capacity) * diameter(self.links)


def diameter(links: Links) -> int:
    """The longest of the shortest ways between two robots."""
    return max(max(hops(links, robot).values()) for robot in links)


def hops(links: Links, start: str) -> dict[str, int]:
    """How far each robot is."""
    found, open_ = {start: 0}, deque([start])
    while open_:
        here = open_.popleft()
        for there in links[here] - found.keys():
            found[there] = found[here] + 1
            open_.append(there)
    return found


@st.composite
def teams(draw: st.DrawFn, *, most_robots: int = 6, most_tasks: int = 7, spare: bool = False) -> Team:
    """1 to 6 robots on a random connected graph: a random tree and some links more."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    robots = tuple(f"r{i}" for i in range(draw(st.integers(1, most_robots))))
    tasks = tuple(f"t{i}" for i in range(draw(st.integers(0, most_tasks))))
    links: Links = {robot: set() for robot in robots}
    tree = [(robots[i], robots[rng.randrange(i)]) for i in range(1, len(robots))]
    more = [(a, b) for a, b in product(robots, robots) if a < b and rng.random() < 0.2]
    for a, b in [*tree, *more]:
        links[a].add(b)
        links[b].add(a)
    capacity = len(tasks) if spare else draw(st.integers(0, 4))
    return Team(robots=robots, links=links, tasks=tasks, capacity=capacity, rng=rng)


def diminishing(rng: random.Random, tasks: tuple[str, ...]) -> Score:
    """The weight of all things that the tasks of a path reach: what is reached twice counts once (submodular)."""
    weights = [rng.uniform(1.0, 10.0) for _ in range(8)]
    reach = {task: {i for i in range(8) if rng.random() < 0.4} for task in tasks}
    own = {task: rng.uniform(0.1, 1.0) for task in tasks}

    def score(path: tuple[str, ...]) -> float:
        reached = sorted(set().union(*(reach[task] for task in path)))
        return sum(weights[i] for i in reached) + sum(own[task] for task in sorted(path))

    return score


def additive(rng: random.Random, tasks: tuple[str, ...]) -> Score:
    """Each task its own worth."""
    worth = {task: rng.uniform(0.0, 10.0) for task in tasks}
    return lambda path: sum(worth[task] for task in path)


def whimsical(rng: random.Random, tasks: tuple[str, ...]) -> Score:
    """No rule at all: any path any worth, few values so that many tie, some paths impossible."""
    seed = rng.random()

    def score(path: tuple[str, ...]) -> float | None:
        return 0.0 if not path else random.Random(f"{seed} {path}").choice([None, -5.0, 1.0, 2.0, 3.0, 20.0])

    return score


Kind = Callable[[random.Random, tuple[str, ...]], Score]


def scores_of(team: Team, kind: Kind) -> dict[str, Score]:
    """A score of its own for each robot."""
    return {robot: kind(team.rng, team.tasks) for robot in team.robots}


def check_agreed(team: Team, result: Agreement) -> None:
    """No task twice, nobody above capacity, and all know the winners."""
    assert result.settled
    done = [task for path in result.paths.values() for task in path]
    assert len(set(done)) == len(done)
    for robot, state in result.members.items():
        assert sorted(state.bundle) == sorted(state.path)
        assert len(state.path) <= team.capacity
        assert {task for task, belief in state.beliefs.items() if belief.winner == robot} == set(state.path)
        assert state.beliefs == result.members[team.robots[0]].beliefs


@given(teams())
def test_it_agrees_within_the_rounds_of_the_paper_where_gains_diminish(team: Team) -> None:
    result = agree(team.members, scores_of(team, diminishing), team.links, limit=team.bound + 1)
    check_agreed(team, result)
    assert result.rounds <= team.bound


@given(teams(), st.sampled_from([additive, whimsical]))
def test_it_agrees_whatever_the_scores(team: Team, kind: Kind) -> None:
    check_agreed(team, agree(team.members, scores_of(team, kind), team.links, limit=2 * team.bound + 2))


@given(teams(spare=True))
def test_every_task_is_done_where_capacity_allows(team: Team) -> None:
    result = agree(team.members, scores_of(team, diminishing), team.links, limit=team.bound + 1)
    assert sorted(task for path in result.paths.values() for task in path) == sorted(team.tasks)


@given(teams(), st.sampled_from([diminishing, additive, whimsical]), st.floats(0.1, 0.7))
def test_it_agrees_over_lossy_links(team: Team, kind: Kind, loss: float) -> None:
    arrives: Callable[[int, str, str], bool] = lambda number, sender, receiver: team.rng.random() > loss  # noqa: E731
    check_agreed(team, agree(team.members, scores_of(team, kind), team.links, limit=500, arrives=arrives))


@given(teams(), st.sampled_from([diminishing, whimsical]))
def test_late_doubled_and_reordered_messages_do_no_harm(team: Team, kind: Kind) -> None:
    scores, states = scores_of(team, kind), {state.robot: state for state in team.members}
    post: list[tuple[str, Claims]] = []
    for _ in range(60 * len(team.robots)):
        robot = team.rng.choice(team.robots)
        states[robot], claims = say(build(states[robot], scores[robot]))
        post += [(receiver, claims) for receiver in team.links[robot]]
        for receiver, old in team.rng.sample(post[-30:], min(len(post), 3)):
            states[receiver] = hear(states[receiver], old)
    check_agreed(team, agree(list(states.values()), scores, team.links, limit=2 * team.bound + 2))


def best_total(team: Team, scores: Mapping[str, Score]) -> float:
    """The greatest total score, by trying all ways to hand out the tasks (or to leave them); order must not matter."""
    best = 0.0
    for way in product([None, *team.robots], repeat=len(team.tasks)):
        paths = {r: tuple(t for t, owner in zip(team.tasks, way, strict=True) if owner == r) for r in team.robots}
        if all(len(path) <= team.capacity for path in paths.values()):
            best = max(best, sum(scores[robot](path) or 0.0 for robot, path in paths.items()))
    return best


def check_half(team: Team, kind: Kind) -> None:
    """At least half the greatest total score."""
    scores = scores_of(team, kind)
    result = agree(team.members, scores, team.links, limit=team.bound + 1)
    total = sum(scores[robot](path) or 0.0 for robot, path in result.paths.items())
    assert result.settled and total >= 0.5 * best_total(team, scores) - 1e-9


@given(teams(most_robots=3, most_tasks=4, spare=True))
def test_it_reaches_half_the_optimum_where_gains_diminish(team: Team) -> None:
    check_half(team, diminishing)


@given(teams(most_robots=3, most_tasks=4))
def test_it_reaches_half_the_optimum_of_additive_scores_under_tight_capacities(team: Team) -> None:
    check_half(team, additive)


@given(teams())
def test_it_ends_where_the_sequential_greedy_auction_ends(team: Team) -> None:
    scores = scores_of(team, diminishing)
    greedy: dict[str, tuple[str, ...]] = dict.fromkeys(team.robots, ())
    left = set(team.tasks)
    while open_ := [(r, t) for r, path in greedy.items() if len(path) < team.capacity for t in left]:
        gains = {(r, t): (scores[r]((*greedy[r], t)) or 0.0) - (scores[r](greedy[r]) or 0.0) for r, t in open_}
        robot, task = max(open_, key=lambda pair: gains[pair])
        greedy[robot] = (*greedy[robot], task)
        left.remove(task)
    result = agree(team.members, scores, team.links, limit=team.bound + 1)
    assert {r: set(path) for r, path in result.paths.items()} == {r: set(path) for r, path in greedy.items()}


def test_robots_that_never_hear_each_other_both_take_the_task() -> None:
    apart = [member("r0", ["t"], 1), member("r1", ["t"], 1)]
    value: Score = lambda path: float(len(path))  # noqa: E731
    result = agree(apart, {"r0": value, "r1": value}, {"r0": [], "r1": []}, limit=20)
    assert (result.settled, result.paths) == (False, {"r0": ("t",), "r1": ("t",)})


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_an_absurd_score_is_named(bad: float) -> None:
    with pytest.raises(ValueError, match="robot r0 scores the path t as"):
        build(member("r0", ["t"], 1), lambda path: bad if path else 0.0)
