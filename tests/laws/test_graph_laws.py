"""Tasks that robots share, that repeat and that overtake, under the faults and radios of chaos."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.adapters.site_file import read_site
from caravan.auction import ledger
from caravan.chaos.live import live
from caravan.chaos.story import FaultKind, Story, Wish, story
from caravan.model.goal import Goal

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
PLACES = ("dock_1", "dock_4", "cold_store", "staging", "aisle_b")
BOTH = Wish(kind="both", places=("cold_store",))


def crowded(seed: int) -> Story:
    """The faults and the radio of a seed's story, but two shared tasks, one that repeats and one that overtakes."""
    rng = random.Random(seed)
    told = story(seed, SITE)
    kinds = ("both", "again", "both", "urgent")
    wishes = tuple(Wish(kind=k, places=(rng.choice(PLACES),), at=round(rng.uniform(0.0, 20.0), 1)) for k in kinds)
    lies = {fault for fault in told.faults if fault.kind is FaultKind.LIAR}
    return replace(told, wishes=wishes, faults=tuple(f for f in told.faults if f not in lies))


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 17])
def test_no_story_of_a_task_graph_breaks_a_law(seed: int) -> None:
    assert not live(crowded(seed), SITE).violations


def test_a_house_that_lets_one_begin_before_the_other_is_there_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def activate(*arguments: object) -> Goal:
        goal: Goal = original(*arguments)  # type: ignore[arg-type]
        return replace(goal, tasks=tuple(replace(t, begun=True) for t in goal.tasks))

    original = ledger.activate
    monkeypatch.setattr(ledger, "activate", activate)
    broken = live(Story(seed=1, wishes=(BOTH,)), SITE).violations
    assert {v.law for v in broken} == {"together"}
