"""What a vehicle does not believe, and that it stays in its safe state whatever it is told."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.platoon import Beat, Kind, Manoeuvre, Roster, Settled, Step, Wish, epoch_at
from caravan.platoon.manoeuvres.table import Times
from caravan.platoon.manoeuvres.vehicle import Traits, Vehicle
from caravan.platoon.validity import State, flaw, state_flaw

NOW = 100.0
EPOCH = epoch_at(NOW)
STATE = State(
    name="a",
    sequence=7,
    stamp=NOW - 0.1,
    x=500.0,
    speed=20.0,
    acceleration=0.0,
    wanted=0.0,
    offset=0.0,
    length=10.0,
)
BEAT = Beat(
    name="a",
    sequence=7,
    stamp=NOW - 0.1,
    roster=Roster(epoch=EPOCH, writer="a", order=("a", "b"), speed=20.0, headway=0.5),
    brake=8.0,
    top_speed=25.0,
)
BEFORE = replace(BEAT, sequence=6, stamp=NOW - 0.35)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"speed": 400.0}, "from 0 to 60"),
        ({"offset": math.nan}, "from -1000 to 1000 is allowed"),
        ({"length": 0.0}, "from 1 to 40"),
        ({"speed": math.nan}, "from 0 to 60"),
        ({"acceleration": -math.inf}, "from -12 to 6"),
        ({"wanted": math.nan}, "from -12 to 6"),
        ({"x": math.nan}, "not a place"),
        ({"stamp": NOW - 3.0}, "up to 1 s"),
        ({"stamp": NOW + 5.0}, "in the future"),
        ({"stamp": math.nan}, "up to 1 s"),
        ({"sequence": 3}, "number 3 after 6"),
        ({"sequence": 6}, "number 6 after 6"),
        ({"name": "b"}, "somebody else calls itself b"),
        ({"x": 900.0}, "two vehicles have this name"),
    ],
)
def test_a_motion_that_is_not_believed(changes: dict[str, Any], words: str) -> None:
    last = replace(STATE, sequence=6, stamp=NOW - 0.2, x=498.0)
    assert state_flaw(STATE, last, "b", NOW) is None
    assert words in (state_flaw(replace(STATE, **changes), last, "b", NOW) or "")


def roster(**changes: Any) -> dict[str, Any]:
    """A beat with another roster."""
    return {"roster": replace(BEAT.roster, **changes)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (roster(epoch=EPOCH + 1, label="x" * 65), "up to 64 characters"),
        (roster(epoch=EPOCH + 1, speed=math.nan), "from 0 to 60"),
        (roster(epoch=EPOCH + 1, speed=1e4), "from 0 to 60"),
        (roster(epoch=EPOCH + 1, headway=0.0), "from 0.3 to 5"),
        (roster(epoch=0), "no epoch"),
        (roster(epoch=2**63), "no epoch"),
        (roster(epoch=EPOCH + 1101), "from 1 to 101100 is allowed by the clock"),
        (roster(epoch=EPOCH + 1, order=("a", "b", "b")), "each once"),
        (roster(epoch=EPOCH + 1, order=("b", "c")), "not in"),
        (roster(order=("a", "c")), "without a new key"),
        ({"handed": (replace(BEAT.roster, order=()),)}, "1 to 100 vehicles"),
        ({"brake": math.nan}, "brake"),
        ({"top_speed": -1.0}, "top speed"),
        ({"stamp": NOW - 3.0}, "up to 1 s"),
        ({"stamp": NOW + 5.0}, "in the future"),
        ({"sequence": 2}, "number 2 after 6"),
        ({"name": "b"}, "somebody else calls itself b"),
        (
            {
                "manoeuvre": Manoeuvre(
                    leader="c",
                    number=1,
                    kind=Kind.SPLIT,
                    step=Step.OPEN,
                    asker="a",
                    wish=Wish(number=1, kind=Kind.SPLIT),
                )
            },
            "speaks for c",
        ),
    ],
)
def test_a_beat_that_is_not_believed(changes: dict[str, Any], words: str) -> None:
    assert flaw(BEAT, BEFORE, "b", NOW, stale=1.0, ahead=0.1) is None
    assert words in (flaw(replace(BEAT, **changes), BEFORE, "b", NOW, stale=1.0, ahead=0.1) or "")


def test_one_that_was_silent_for_long_may_count_anew() -> None:
    old = replace(BEFORE, sequence=900, stamp=NOW - 10.0)
    assert flaw(replace(BEAT, sequence=1), old, "b", NOW, stale=1.0, ahead=0.1) is None


def member() -> Vehicle:
    """v, which has been in the platoon of a for a while."""
    vehicle = Vehicle("v", Traits(brake=7.0, top_speed=25.0), Times(), now=NOW - 1.0)
    assert vehicle.ask(Kind.JOIN, NOW - 1.0, target="a") is None
    order = ("a", "b", "v", "w")
    said = replace(BEAT, roster=replace(BEAT.roster, order=order))
    vehicle.hear(said, NOW)
    vehicle.sense("b", True)
    assert vehicle.membership.roster.order == order
    return vehicle


def test_a_second_leader_is_not_obeyed() -> None:
    vehicle = member()
    mine = vehicle.membership.roster
    theirs = Roster(epoch=EPOCH + 50, writer="x", order=("x", "v"), speed=60.0, headway=0.3)
    vehicle.hear(replace(BEAT, name="x", roster=theirs), NOW)
    behind = Roster(epoch=EPOCH + 60, writer="w", order=("w", "v"), speed=60.0, headway=0.3)
    vehicle.hear(replace(BEAT, name="w", roster=behind), NOW)
    assert vehicle.membership.roster == mine


def test_the_next_in_line_is_obeyed_only_when_the_leader_is_silent() -> None:
    vehicle = member()
    mine = vehicle.membership.roster
    theirs = Roster(epoch=EPOCH + 9, writer="b", order=("b", "v", "w"), speed=20.0, headway=0.5)
    vehicle.hear(replace(BEAT, name="b", sequence=1, roster=theirs), NOW)
    assert vehicle.membership.roster == mine
    vehicle.hear(replace(BEAT, name="b", sequence=2, stamp=NOW + 2.0, roster=theirs), NOW + 2.0)
    assert vehicle.membership.roster == theirs


def test_why_something_is_not_believed_is_told() -> None:
    vehicle = member()
    assert "calls itself v" in (vehicle.hear(replace(BEAT, name="v"), NOW) or "")
    assert "up to" in (vehicle.hear(replace(BEAT, sequence=9, stamp=math.nan), NOW) or "")


names = st.sampled_from(["a", "b", "v", "w", "x"])
numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0.3, 30.0)
rosters = st.builds(
    Roster,
    epoch=st.integers(-2, 2**63) | st.integers(EPOCH - 1000, EPOCH + 2000),
    writer=names,
    order=st.lists(names, min_size=1, max_size=5).map(tuple),
    speed=numbers,
    headway=numbers,
)
wishes = st.builds(Wish, number=st.integers(0, 3), kind=st.sampled_from(Kind), target=names)
manoeuvres = st.builds(
    Manoeuvre,
    leader=names,
    number=st.integers(0, 3),
    kind=st.sampled_from(Kind),
    step=st.sampled_from(Step),
    asker=names,
    wish=wishes,
    actors=st.lists(names, max_size=3).map(tuple),
    wide=st.lists(names, max_size=3).map(tuple),
)
beats = st.builds(
    Beat,
    name=names,
    sequence=st.integers(0, 40),
    stamp=st.floats(NOW - 2.0, NOW + 12.0) | numbers,
    roster=rosters,
    handed=st.lists(rosters, max_size=1).map(tuple),
    wish=st.none() | wishes,
    manoeuvre=st.none() | manoeuvres,
    settled=st.lists(
        st.builds(Settled, asker=names, number=st.integers(0, 3), step=st.sampled_from(Step)), max_size=2
    ).map(tuple),
    in_lane=st.booleans(),
    brake=numbers,
    top_speed=numbers,
)


@settings(max_examples=60)
@given(story=st.lists(beats, max_size=25))
def test_whatever_it_is_told_a_vehicle_stays_in_its_safe_state(story: list[Beat]) -> None:
    vehicle, now = member(), NOW
    for beat in story:
        before = vehicle.membership.roster
        now += 0.25
        vehicle.hear(beat, now)
        said = vehicle.tick(now)
        after = said.roster
        assert "v" in after.order and len(set(after.order)) == len(after.order)
        assert after == before or after.key > before.key
        assert 0.0 <= vehicle.speed <= 25.0
        front = vehicle.front(now)
        if front is not None:
            heard = vehicle.membership.heard[front]
            assert heard.roster.key == after.key and now - heard.stamp <= 1.0 and front == after.before("v") == "b"
