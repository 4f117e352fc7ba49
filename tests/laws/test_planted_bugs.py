"""Bugs planted into the protocol one at a time: chaos must catch each, or a law is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from caravan.actors.auction_house import AuctionHouse
from caravan.actors.book import Book
from caravan.actors.handover import Handover
from caravan.actors.reading_desk import ReadingDesk
from caravan.actors.roster import Roster
from caravan.actors.worklist import Worklist
from caravan.adapters.journal import Journal
from caravan.adapters.site_file import read_site
from caravan.auction.mechanisms import table
from caravan.auction.mechanisms.table import Offers, Pick, Terms
from caravan.chaos.live import live
from caravan.chaos.story import FaultKind, Story, story
from caravan.language.jury import Jury
from caravan.model.goal import Goal, TaskRecord, TaskState
from caravan.model.leadership import Mark
from caravan.model.market import Award, AwardReply, Event, Lease

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
STORIES = 60
RESTARTS = {FaultKind.DEAD, FaultKind.CRASH, FaultKind.DISK}

Plant = Callable[[pytest.MonkeyPatch], None]
PLANTS: dict[str, tuple[Plant, set[str], set[FaultKind]]] = {}


def plant(*laws: str, under: Iterable[FaultKind] = ()) -> Callable[[Plant], Plant]:
    """Registers a planted bug with the laws of which it must break one, in stories that have one of some faults."""

    def register(bug: Plant) -> Plant:
        PLANTS[bug.__name__] = (bug, set(laws), set(under))
        return bug

    return register


def instead(patch: pytest.MonkeyPatch, owner: Any, name: str, value: Any) -> Any:
    """Puts `value` in the place of a method, and answers with what was there."""
    original = getattr(owner, name)
    patch.setattr(owner, name, value)
    return original


@plant("fence")
def robot_forgets_seen_epochs(patch: pytest.MonkeyPatch) -> None:
    def take(self: Worklist, award: Award, here: str, now: float) -> AwardReply:
        self._epochs.clear()
        reply: AwardReply = original(self, award, here, now)
        return reply

    original = instead(patch, Worklist, "take", take)


@plant("fence", "once")
def doubled_award_is_taken_twice(patch: pytest.MonkeyPatch) -> None:
    def take(self: Worklist, award: Award, here: str, now: float) -> AwardReply:
        known = self._entries
        self._entries = [e for e in known if e.award.task_id != award.task_id]
        if len(self._entries) < len(known):
            self._epochs.pop(award.task_id)
        reply: AwardReply = original(self, award, here, now)
        return reply

    original = instead(patch, Worklist, "take", take)


@plant("owner", "stray")
def house_is_too_quick_to_bury_its_robots(patch: pytest.MonkeyPatch) -> None:
    def begin(self: Roster, patience: float, owners: Iterable[str] = (), now: float = 0.0) -> None:
        original(self, 0.7, owners, now)

    original = instead(patch, Roster, "__init__", begin)


@plant("owner", "stray")
def robot_keeps_what_a_lease_leaves_out(patch: pytest.MonkeyPatch) -> None:
    def apply(self: Worklist, lease: Lease, now: float) -> list[Any]:
        held = tuple((e.award.task_id, e.award.epoch) for e in self._entries)
        return real(self, replace(lease, owned=held), now)

    real = Worklist.apply
    instead(patch, Worklist, "apply", apply)


@plant("once", "kept", "sound")
def done_counts_whatever_the_award(patch: pytest.MonkeyPatch) -> None:
    instead(patch, Handover, "_owned_as", lambda self, task_id, epoch, robot: self._book.task(task_id))


@plant("bid")
def first_bid_wins(patch: pytest.MonkeyPatch) -> None:
    def first(offers: Offers, terms: Terms) -> tuple[Pick, ...]:
        made = ((robot, offer) for robot, offers_of in offers.items() for offer in offers_of)
        return tuple(Pick(robot=robot, offer=offer) for robot, offer in islice(made, 1))

    patch.setitem(table.MECHANISMS, "sequential", replace(table.MECHANISMS["sequential"], step=first))


@plant("jury")
def first_vote_decides(patch: pytest.MonkeyPatch) -> None:
    instead(patch, Jury, "quorum", property(lambda self: 1))


@plant("resend")
def award_is_sent_once(patch: pytest.MonkeyPatch) -> None:
    def send(self: Handover, trail: Any, now: float) -> None:
        if trail.sent < trail.awarded:
            original(self, trail, now)

    original = instead(patch, Handover, "_send", send)


@plant("resend", "ends")
def robots_are_asked_to_read_once(patch: pytest.MonkeyPatch) -> None:
    def ask(self: ReadingDesk, goal_id: str, robots: tuple[str, ...], case: Any, now: float) -> None:
        if case.asked == 0.0:
            original(self, goal_id, robots, case, now)

    original = instead(patch, ReadingDesk, "_ask", ask)


@plant("disk")
def messages_go_out_before_the_disk_has_it(patch: pytest.MonkeyPatch) -> None:
    def append(self: Journal, *write: Any) -> None:
        late.append(write)
        if len(late) > 1:
            original(self, *late.pop(0))

    late: list[tuple[Any, ...]] = []
    original = instead(patch, Journal, "append", append)


@plant("disk")
def goal_is_accepted_before_it_is_read_only(patch: pytest.MonkeyPatch) -> None:
    def append(self: Journal, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        original(self, [g for g in goals if g.state != "reading"], events, mark)

    original = instead(patch, Journal, "append", append)


@plant("disk")
def awards_are_not_written(patch: pytest.MonkeyPatch) -> None:
    def put(self: Book, goal: Goal) -> None:
        original(self, goal)
        self._out.goals = [g for g in self._out.goals if all(t.state != "awarded" for t in g.tasks)]

    original = instead(patch, Book, "put", put)


@plant("kept", under=RESTARTS)
def restart_forgets_awards(patch: pytest.MonkeyPatch) -> None:
    def begin(self: AuctionHouse, *site: Any, goals: Iterable[Goal] = (), **rest: Any) -> None:
        original(self, *site, goals=[replace(g, tasks=tuple(map(forget, g.tasks))) for g in goals], **rest)

    def forget(task: TaskRecord) -> TaskRecord:
        owned = task.state in (TaskState.AWARDED, TaskState.RUNNING)
        return replace(task, state=TaskState.WAITING, robot=None) if owned else task

    original = instead(patch, AuctionHouse, "__init__", begin)


def stories(under: set[FaultKind]) -> Iterator[Story]:
    """The first stories with one of these faults (none named: all), by seed."""
    told = (story(seed, SITE) for seed in count())
    return islice((each for each in told if not under or under & {f.kind for f in each.faults}), STORIES)


@pytest.mark.parametrize("name", PLANTS)
def test_chaos_catches_a_planted_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug, laws, under = PLANTS[name]
    bug(monkeypatch)
    for number, told in enumerate(stories(under), start=1):
        broken = live(told, SITE).violations
        if broken:
            print(f"{name}: story {number}, seed {told.seed}, {broken[0].law}: {broken[0].note}")
            assert laws & {v.law for v in broken}
            return
    pytest.fail(f"{STORIES} stories, and nothing was noticed")
