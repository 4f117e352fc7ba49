"""The two sides of an intersection: when a truck goes, and what the controller gives, takes back and minds."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from caravan.actors.house.crossing_control import LISTEN, SKEW, CrossingControl
from caravan.actors.road.crossing import Crossing
from caravan.model.crossing import LEASE, Approach, Slot, Slots
from caravan.platoon.intersection.ways import ways_of
from tests.support.crossing import EAST, SOUTH, WEST, trucks

SITE = trucks((WEST, 50.0), (SOUTH, 60.0), (EAST, 90.0), (SOUTH, 90.0))
WAYS = ways_of(SITE)
assert WAYS is not None
NEEDED = 10.0


def said(name: str, along: float, now: float, **changes: object) -> Approach:
    """What a truck says that goes straight on."""
    word = Approach(
        name=name,
        sequence=int(now * 1000.0),
        stamp=now,
        exit="",
        along=along,
        speed=0.0,
        length=10.0,
        platoon=(name,),
        bid=1.0,
        inside=False,
    )
    return replace(word, **changes)  # type: ignore[arg-type]


def told(now: float, *slots: tuple[str, bool], term: int = 1) -> Slots:
    """A list of slots straight on."""
    named = tuple(Slot(vehicles=(name,), exit="", valid=valid) for name, valid in slots)
    return Slots(node="auction", term=term, stamp=now, slots=named)


def side() -> Crossing:
    """That of t1, which comes from the west."""
    assert WAYS is not None
    return Crossing(SITE.robots["t1"], 10.0, SITE, WAYS)


def goes(crossing: Crossing, now: float) -> bool:
    """Whether it goes where it could just stop."""
    crossing.look(-NEEDED, "", NEEDED, now)
    return crossing.inside


# -- the truck ------------------------------------------------------------------------------------------------------


def test_it_goes_with_a_slot_and_stops_without() -> None:
    crossing = side()
    assert not goes(crossing, 10.0)
    assert crossing.line == NEEDED and crossing.pace < 5.0
    assert crossing.hear(told(10.0, ("t1", True)), 10.0) is None
    assert goes(crossing, 10.1)
    assert math.isinf(crossing.line) and math.isinf(crossing.pace)


@pytest.mark.parametrize(
    ("slots", "now"),
    [
        (told(10.0, ("t1", True)), 10.05 + LEASE),
        (told(10.0, ("t1", False)), 10.1),
        (told(10.0, ("t3", True)), 10.1),
        (replace(told(10.0, ("t1", True)), slots=(Slot(vehicles=("t1",), exit="north", valid=True),)), 10.1),
    ],
    ids=["run out", "taken back", "another's", "another way"],
)
def test_a_slot_that_does_not_count_is_none(slots: Slots, now: float) -> None:
    crossing = side()
    crossing.hear(slots, 10.0)
    assert not goes(crossing, now)


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("along", "inside", "may"), [(-30.0, False, False), (-5.0, True, False), (15.0, True, False), (45.0, True, True)]
)
def test_it_waits_for_those_before_it_and_for_those_in_the_box(
    along: float, inside: bool, may: bool, listed: bool
) -> None:
    crossing = side()
    crossing.hear(said("t2", along, 10.0, inside=inside), 10.0)
    crossing.hear(told(10.0, *([("t2", True)] if listed else []), ("t1", True)), 10.0)
    assert goes(crossing, 10.1) == (may or not (listed or inside))


def test_it_waits_for_one_before_it_of_whom_it_never_heard_but_not_for_one_behind_it() -> None:
    crossing = side()
    crossing.hear(told(10.0, ("t2", True), ("t1", True)), 10.0)
    assert not goes(crossing, 10.1)
    crossing.hear(told(10.2, ("t1", True), ("t2", True)), 10.2)
    assert goes(crossing, 10.3)


def test_a_slot_taken_back_from_another_is_waited_for_and_an_older_leader_is_not_heeded() -> None:
    crossing = side()
    crossing.hear(said("t2", -5.0, 10.0), 10.0)
    crossing.hear(told(10.0, ("t2", False), ("t1", True), term=2), 10.0)
    crossing.hear(told(10.1, ("t1", True), term=1), 10.1)
    assert not goes(crossing, 10.2)


def test_the_slot_is_looked_at_until_it_can_no_longer_stop() -> None:
    crossing = side()
    crossing.hear(told(10.0, ("t1", True)), 10.0)
    crossing.look(-2.0 * NEEDED, "", NEEDED, 10.1)
    assert math.isinf(crossing.pace) and not crossing.inside
    crossing.look(-2.0 * NEEDED, "", NEEDED, 10.2 + LEASE)
    assert crossing.line == 2.0 * NEEDED


@pytest.mark.parametrize(
    ("word", "flaw"),
    [
        (said("t1", 0.0, 10.0), "somebody else calls itself t1"),
        (said("t2", math.nan, 10.0), "along is nan"),
        (said("t2", 0.0, 8.0), "said 2.00 s ago"),
        (said("t2", 0.0, 10.0, exit="moon"), "no ramp leads from its road to 'moon'"),
        (said("ghost", 0.0, 10.0), "ghost is no vehicle of this site"),
        (said("t2", 0.0, 10.0, platoon=("t3",)), "in a platoon that it is not in"),
        (told(8.0, ("t1", True)), "slots of 2.00 s ago"),
        (told(11.0, ("t1", True)), "slots of -1.00 s ago"),
    ],
)
def test_what_cannot_be_is_not_believed(word: Approach | Slots, flaw: str) -> None:
    crossing = side()
    assert flaw in (crossing.hear(word, 10.0) or "")
    assert not goes(crossing, 10.0)


# -- the controller -------------------------------------------------------------------------------------------------


class Desk:
    """A controller that leads, and what it hears ten times a second."""

    def __init__(self) -> None:
        assert WAYS is not None
        self.control, self.now = CrossingControl("auction", SITE, WAYS), 100.0
        self.words: dict[str, dict[str, object]] = {}
        self.told = told(0.0)

    def say(self, name: str, along: float, **changes: object) -> None:
        """From now on a truck says this."""
        self.words[name] = {"along": along, **changes}

    def passes(self, seconds: float, term: int = 1) -> None:
        """Time goes by."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.1
            for name, word in self.words.items():
                assert self.control.hear(said(name, now=self.now, **word), self.now) is None  # type: ignore[arg-type]
            self.told = self.control.tick(self.now, term) or self.told

    def held(self) -> dict[str, bool]:
        """Who is listed, and whether it may go."""
        return {name: slot.valid for slot in self.told.slots for name in slot.vehicles}


def test_who_leads_listens_first_and_then_gives_slots() -> None:
    desk = Desk()
    desk.say("t1", -20.0)
    desk.passes(LISTEN - 0.2)
    assert desk.told.stamp == 0.0
    desk.passes(1.0)
    assert desk.held() == {"t1": True}


def test_two_that_cross_have_slots_one_after_the_other() -> None:
    desk = Desk()
    desk.say("t1", -5.0)
    desk.say("t2", -5.0)
    desk.passes(LISTEN + 1.0)
    first, second = ("t1", "t2") if "t1" in desk.held() else ("t2", "t1")
    assert desk.held() == {first: True}
    desk.say(first, 24.0, inside=True)
    desk.passes(1.0)
    desk.say(first, 52.0)
    desk.passes(1.0)
    assert desk.held() == {second: True}


def test_a_slot_for_another_way_is_taken_back_and_stands_until_nobody_can_have_used_it() -> None:
    desk = Desk()
    desk.say("t1", -5.0)
    desk.passes(LISTEN + 0.6)
    assert desk.held() == {"t1": True}
    desk.say("t1", -5.0, exit="north")
    desk.say("t2", -5.0)
    desk.passes(0.9)
    assert desk.held() == {"t1": False}
    desk.passes(LEASE + SKEW + 0.6)
    assert desk.held() != {"t1": False} and True in desk.held().values()


@pytest.mark.parametrize(("along", "freed"), [(-90.0, True), (-4.0, False)])
def test_the_slot_of_one_who_is_silent_runs_out_unless_it_can_have_gone(along: float, freed: bool) -> None:
    desk = Desk()
    desk.say("t1", along, speed=1.0)
    desk.passes(LISTEN + 0.6)
    assert desk.held() == {"t1": True}
    desk.words.clear()
    desk.say("t2", -5.0)
    desk.passes(8.0)
    assert desk.held() == ({"t2": True} if freed else {"t1": False})
    desk.words.clear()
    desk.say("t1", -3.0)
    desk.passes(1.0)
    assert False not in desk.held().values()


def test_who_is_found_in_the_box_is_waited_for() -> None:
    desk = Desk()
    desk.say("t1", 24.0, inside=True)
    desk.say("t2", -5.0)
    desk.passes(LISTEN + 5.0)
    assert "t2" not in desk.held()
    desk.say("t1", 52.0)
    desk.passes(1.0)
    assert desk.held() == {"t2": True}


def test_a_new_leader_takes_all_it_has_heard_of_for_possibly_gone() -> None:
    desk = Desk()
    desk.say("t1", -4.0)
    desk.say("t2", -5.0)
    desk.passes(0.5)
    del desk.words["t1"]
    desk.passes(LISTEN + 5.0, term=2)
    assert desk.held() == {"t1": False}


def test_a_platoon_is_one_party_and_who_turns_off_is_not_of_it() -> None:
    desk = Desk()
    desk.say("t2", -5.0, platoon=("t2", "t4"))
    desk.say("t4", -25.0, platoon=("t2", "t4"))
    desk.passes(LISTEN + 1.0)
    assert [slot.vehicles for slot in desk.told.slots] == [("t2", "t4")]
    desk = Desk()
    desk.say("t2", -5.0, platoon=("t2", "t4"))
    desk.say("t4", -25.0, platoon=("t2", "t4"), exit="west")
    desk.passes(LISTEN + 1.0)
    assert desk.told.slots[0].vehicles == ("t2",)
