"""The embedded simulator drives as Gazebo did: held against a drive that was recorded there."""

from __future__ import annotations

from pathlib import Path

from bench.gazebo import deviation, drive_embedded, read_drive

RECORDED = Path(__file__).parents[1] / "data" / "gz_drive.csv"


def test_a_scripted_drive_ends_up_where_it_did_in_gazebo(tmp_path: Path) -> None:
    recorded = read_drive(RECORDED)
    assert recorded[-1].stamp > 29.5 and len(recorded) > 250
    metres, degrees = deviation(recorded, drive_embedded(tmp_path, [sample.stamp for sample in recorded]))
    assert metres < 0.15 and degrees < 5.0
