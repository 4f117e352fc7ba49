"""The laws about messages: awards, bids, votes and what is sent again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from caravan.chaos.stage import Stage
from caravan.fleet import Message
from caravan.model.goal import Goal, GoalState, TaskState, draft_to_json, seat_of
from caravan.model.market import ENDED, Award, Bid, BidNotice, Event, ReadRequest, RobotState, Vote

_SLACK = 3
"""Steps that a party may be late."""


@dataclass(slots=True)
class _Tender:
    """An auction: the latest notice to each robot, the first answer to it that came in time, and what it offered."""

    notices: dict[str, BidNotice] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    costs: dict[tuple[str, int], dict[str, float]] = field(default_factory=dict)
    """By task and epoch, by robot: the latest offer."""


class MessageLaws:
    """What was said between the house and the robots; `note(law, text)` takes what breaks a law."""

    def __init__(self, note: Callable[[str, str], None]) -> None:
        self._note = note
        self._winners: dict[tuple[str, int], str] = {}
        self._newest: dict[str, int] = {}
        self._tenders: dict[str, _Tender] = {}
        self._hearings: dict[str, ReadRequest] = {}
        """By goal, the first request of this house to read it as it is said now."""
        self._readers: dict[str, set[str]] = {}
        """By goal, all robots that this house has asked to read it so."""
        self._juries: dict[str, set[str]] = {}
        """By goal, the robots of its latest jury by the record."""
        self._votes: dict[tuple[str, int], dict[str, Vote]] = {}
        """By goal and reading, the first vote of each robot that reached this house, whichever house had asked."""
        self._awarded: dict[tuple[str, int], float] = {}
        self._asked: dict[str, float] = {}
        self._beats: dict[str, float] = {}
        """When a heartbeat of each robot last reached the house; a robot that the house has lost is left out."""
        self._held: dict[tuple[str, int], dict[tuple[str, int], float]] = {}
        self._dropped: dict[tuple[str, int], set[tuple[str, int]]] = {}

    def opened(self) -> None:
        """The auction house has started again, and knows only what is on disk."""
        self._hearings.clear()
        self._readers.clear()
        self._juries.clear()
        self._votes.clear()
        self._awarded.clear()
        self._asked.clear()

    def sent(self, stage: Stage, source: str, message: Message) -> None:
        """A message was sent."""
        match message:
            case BidNotice():
                tender = self._tenders.setdefault(message.auction, _Tender())
                tender.notices |= dict.fromkeys(message.robots, message)
            case ReadRequest():
                self._asked[message.goal] = stage.now
                if message.goal not in self._hearings or message.reading > self._hearings[message.goal].reading:
                    self._hearings[message.goal] = message
                    self._readers[message.goal] = set()
                self._readers[message.goal] |= set(message.robots)
            case Award():
                self._award(stage, source, message)
            case RobotState():
                self._holdings((message.robot, stage.births[message.robot]), message)
                self._together(stage, message)
            case _:
                pass

    def arrived(self, message: Message, now: float) -> None:
        """A message reached the house."""
        if isinstance(message, Bid):
            self._bid(message, now)
        elif isinstance(message, RobotState):
            self._beats[message.robot] = now
        elif isinstance(message, Vote):
            # The house knows whom it asks as soon as it has decided so, which may be long before it can say it.
            self._votes.setdefault((message.goal, message.reading), {}).setdefault(message.robot, message)

    def recorded(self, event: Event) -> None:
        """An event was recorded."""
        if event.kind == "lost":
            self._beats.pop(event.robot, None)
        hearing = self._hearings.get(event.goal)
        if hearing is None:
            return
        if event.kind == "jury":
            self._jury(event, hearing)
        jury = self._juries.get(event.goal)
        if event.kind != "read" or jury is None or event.data["draft"]["intent"] == "unclear":
            return
        votes = self._votes.get((event.goal, hearing.reading), {})
        drafts = [draft_to_json(v.draft) for r, v in votes.items() if r in jury and v.draft is not None]
        agreed = drafts.count(event.data["draft"])
        if 2 * agreed <= len(jury):
            self._note("jury", f"{event.goal}: {agreed} of {len(jury)} robots read it so")

    def _jury(self, event: Event, hearing: ReadRequest) -> None:
        """A later jury may have other robots than the first, asked like those, and no fewer."""
        jury = self._juries[event.goal] = set(event.data["asked"])
        if not jury <= self._readers[event.goal] or len(jury) < len(hearing.robots):
            self._note("jury", f"{event.goal}: {sorted(jury)} are its jury, and {sorted(hearing.robots)} were at first")

    def overdue(self, stage: Stage, goals: list[Goal]) -> list[str]:
        """What should have been sent again by now for these goals of the house."""
        house, late = stage.settings.house, _SLACK * stage.settings.step
        out = []
        for goal in goals:
            since = stage.now - self._asked.get(goal.id, stage.now)
            if goal.state is GoalState.READING and since > house.reading.resend + late:
                out.append(f"the robots were asked to read {goal.id} {since:.1f} s ago")
            for task in goal.tasks:
                since = stage.now - self._awarded.get((task.id, task.epoch), stage.now)
                if task.state is TaskState.AWARDED and since > house.handover.resend + late:
                    out.append(f"award {task.id}#{task.epoch} was sent {since:.1f} s ago")
        return out

    def _holdings(self, life: tuple[str, int], state: RobotState) -> None:
        """What a robot holds in one life of its process."""
        held = {(h.task_id, h.epoch): h.progress if h.state not in ENDED else math.inf for h in state.holdings}
        before = self._held.get(life, {})
        dropped = self._dropped.setdefault(life, set())
        dropped |= before.keys() - held.keys()
        self._held[life] = held
        for (task_id, epoch), progress in held.items():
            newest = max((e for t, e in dropped if t == task_id), default=0)
            if epoch <= newest:
                self._note("fence", f"{state.robot} took {task_id}#{epoch} after it had let go of #{newest}")
            if progress < before.get((task_id, epoch), 0.0) - 1e-9:
                self._note("fence", f"{state.robot} began {task_id}#{epoch} anew")

    def _together(self, stage: Stage, state: RobotState) -> None:
        """Nobody is further than the place where they meet before all are there."""
        for holding in state.holdings:
            if seat_of(holding.task_id) and holding.progress > 0.0:
                record = stage.on_disk(holding.task_id, stage.leader)
                if record is not None and not record.begun:
                    self._note("together", f"{state.robot} works on {holding.task_id}, which has not begun")

    def _award(self, stage: Stage, house: str, award: Award) -> None:
        key = (award.task_id, award.epoch)
        self._awarded[key] = stage.now
        if key in self._winners:
            if self._winners[key] != award.robot:
                self._note("epoch", f"{award.task_id}#{award.epoch} to {self._winners[key]} and to {award.robot}")
            return
        self._winners[key] = award.robot
        if award.epoch <= self._newest.get(award.task_id, 0):
            self._note("epoch", f"{award.task_id}#{award.epoch} after #{self._newest[award.task_id]}")
        self._newest[award.task_id] = max(award.epoch, self._newest.get(award.task_id, 0))
        record = stage.on_disk(award.task_id, house)
        # While an award waits for the standbys, the task may have been taken back.
        later = record is not None and len(stage.houses) > 1 and record.epoch >= award.epoch
        if not later and (record is None or (record.epoch, record.robot) != (award.epoch, award.robot)):
            self._note("disk", f"{award.task_id}#{award.epoch} is awarded to {award.robot} and not on disk")
        self._cheapest(stage, award)

    def _bid(self, bid: Bid, now: float) -> None:
        tender = self._tenders.get(bid.auction)
        notice = tender.notices.get(bid.robot) if tender else None
        if tender is None or notice is None or bid.round != notice.round or now > notice.deadline:
            return
        if tender.answered.get(bid.robot) == bid.round:
            return
        if now < notice.deadline:
            # One that comes in the very step of the deadline may win, and need not be waited for.
            tender.answered[bid.robot] = bid.round
        offers = {offer.tasks[0]: offer.cost for offer in bid.offers}
        for lot in notice.lots:
            costs = tender.costs.setdefault((lot.task_id, lot.epoch), {})
            costs.pop(bid.robot, None)
            if lot.task_id in offers:
                costs[bid.robot] = offers[lot.task_id]

    def _cheapest(self, stage: Stage, award: Award) -> None:
        """Rounds of single lots: an offer stays good until its robot has won something and is asked anew."""
        key = (award.task_id, award.epoch)
        tender = next((t for t in reversed(self._tenders.values()) if award.robot in t.costs.get(key, {})), None)
        if tender is None:
            self._note("bid", f"{award.robot} got {award.task_id}#{award.epoch} without a bid that counts")
            return
        if len(stage.houses) > 1:
            # It was decided before it was sent: what came in between, nobody knows here.
            return
        since = stage.now - stage.settings.house.patience
        live = {r for r, beat in self._beats.items() if beat >= since}
        heard = {r for r, notice in tender.notices.items() if tender.answered.get(r) == notice.round} & live
        costs = {r: cost for r, cost in tender.costs[key].items() if r in heard or r == award.robot}
        # Robots that share a task are chosen together, for the least cost of all.
        if award.task.robots == 1 and costs[award.robot] > min(costs.values()):
            self._note("bid", f"{award.robot} got {award.task_id}#{award.epoch} for {costs[award.robot]}: {costs}")
