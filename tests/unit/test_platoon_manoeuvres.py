"""Manoeuvres on a lane, one at a time: what they lead to, and that they end well whatever is lost and whoever dies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caravan.model.platoon import Ballot, Beat, Kind, Place, Step
from caravan.platoon.manoeuvres.table import ENDS, FIRST, NEXT, Outcome, Times
from caravan.platoon.manoeuvres.vehicle import Traits, Vehicle
from caravan.sim.radio import RadioSettings
from caravan_cli.platoon_bench.trial import STEP, Trial, Trouble

CLEAN = Trouble(deaths=0, radio=RadioSettings(delay_min=0.02, delay_max=0.1))


def lane(vehicles: int = 6, platoon: int = 0) -> Trial:
    """Vehicles in their lane, of which the first so many are a platoon."""
    trial = Trial(1, replace(CLEAN, vehicles=vehicles))
    for number in range(1, platoon):
        assert settle(trial, f"v{number}", Kind.JOIN, target="v0") == Step.DONE
    return trial


def settle(trial: Trial, name: str, kind: Kind, target: str = "", place: Place = Place.BACK) -> Step | None:
    """Has a vehicle wish something, and lets the others follow; how it ended."""
    assert trial.ask(name, kind, target=target, place=place) is None
    run(trial, 60.0, until_settled=name)
    run(trial, 5.0)
    settled = trial.vehicles[name].settled
    assert trial.broken == []
    return settled.step if settled is not None else None


def run(trial: Trial, seconds: float, until_settled: str | None = None) -> None:
    """Lets time pass."""
    for _ in range(round(seconds / STEP)):
        trial.step()
        if until_settled is not None and trial.vehicles[until_settled].wish is None:
            return


def platoons(trial: Trial) -> set[tuple[str, ...]]:
    """The platoons of more than one that the living hold."""
    orders = {trial.vehicles[name].membership.roster.order for name in trial.alive}
    return {order for order in orders if len(order) > 1}


def test_every_step_of_every_manoeuvre_has_an_end() -> None:
    for kind in Kind:
        for outcome in Outcome:
            step, seen = FIRST[kind], 0
            while step not in ENDS:
                step, seen = NEXT[kind, step, outcome], seen + 1
            assert seen <= 4


@pytest.mark.parametrize(
    ("name", "kind", "target", "place", "after"),
    [
        ("v3", Kind.JOIN, "v1", Place.BACK, {("v0", "v1", "v2", "v3")}),
        ("v4", Kind.JOIN, "v0", Place.BEHIND, {("v0", "v4", "v1", "v2")}),
        ("v4", Kind.JOIN, "v2", Place.FRONT, {("v4", "v0", "v1", "v2")}),
        ("v1", Kind.LEAVE, "", Place.BACK, {("v0", "v2")}),
        ("v2", Kind.LEAVE, "", Place.BACK, {("v0", "v1")}),
        ("v0", Kind.LEAVE, "", Place.BACK, {("v1", "v2")}),
        ("v2", Kind.SPLIT, "v0", Place.BACK, {("v1", "v2")}),
        ("v1", Kind.DISSOLVE, "", Place.BACK, set()),
        ("v1", Kind.LEAD, "v2", Place.BACK, {("v2", "v0", "v1")}),
        ("v1", Kind.AGREE, "", Place.BACK, {("v0", "v1", "v2")}),
    ],
)
def test_a_manoeuvre(name: str, kind: Kind, target: str, place: Place, after: set[tuple[str, ...]]) -> None:
    trial = lane(platoon=3)
    assert platoons(trial) == {("v0", "v1", "v2")}
    assert settle(trial, name, kind, target=target, place=place) == Step.DONE
    assert platoons(trial) == after
    assert trial.faults() == []


def test_two_platoons_merge() -> None:
    trial = lane(platoon=2)
    assert settle(trial, "v3", Kind.JOIN, target="v2") == Step.DONE
    assert platoons(trial) == {("v0", "v1"), ("v2", "v3")}
    assert settle(trial, "v2", Kind.JOIN, target="v1") == Step.DONE
    assert platoons(trial) == {("v0", "v1", "v2", "v3")}
    assert trial.faults() == []


def labels(trial: Trial) -> dict[str, str]:
    """By vehicle, the name of the platoon that it holds, where that has one."""
    rosters = {name: vehicle.membership.roster for name, vehicle in trial.vehicles.items()}
    return {name: roster.label for name, roster in rosters.items() if roster.label}


def named(vehicles: int = 6, platoon: int = 4) -> Trial:
    """A lane on which `v0` leads a platoon called convoy."""
    trial = lane(vehicles, platoon)
    trial.vehicles["v0"].call_it("convoy", trial.now)
    run(trial, 5.0)
    assert set(labels(trial).values()) == {"convoy"}
    return trial


def test_a_platoons_name_stays_with_its_front() -> None:
    trial = named(platoon=4)
    assert settle(trial, "v2", Kind.SPLIT, target="v1") == Step.DONE
    assert labels(trial) == {"v0": "convoy", "v1": "convoy"}
    trial.vehicles["v2"].call_it("other", trial.now)
    assert settle(trial, "v2", Kind.JOIN, target="v1") == Step.DONE
    assert labels(trial) == dict.fromkeys(("v0", "v1", "v2", "v3"), "convoy")
    assert settle(trial, "v0", Kind.LEAVE) == Step.DONE
    assert labels(trial) == dict.fromkeys(("v1", "v2", "v3"), "convoy")
    assert settle(trial, "v2", Kind.DISSOLVE) == Step.DONE
    assert labels(trial) == {}


def test_who_leads_on_for_a_dead_leader_keeps_the_name_and_who_is_cut_off_does_not() -> None:
    trial = named(vehicles=5, platoon=5)
    trial.kill("v0")
    run(trial, 8.0)
    assert {name: label for name, label in labels(trial).items() if name != "v0"} == dict.fromkeys(
        ("v1", "v2", "v3", "v4"), "convoy"
    )
    trial.alive.discard("v2")
    run(trial, 8.0)
    alive = {name: label for name, label in labels(trial).items() if name in trial.alive}
    assert alive == {"v1": "convoy"}


def test_a_wish_that_is_taken_back_ends_what_was_begun_for_it() -> None:
    trial = begun(Kind.LEAVE, Step.OPEN)
    trial.vehicles["v2"].take_back()
    run(trial, 5.0)
    assert trial.vehicles["v0"].manoeuvre is None
    assert platoons(trial) == {("v0", "v1", "v2", "v3")}


def test_two_who_wish_to_join_each_other_become_one() -> None:
    trial = lane()
    trial.ask("v0", Kind.JOIN, target="v1")
    trial.ask("v1", Kind.JOIN, target="v0")
    run(trial, 20.0)
    assert platoons(trial) == {("v0", "v1")}
    assert trial.faults() == []


def test_two_requests_at_once_are_done_one_after_the_other() -> None:
    trial = lane(platoon=3)
    trial.ask("v3", Kind.JOIN, target="v0", place=Place.BEHIND)
    trial.ask("v4", Kind.JOIN, target="v0", place=Place.BEHIND)
    run(trial, 40.0)
    assert platoons(trial) in ({("v0", "v3", "v4", "v1", "v2")}, {("v0", "v4", "v3", "v1", "v2")})
    assert trial.faults() == []


def test_when_the_leader_dies_the_next_one_leads_within_four_seconds() -> None:
    trial = lane(platoon=4)
    trial.kill("v0")
    died = trial.now
    while platoons(trial) != {("v1", "v2", "v3")}:
        trial.step()
        assert trial.now - died <= 4.0
    assert trial.faults() == []


def test_when_one_in_the_middle_dies_those_behind_it_are_a_platoon_of_their_own() -> None:
    trial = lane(platoon=5)
    trial.alive.discard("v2")
    run(trial, 12.0)
    assert platoons(trial) == {("v0", "v1"), ("v3", "v4")}
    assert trial.faults() == []


def begun(kind: Kind, step: Step) -> Trial:
    """A trial that has just come to a step of a manoeuvre."""
    trial = lane(platoon=4)
    name = "v4" if kind is Kind.JOIN else "v2"
    target = {Kind.JOIN: "v1", Kind.SPLIT: "v1", Kind.LEAD: "v2"}.get(kind, "")
    trial.ask(name, kind, target=target, place=Place.BEHIND)
    for _ in range(2000):
        trial.step()
        manoeuvre = trial.vehicles["v0"].manoeuvre
        if manoeuvre is not None and manoeuvre.step is step:
            return trial
    raise AssertionError(f"{kind} never came to {step}")


STEPS = sorted({(kind, step) for kind, step, _ in NEXT if kind in (Kind.JOIN, Kind.LEAVE, Kind.LEAD)})


@pytest.mark.parametrize(("kind", "step"), STEPS)
def test_a_silence_at_any_step_ends_well(kind: Kind, step: Step) -> None:
    trial = begun(kind, step)
    trial.radio.cut(("v2",))
    run(trial, 4.0)
    trial.radio.cut()
    run(trial, 60.0)
    assert (trial.faults(), trial.broken) == ([], [])


@pytest.mark.parametrize("dead", ["v0", "v2", "v4"])
@pytest.mark.parametrize(("kind", "step"), STEPS)
def test_a_death_at_any_step_ends_well(kind: Kind, step: Step, dead: str) -> None:
    trial = begun(kind, step)
    trial.alive.discard(dead)
    run(trial, 60.0)
    assert (trial.faults(), trial.broken) == ([], [])


# -- what is agreed -------------------------------------------------------------------------------------------------


def test_a_liar_moves_no_speed_beyond_what_the_honest_agree_to() -> None:
    trial = lane(platoon=4)
    liar = trial.vehicles["v3"]
    speak = liar.tick

    def lie(now: float) -> Beat:
        beat = speak(now)
        manoeuvre = trial.vehicles["v0"].manoeuvre
        if manoeuvre is None:
            return beat
        bad = Ballot(leader="v0", number=manoeuvre.number, approve=False, speed=0.0, headway=1e6, weight=float("inf"))
        return replace(beat, ballot=bad)

    liar.tick = lie  # type: ignore[method-assign]
    vehicle = trial.vehicles["v1"]
    assert vehicle.ask(Kind.AGREE, trial.now, speed=20.0, headway=0.8) is None
    run(trial, 10.0)
    assert vehicle.settled is not None and vehicle.settled.step is Step.DONE
    assert {(v.membership.roster.speed, v.membership.roster.headway) for v in list(trial.vehicles.values())[:4]} == {
        (20.0, 0.8)
    }


def test_nobody_drives_faster_than_it_can_whatever_is_agreed() -> None:
    vehicle = Vehicle("slow", Traits(brake=6.0, top_speed=15.0), Times(), now=0.0)
    vehicle.membership.write(("slow",), 0.0, speed=30.0)
    assert vehicle.speed == 15.0


@pytest.mark.parametrize(
    ("kind", "speed", "headway", "words"),
    [
        (Kind.AGREE, 400.0, 0.5, "up to 25 m/s"),
        (Kind.AGREE, -3.0, 0.5, "up to 25 m/s"),
        (Kind.AGREE, float("nan"), 0.5, "up to 25 m/s"),
        (Kind.AGREE, None, 0.5, "up to 25 m/s"),
        (Kind.AGREE, 20.0, 0.01, "from 0.3 s to 5 s"),
        (Kind.AGREE, 20.0, 1e9, "from 0.3 s to 5 s"),
        (Kind.AGREE, 20.0, float("nan"), "from 0.3 s to 5 s"),
        (Kind.JOIN, None, None, "no vehicle of another platoon"),
    ],
)
def test_absurd_wishes_are_refused_with_the_limit(
    kind: Kind, speed: float | None, headway: float | None, words: str
) -> None:
    vehicle = Vehicle("v", Traits(brake=6.0, top_speed=25.0), Times(), now=0.0)
    assert words in (vehicle.ask(kind, 0.0, speed=speed, headway=headway) or "")
    assert vehicle.wish is None


@pytest.mark.parametrize(
    ("name", "kind", "target", "note"),
    [
        ("v1", Kind.SPLIT, "v2", "nobody drives behind v2"),
        ("v1", Kind.SPLIT, "v5", "v5 is not in this platoon"),
        ("v1", Kind.LEAD, "v5", "v5 is not in this platoon"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(name: str, kind: Kind, target: str, note: str) -> None:
    trial = lane(platoon=3)
    assert settle(trial, name, kind, target=target) == Step.ABORTED
    settled = trial.vehicles[name].settled
    assert settled is not None and note in settled.note


def test_a_full_platoon_takes_nobody_in_and_a_weak_brake_is_voted_down() -> None:
    trial = lane(platoon=5)
    assert settle(trial, "v5", Kind.JOIN, target="v0") == Step.ABORTED
    assert trial.vehicles["v5"].settled is not None and "up to 5" in trial.vehicles["v5"].settled.note
    trial = lane(platoon=3)
    trial.vehicles["v3"].traits = Traits(brake=2.0, top_speed=25.0)
    assert settle(trial, "v3", Kind.JOIN, target="v0") == Step.ABORTED
    assert platoons(trial) == {("v0", "v1", "v2")}


def test_a_gap_stays_open_for_one_who_may_still_move_in() -> None:
    trial = begun(Kind.JOIN, Step.MOVE)
    opener = trial.vehicles["v2"]
    trial.radio.cut(("v2",))
    run(trial, 1.5)
    assert opener.membership.roster.order == ("v0", "v1", "v2", "v3")
    assert opener.front(trial.now) is None
    trial.radio.cut()
    while trial.vehicles["v0"].manoeuvre is not None:
        trial.step()
    ended = trial.now
    while opener.front(trial.now) is None:
        trial.step()
        assert trial.now - ended <= 3.0
    assert trial.now - ended >= 1.0


def test_one_who_starts_again_is_listened_to() -> None:
    trial = lane(platoon=2)
    trial.alive.discard("v1")
    run(trial, 8.0)
    trial.vehicles["v1"] = Vehicle("v1", trial.vehicles["v1"].traits, CLEAN.times, now=trial.now)
    trial._held["v1"].clear()
    trial.alive.add("v1")
    trial._ticks["v1"] = trial.now
    assert settle(trial, "v1", Kind.JOIN, target="v0") == Step.DONE
    assert platoons(trial) == {("v0", "v1")}
