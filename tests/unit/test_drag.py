"""Congestion as a robot meets it."""

from __future__ import annotations

import pytest

from caravan.actors.floor.drag import Drag


def alone(place: str) -> float:
    """Every drive takes ten seconds."""
    return 10.0


def driven(seconds: float) -> Drag:
    """A robot that has driven to a place for so long."""
    drag = Drag()
    drag.follow("dock_1", False, alone, 100.0)
    drag.follow("dock_1", False, alone, 101.0)
    drag.follow("dock_1", True, alone, 100.0 + seconds)
    return drag


def test_a_drive_as_long_as_alone_leaves_no_trace() -> None:
    assert driven(14.0).factor(200.0) == 1.0


def test_a_longer_drive_counts_and_is_forgotten() -> None:
    drag = driven(30.0)
    assert drag.factor(130.0) == pytest.approx(1.3)
    assert drag.factor(250.0) == pytest.approx(1.15)


def test_a_drive_that_was_broken_off_says_nothing() -> None:
    drag = Drag()
    drag.follow("dock_1", False, alone, 100.0)
    drag.follow(None, False, alone, 110.0)
    drag.follow("dock_1", True, alone, 190.0)
    assert drag.factor(190.0) == 1.0
