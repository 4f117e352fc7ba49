"""A lane that is slower than the robot is driven at the lane's speed, and the way past it is priced by it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from caravan.adapters.site_file import read_site
from caravan.fleet import Fleet
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
SLOW = 0.4


def test_no_robot_is_faster_than_its_lane() -> None:
    site = read_site(SITE)
    lanes = tuple(replace(lane, speed=SLOW) for lane in site.roadmap.lanes)
    site = replace(site, roadmap=replace(site.roadmap, lanes=lanes))
    with Fleet(site, reader=by_heart, robots=1) as fleet:
        fleet.say("Go to dock 4.")
        assert fleet.run()
        (path,) = fleet.paths.values()
    speeds = [((c - a) ** 2 + (d - b) ** 2) ** 0.5 / (t - s) for (s, a, b), (t, c, d) in pairwise(path)]
    assert 0.9 * SLOW < max(speeds) < 1.05 * SLOW
