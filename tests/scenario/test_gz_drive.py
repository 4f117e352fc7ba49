"""The embedded simulator drives as Gazebo did: held against a drive that was recorded there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.gazebo import deviation, drive_embedded, read_drive
from caravan.sim.engine import Physics

DATA = Path(__file__).parents[1] / "data"


def test_a_scripted_drive_ends_up_where_it_did_in_gazebo(tmp_path: Path) -> None:
    recorded = read_drive(DATA / "gz_drive.csv")
    assert recorded[-1].stamp > 29.5 and len(recorded) > 250
    metres, degrees = deviation(recorded, drive_embedded(tmp_path, [sample.stamp for sample in recorded]))
    assert metres < 0.15 and degrees < 5.0


@pytest.mark.parametrize(("physics", "most"), [("planar", 42.0), ("wheels", 22.0)])
def test_a_scripted_drive_of_a_truck_goes_where_it_did_in_gazebo(tmp_path: Path, physics: Physics, most: float) -> None:
    # On wheels up to where it brakes: the tyres here give in more than those of Gazebo, and it stops later.
    recorded = [sample for sample in read_drive(DATA / "gz_truck.csv") if sample.stamp <= most]
    assert recorded[-1].stamp > most - 0.2 and len(recorded) > 9.9 * most
    stamps = [sample.stamp for sample in recorded]
    metres, degrees = deviation(recorded, drive_embedded(tmp_path, stamps, "truck_1", physics))
    assert metres < 3.0 and degrees < 4.0
