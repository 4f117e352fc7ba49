"""The promises under faults: a whole fleet in virtual time lives through stories of chaos, each from one seed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.actors.house.auction_house import HouseSettings
from caravan.adapters.site_file import read_site
from caravan.chaos.laws import LAWS
from caravan.chaos.live import live
from caravan.chaos.shrink import shrink
from caravan.chaos.story import Fault, FaultKind, Story, Wish, story, story_from_json, story_to_json
from caravan.fleet import FleetSettings
from caravan.sim.radio import RadioSettings
from tests.support.cli import caravan

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
STORIES = Path(__file__).parent / "stories"
HASTY = FleetSettings(house=HouseSettings(patience=0.6))
CUTS = tuple(Fault(kind=FaultKind.CUT, who=f"carrier_{k}", at=5.0 * k, span=3.0) for k in (1, 2, 3))
DRUM = Wish(kind="deliver", item="drum", places=("dock_2", "packing"))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_no_story_breaks_a_law(first: int) -> None:
    broken = {seed: live(story(seed, SITE), SITE).violations for seed in range(first, first + 20)}
    assert not {seed: found for seed, found in broken.items() if found}


@pytest.mark.parametrize("name", sorted(path.stem for path in STORIES.glob("*.json")))
def test_a_story_that_once_broke_a_law_breaks_none(name: str) -> None:
    told = story_from_json(json.loads((STORIES / f"{name}.json").read_text(encoding="utf-8")))
    assert not live(told, SITE).violations


def test_a_story_without_faults_has_its_goals_done() -> None:
    verdict = live(Story(seed=1, wishes=(DRUM, replace(DRUM, kind="then", item=None, at=2.0))), SITE)
    assert not verdict.violations
    assert verdict.events > 10


def test_the_same_seed_gives_the_same_trace() -> None:
    told = story(3, SITE)
    one, other = live(told, SITE), live(told, SITE)
    assert one == other
    assert live(replace(told, seed=4), SITE).trace != one.trace


def test_the_same_seeds_give_the_same_trace_in_another_process() -> None:
    traces = set()
    for hashing in ("1", "2"):
        command = ("chaos", "--seeds", "3", "--first", "5", "--json")
        ran = caravan(*command, PYTHONHASHSEED=hashing)
        assert ran.returncode == 0, ran.stderr
        traces.add(json.loads(ran.stdout)["trace"])
    assert len(traces) == 1


def test_a_story_outlives_json() -> None:
    for seed in range(50):
        told = story(seed, SITE)
        assert story_from_json(json.loads(json.dumps(story_to_json(told)))) == told


def test_a_house_that_is_too_quick_to_bury_its_robots_is_caught_and_the_story_shrunk() -> None:
    told = Story(seed=1, wishes=(DRUM,), faults=CUTS, radio=RadioSettings(loss=0.3))
    broken = live(told, SITE, HASTY).violations
    assert broken
    assert broken[0].law in LAWS

    def breaks(smaller: Story) -> bool:
        return any(v.law == broken[0].law for v in live(smaller, SITE, HASTY).violations)

    small = shrink(told, breaks, tries=20)
    assert len(small.faults) < len(told.faults)
    assert breaks(small)
