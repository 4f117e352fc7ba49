"""What the parameters of the simulator's node mean, and what they may not be."""

from __future__ import annotations

import re

from caravan.sim.engine import PHYSICS, Physics

MOST_BEAMS = 10_000


def clock_of(text: str) -> float:
    """Seconds since midnight of a time of day "HH:MM". Raises ValueError."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    if match is None:
        raise ValueError(f"parameter 'start_clock': {text!r} is no time of day; write it as HH:MM, like 09:00")
    return int(match[1]) * 3600.0 + int(match[2]) * 60.0


def physics_of(text: str) -> Physics:
    """The way in which bodies move. Raises ValueError."""
    found = next((kind for kind in PHYSICS if kind == text), None)
    if found is None:
        raise ValueError(f"parameter 'physics': {text!r} is not known; take {' or '.join(PHYSICS)}")
    return found


def beams_of(number: int) -> int:
    """The beams of a laser scanner. Raises ValueError."""
    if not 0 <= number <= MOST_BEAMS:
        raise ValueError(f"parameter 'lidar': {number} is no number of beams; give 0 for none, {MOST_BEAMS} at most")
    return number
