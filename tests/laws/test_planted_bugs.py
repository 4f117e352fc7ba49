"""Bugs planted into the protocol one at a time: chaos must catch each, or a law is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from caravan.actors.house.auction_house import AuctionHouse
from caravan.actors.house.book import Book
from caravan.actors.house.handover import Handover
from caravan.actors.house.orders import Orders
from caravan.actors.house.reading_desk import ReadingDesk
from caravan.actors.house.roster import Roster
from caravan.actors.robot.agent import Agent
from caravan.actors.robot.mandate import Mandate
from caravan.actors.robot.obedience import Obedience
from caravan.actors.robot.own_clock import OwnClock
from caravan.actors.robot.worklist import Worklist
from caravan.adapters.journal import Journal
from caravan.adapters.site_file import read_site
from caravan.adapters.start_log import StartLog
from caravan.auction.mechanisms import table
from caravan.auction.mechanisms.table import Offers, Pick, Terms
from caravan.chaos.live import live
from caravan.chaos.shrink import shrink
from caravan.chaos.stage import Stage
from caravan.chaos.story import ALL, FaultKind, Story, story, story_from_json, story_to_json
from caravan.language.jury import Agreed, Jury, Verdict
from caravan.model.goal import Goal, TaskRecord, TaskState
from caravan.model.leadership import Mark
from caravan.model.market import Award, AwardReply, Event, FleetOrder, Lease, Lot, Vote

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
STORIES = 40
TRIES = 3
KEPT = Path(__file__).parent / "stories"
EARLY_VOTE = "a_vote_comes_before_the_house_that_counts_it_could_ask"

Plant = Callable[[pytest.MonkeyPatch], None]
Kind = Callable[[Story], bool]
PLANTS: dict[str, tuple[Plant, set[str], Kind]] = {}


def any_story(told: Story) -> bool:
    """A kind of story: all are."""
    return True


def late_copies(told: Story) -> bool:
    """A kind of story: messages come twice, and the second time far too late."""
    return told.radio.duplicate > 0.0 and told.radio.straggle > 0.0


def loss(told: Story) -> bool:
    """A kind of story: messages get lost."""
    return told.radio.loss > 0.0


def late_halts(told: Story) -> bool:
    """A kind of story: a copy of an order to halt may come when it is over."""
    return late_copies(told) and any(fault.kind is FaultKind.HALT for fault in told.faults)


def struck_by(*kinds: FaultKind) -> Kind:
    """The kind of story in which a fault of these kinds strikes."""
    return lambda told: any(fault.kind in kinds for fault in told.faults)


def restarts_of_the_halted(told: Story) -> bool:
    """A kind of story: a robot that is halted dies, and starts again before it may go on."""
    halts = [fault for fault in told.faults if fault.kind is FaultKind.HALT]
    deaths = [fault for fault in told.faults if fault.kind is FaultKind.DEAD]
    return any(
        halt.who in (ALL, death.who) and halt.at + 5.0 < death.at and death.at + death.span < halt.at + halt.span
        for halt in halts
        for death in deaths
    )


restarts = struck_by(FaultKind.DEAD, FaultKind.CRASH, FaultKind.DISK)
silence = struck_by(FaultKind.CUT, FaultKind.DEAF, FaultKind.DEAD, FaultKind.HANG)


def plant(*laws: str, under: Kind = any_story) -> Callable[[Plant], Plant]:
    """Registers a planted bug with the laws of which it must break one, in the first stories of a kind."""

    def register(bug: Plant) -> Plant:
        PLANTS[bug.__name__] = (bug, set(laws), under)
        return bug

    return register


def instead(patch: pytest.MonkeyPatch, owner: Any, name: str, value: Any) -> Any:
    """Puts `value` in the place of a method, and answers with what was there."""
    original = getattr(owner, name)
    patch.setattr(owner, name, value)
    return original


@plant("fence", under=late_copies)
def robot_forgets_seen_epochs(patch: pytest.MonkeyPatch) -> None:
    def take(self: Worklist, award: Award, *now: Any) -> AwardReply:
        self._epochs.clear()
        reply: AwardReply = original(self, award, *now)
        return reply

    original = instead(patch, Worklist, "take", take)


@plant("fence", "once", "start", under=late_copies)
def doubled_award_is_taken_twice(patch: pytest.MonkeyPatch) -> None:
    def take(self: Worklist, award: Award, *now: Any) -> AwardReply:
        known = self._entries
        self._entries = [e for e in known if e.award.task_id != award.task_id]
        if len(self._entries) < len(known):
            self._epochs.pop(award.task_id)
        reply: AwardReply = original(self, award, *now)
        return reply

    original = instead(patch, Worklist, "take", take)


@plant("owner", "stray", "bid", under=silence)
def house_is_too_quick_to_bury_its_robots(patch: pytest.MonkeyPatch) -> None:
    def begin(self: Roster, patience: float, owners: Iterable[str] = (), now: float = 0.0) -> None:
        original(self, 0.7, owners, now)

    original = instead(patch, Roster, "__init__", begin)


@plant("owner", "stray", "lease")
def robot_keeps_what_a_lease_leaves_out(patch: pytest.MonkeyPatch) -> None:
    def apply(self: Worklist, lease: Lease, now: float) -> list[Any]:
        held = tuple((e.award.task_id, e.award.epoch) for e in self._entries)
        return real(self, replace(lease, owned=held), now)

    real = Worklist.apply
    instead(patch, Worklist, "apply", apply)


@plant("once", "kept", "sound", under=silence)
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
    def verdict(self: Jury, now: float) -> Verdict | None:
        first = next((vote for vote in self.votes.values() if vote.draft is not None), None)
        said: Verdict | None = original(self, now)
        return said if first is None or first.draft is None else Agreed(draft=first.draft, confidence=1.0)

    original = instead(patch, Jury, "verdict", verdict)


@plant("jury", under=late_copies)
def second_copy_of_a_vote_counts_for_another_robot(patch: pytest.MonkeyPatch) -> None:
    def vote(self: ReadingDesk, vote: Vote, now: float) -> None:
        case = self._cases.get(vote.goal)
        jury = case.jury if case is not None else None
        if jury is not None and vote.robot in jury.votes:
            silent = jury.missing()[0]
            vote = replace(vote, robot=silent, model=jury.asked[silent])
        original(self, vote, now)

    original = instead(patch, ReadingDesk, "vote", vote)


@plant("resend", under=loss)
def award_is_sent_once(patch: pytest.MonkeyPatch) -> None:
    def send(self: Handover, trail: Any, now: float) -> None:
        if trail.sent < trail.awarded:
            original(self, trail, now)

    original = instead(patch, Handover, "_send", send)


@plant("resend", "ends", under=loss)
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


@plant("kept", under=restarts)
def restart_forgets_awards(patch: pytest.MonkeyPatch) -> None:
    def begin(self: AuctionHouse, *site: Any, goals: Iterable[Goal] = (), **rest: Any) -> None:
        original(self, *site, goals=[replace(g, tasks=tuple(map(forget, g.tasks))) for g in goals], **rest)

    def forget(task: TaskRecord) -> TaskRecord:
        owned = task.state in (TaskState.AWARDED, TaskState.RUNNING)
        return replace(task, state=TaskState.WAITING, robot=None) if owned else task

    original = instead(patch, AuctionHouse, "__init__", begin)


@plant("ids", "kept", under=restarts)
def goal_ids_begin_anew_after_a_restart(patch: pytest.MonkeyPatch) -> None:
    def begin(self: Book, *what: Any) -> None:
        original(self, *what)
        begun[self] = count(1)

    begun: dict[Book, Iterator[int]] = {}
    original = instead(patch, Book, "__init__", begin)
    instead(patch, Book, "next_id", lambda self: f"g{next(begun[self])}")


@plant("kept", under=restarts)
def house_answers_before_the_disk_is_synced(patch: pytest.MonkeyPatch) -> None:
    def append(self: Journal, *write: Any) -> None:
        original(self, *write)
        written[self] = [*written.get(self, []), (self.goals(), self.events(), self.mark())][-9:]

    def restart(self: Stage, name: str) -> None:
        journal = self._disks[name]
        if journal in written:
            Journal.replace(journal, *written[journal][0])
        real(self, name)

    written: dict[Journal, list[Any]] = {}
    original = instead(patch, Journal, "append", append)
    real = instead(patch, Stage, "restart_house", restart)


@plant("lease")
def robot_works_without_a_lease(patch: pytest.MonkeyPatch) -> None:
    def take(self: Worklist, award: Award, *now: Any) -> AwardReply:
        reply: AwardReply = original(self, award, *now)
        self._entries = [replace(e, confirmed=True) for e in self._entries]
        return reply

    original = instead(patch, Worklist, "take", take)


@plant("lease", "owner", under=silence)
def lease_never_ends(patch: pytest.MonkeyPatch) -> None:
    def job(self: Mandate, now: float) -> Any:
        self.leased = max(self.leased, now - self._lease)
        return original(self, now)

    original = instead(patch, Mandate, "job", job)


@plant("lease", "owner", under=silence)
def lease_counts_from_its_arrival(patch: pytest.MonkeyPatch) -> None:
    def receive(self: Agent, message: Any, now: float) -> None:
        original(self, message, now)
        if isinstance(message, Lease) and message.robot == self._robot.id:
            self._mandate.leased = now

    original = instead(patch, Agent, "receive", receive)


@plant("lease", "owner", under=struck_by(FaultKind.CLOCK))
def lease_outlives_a_clock_that_is_set_back(patch: pytest.MonkeyPatch) -> None:
    instead(patch, OwnClock, "mind", lambda self, now: setattr(self, "latest", max(self.latest, now)))


@plant("halt", under=struck_by(FaultKind.HALT))
def order_to_halt_is_sent_once(patch: pytest.MonkeyPatch) -> None:
    instead(patch, Orders, "_stand", lambda self, order: None)


@plant("halt", under=restarts_of_the_halted)
def robot_forgets_its_orders_in_a_restart(patch: pytest.MonkeyPatch) -> None:
    instead(patch, StartLog, "standing", lambda self: None)


@plant("halt", under=late_halts)
def older_order_undoes_a_newer_one(patch: pytest.MonkeyPatch) -> None:
    def hear(self: Obedience, order: FleetOrder) -> bool:
        self._standing = replace(self._standing, term=0, number=0)
        followed: bool = original(self, order)
        return followed

    original = instead(patch, Obedience, "hear", hear)


@plant("epoch")
def house_awards_without_a_new_epoch(patch: pytest.MonkeyPatch) -> None:
    def award(self: Handover, lot: Lot, *to: Any, **told: Any) -> None:
        original(self, replace(lot, epoch=1), *to, **told)

    original = instead(patch, Handover, "award", award)


def stories(kind: Kind) -> Iterator[Story]:
    """The first stories of a kind with one auction house, by seed."""
    told = (story(seed, SITE) for seed in count())
    return islice((each for each in told if each.houses == 1 and kind(each)), STORIES)


def kept(name: str) -> Story:
    """One of the stories that once broke a law."""
    return story_from_json(json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8")))


def smallest(told: Story, law: str) -> Story:
    """The story shrunk a little, for whoever reads what a test prints."""
    return shrink(told, lambda smaller: any(v.law == law for v in live(smaller, SITE).violations), tries=TRIES)


@pytest.mark.parametrize("name", PLANTS)
def test_chaos_catches_a_planted_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug, laws, under = PLANTS[name]
    bug(monkeypatch)
    for number, told in enumerate(stories(under), start=1):
        broken = live(told, SITE).violations
        if broken:
            print(f"{name}: story {number}, seed {told.seed}, {broken[0].law}: {broken[0].note}")
            print(json.dumps(story_to_json(smallest(told, broken[0].law))))
            assert laws & {v.law for v in broken}
            return
    pytest.fail(f"{STORIES} stories, and nothing was noticed")


def test_a_vote_that_comes_before_the_request_is_one_vote_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    first_vote_decides(monkeypatch)
    assert "jury" in {v.law for v in live(kept(EARLY_VOTE), SITE).violations}
