"""What must hold on a road where nothing is under way any more: legal platoons, and everybody drives on in its lane."""

from __future__ import annotations

from collections.abc import Iterator

from caravan_cli.platoon_bench.highway import WIDTH, Highway

IN_LANE = 1.0
"""Whose middle is off that of its lane by more (m) is not in it."""
MOVES = 0.5
"""Who drives less than this part of what it may is stuck..."""
FREE = 50.0
"""...unless one that lives is nearer ahead of it than this (m) and no faster: trucks do not overtake to be faster."""


def amiss(road: Highway) -> list[str]:
    """What is not well now with those who live and are on the road, in words."""
    names = [name for name in sorted(road.alive - road.hung) if road.on_road(name)]
    return [fault for name in names for fault in _amiss(road, name)]


def _amiss(road: Highway, name: str) -> Iterator[str]:
    vehicle, body = road.drives[name].vehicle, road.bodies[name]
    roster = vehicle.membership.roster
    for other in roster.order:
        if other not in road.alive:
            yield f"{name} is in a platoon with {other}, which is gone"
        elif road.drives[other].vehicle.membership.roster != roster:
            yield f"{name} and {other} do not agree on their platoon"
    before, ahead = roster.before(name), road.ahead_of(name, WIDTH)
    if before is not None and (ahead is None or ahead[0] != before):
        yield f"{name} should drive behind {before}, and drives behind {ahead[0] if ahead else 'nobody'}"
    if abs(body.offset) > IN_LANE:
        yield f"{name} has not come back to its lane"
    held_up = (
        ahead is not None
        and ahead[1] < FREE
        and ahead[0] in road.alive
        and road.bodies[ahead[0]].speed < body.speed + 1.0
    )
    if body.speed < MOVES * vehicle.speed and not held_up:
        yield f"{name} hardly moves: {road.drives[name].note()}"
