"""What a picture of a drive makes of places: laps, speeds and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from caravan.adapters.road_picture import Ride, gap, ride
from caravan.model.geometry import Pose
from caravan.model.road import Road, arc, straight
from caravan.model.site import Robot

ROAD = Road(
    start=Pose(0.0, 0.0, 0.0),
    segments=(straight(200.0), arc(50.0, np.pi), straight(200.0), arc(50.0, np.pi)),
    closed=True,
)
TIME = np.arange(0.0, 60.0, 0.5)
SPEED = 20.0


def driven(start: float, offset: float = 0.0) -> Ride:
    """A vehicle that drives at `SPEED` from `start` on, more than one lap."""
    path = []
    for at in np.arange(0.0, 60.0, 0.3):
        pose = ROAD.pose(start + SPEED * at, offset)
        path.append((float(at), pose.x, pose.y))
    return ride(ROAD, path, TIME)


def test_places_grow_from_lap_to_lap_and_speeds_are_even() -> None:
    found = driven(100.0)
    there = found.there
    assert there.sum() > 100
    assert found.s[there] == pytest.approx((100.0 + SPEED * TIME)[there], abs=1.0)
    assert found.speed[there] == pytest.approx(SPEED, abs=0.5)


def test_a_gap_is_to_the_rear_of_the_next_in_the_own_lane_and_over_the_end_of_the_lap() -> None:
    robots = {name: Robot(id=name, length=10.0) for name in "abc"}
    rides = {"a": driven(5.0), "b": driven(ROAD.length - 25.0), "c": driven(ROAD.length - 10.0, ROAD.lane_width)}
    behind = gap("b", rides, robots, ROAD)
    there = rides["b"].there & rides["a"].there
    assert behind[there] == pytest.approx(20.0, abs=1.0)
    assert np.isnan(gap("a", rides, robots, ROAD)).all(), "the next ahead of it is most of a lap away"
