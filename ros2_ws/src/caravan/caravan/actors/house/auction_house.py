"""The auction house: takes goals in words, has them read, agreed and guarded, auctions their tasks and follows them.

The shell round it (a ROS node, the fleet in memory) feeds it requests and messages, and after each call drains it:
goals and events go to disk first, then the messages go out (promise 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from caravan.actors.able import unfit
from caravan.actors.house.adoption import Adoption
from caravan.actors.house.answers import answer
from caravan.actors.house.auditing import judged, turned_away
from caravan.actors.house.book import Book, Outbox, goal_of
from caravan.actors.house.commands import Commands
from caravan.actors.house.explain import Explanation, explain
from caravan.actors.house.handover import Handover, HandoverSettings
from caravan.actors.house.inquiry import Inquiry
from caravan.actors.house.intake import Intake
from caravan.actors.house.market import Market, MarketSettings
from caravan.actors.house.orders import Orders
from caravan.actors.house.reading_desk import Outcome, ReadingDesk, ReadingSettings
from caravan.actors.house.roster import Roster
from caravan.actors.house.seating import seated
from caravan.actors.house.verdict import forbidden
from caravan.auction import ledger
from caravan.auction.mechanisms.table import MECHANISMS
from caravan.language.guard import Reachable, Refused
from caravan.language.jury import Question
from caravan.language.spans import BadText
from caravan.language.words import draft_words
from caravan.model.audit import Audit
from caravan.model.goal import FINAL_GOAL_STATES, Draft, Goal, GoalState, Intent, draft_to_json
from caravan.model.market import AwardReply, Bid, Event, Order, RobotState, Vote
from caravan.model.site import Site

Heard = Vote | Bid | AwardReply | RobotState


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseSettings:
    """Times in s."""

    patience: float = 2.25
    """Silence after which a robot counts as dead; longer than the robots' lease, so that a dead one has stopped."""
    answer_time: float = 300.0
    """How long a question to a requester may be answered."""
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    market: MarketSettings = field(default_factory=MarketSettings)
    handover: HandoverSettings = field(default_factory=HandoverSettings)


class AuctionHouse:
    """All goals of a fleet. `goals`, `events` and `forgotten` are what the journal has, `term` that of its leadership.

    Times are the caller's `now` (s).
    """

    def __init__(
        self,
        site: Site,
        reachable: Reachable,
        settings: HouseSettings,
        *,
        now: float,
        goals: Iterable[Goal] = (),
        events: Iterable[Event] = (),
        term: int = 0,
        forgotten: int = 0,
    ) -> None:
        self._site = site
        self._reachable = reachable
        self._book = Book(goals, events, term)
        owners = {t.robot for state in ledger.OWNED for t in self._book.tasks(state) if t.robot is not None}
        self._roster = Roster(settings.patience, owners, now)
        self._set_back(now)
        self._adoption = Adoption(self._book, settings.patience, forgotten, now)
        self._handover = Handover(self._book, settings.handover, now)
        self._market = Market(site, self._book, self._roster, self._handover, settings.market)
        self._desk = ReadingDesk(self._book, self._roster, settings.reading, site, now)
        self._inquiry = Inquiry(self._book, site, settings.answer_time, now)
        self._intake = Intake(site)
        self._orders = Orders(site.robots, self._book, now)
        self._commands = Commands(site, self._book, self._orders, self._handover, self._inquiry.waits)

    def _set_back(self, now: float) -> None:
        """Goals of a time that is still to come, since the clock was set back, count as said now."""
        for goal in self._book:
            if goal.state not in FINAL_GOAL_STATES and goal.stamp > now:
                self._book.put(ledger.set_back(goal, now, self._site.utc_offset))
                self._book.record(now, "clock", goal.id, text=f"the clock was set back by {goal.stamp - now:.0f} s")

    # -- requests -----------------------------------------------------------------------------------------------

    def submit(
        self, text: str, requester: str, robot: str, now: float, key: str = "", answers: str = ""
    ) -> Goal | BadText:
        """Accepts a goal said to `robot` (empty: to the fleet), or the answer to the question about the goal `answers`.

        It is accepted once the outbox is on disk. What was accepted with the same `key` before is answered with the
        goal that it became (empty: no key).
        """
        known = self._book.by_key(key)
        if known is not None:
            return known
        cleaned = self._intake.sentence(text, requester, robot, key, now)
        if isinstance(cleaned, str) and (full := self._desk.full()) is not None:
            cleaned = BadText(note=full)
        if isinstance(cleaned, BadText):
            self._book.audit(turned_away("say", text, requester, cleaned.note, now, robot))
            return cleaned
        if answers:
            return self._take_answer(answers, cleaned, requester, key, now)
        goal = Goal(id=self._book.next_id(), text=cleaned, requester=requester, stamp=now, robot=robot or None, key=key)
        self._book.put(goal)
        self._book.record(now, "accepted", goal.id, text=cleaned, data={"requester": requester})
        self._desk.open(goal, now)
        return goal

    def _take_answer(self, goal_id: str, text: str, requester: str, key: str, now: float) -> Goal | BadText:
        taken = self._inquiry.answer(goal_id, text, requester, key, now)
        if isinstance(taken, BadText):
            self._book.audit(turned_away("say", text, requester, taken.note, now))
            return taken
        if isinstance(taken, Draft):
            self._carry_out(self._desk.read(self._book[goal_id], taken, now), taken, now)
            self._audit("say", goal_id, now)
        elif taken.state is GoalState.READING:
            self._desk.open(taken, now)
        return self._book[goal_id]

    def submit_draft(
        self, draft: Draft, requester: str, now: float, mechanism: str = "", key: str = ""
    ) -> Goal | Refused:
        """Accepts tasks that are spelled out: past the jury, not past the guard. Accepted as `submit` does.

        `mechanism` is how they are auctioned (`auction.mechanisms.table`); empty: as the fleet does by itself.
        """
        known = self._book.by_key(key)
        if known is not None:
            return known
        data = draft_to_json(draft)
        reason = self._intake.draft(requester, key, now) or self._draft_flaw(draft, mechanism, requester, now)
        if reason is not None:
            self._book.audit(turned_away("tasks", draft_words(data), requester, reason, now))
            return Refused(reason=reason)
        goal = Goal(
            id=self._book.next_id(),
            text=draft_words(data),
            requester=requester,
            stamp=now,
            mechanism=mechanism,
            key=key,
        )
        self._book.put(ledger.activate(goal, self._seated(draft, None, now), self._site.utc_offset))
        self._book.record(now, "accepted", goal.id, text=goal.text, data={"requester": requester})
        self._book.record(now, "read", goal.id, data={"draft": data})
        self._audit("tasks", goal.id, now)
        self._market.tick(now)
        return self._book[goal.id]

    def _draft_flaw(self, draft: Draft, mechanism: str, requester: str, now: float) -> str | None:
        """What is wrong with tasks that are spelled out."""
        if mechanism and mechanism not in MECHANISMS:
            return f"mechanism {mechanism!r} is unknown; take one of {', '.join(MECHANISMS)}"
        if draft.intent is not Intent.TASKS:
            return f"a Draft of intent '{draft.intent}' is no work; give one of intent 'tasks'"
        return self._forbidden(draft, None, requester, now)

    def cancel(self, goal_id: str, requester: str, now: float) -> str | None:
        """Cancels a goal on the word of a requester; answers with what is wrong, or None."""
        flaw = self._commands.cancel(goal_id, requester, now)
        verdict = "refused" if flaw else "done"
        said = Audit(stamp=now, request="cancel", requester=requester, text=goal_id, verdict=verdict, reason=flaw or "")
        self._book.audit(said)
        return flaw

    def order(self, order: Order, robots: Iterable[str], now: float) -> str | None:
        """Orders robots (none named: all) to halt, resume or come home; answers with what is wrong, or None."""
        return self._orders.give(order, robots, now)

    def explain(self, subject: str) -> Explanation | None:
        """Why a goal or task ("g1", "g1/t2") went as it did; None where it is unknown."""
        goal_id = goal_of(subject)
        if goal_id not in self._book:
            return None
        doing = {state.robot: state.activity for state in self._roster.states()}
        return explain(self._book[goal_id], self._book.events(goal_id), subject, doing)

    def goals(self) -> list[Goal]:
        """All goals, oldest first."""
        return list(self._book)

    def goal(self, goal_id: str) -> Goal | None:
        """One goal."""
        return self._book.get(goal_id)

    def robots(self, now: float) -> list[RobotState]:
        """The latest heartbeats of the robots that are live."""
        return [state for r in self._roster.live(now) if (state := self._roster.state(r)) is not None]

    # -- messages and time --------------------------------------------------------------------------------------

    def receive(self, message: Heard, now: float) -> None:
        """Takes in a message of a robot."""
        match message:
            case Vote():
                self._desk.vote(message, now)
            case Bid():
                self._market.bid(message, now)
            case AwardReply():
                self._handover.reply(message, now)
            case RobotState() if message.robot in self._site.robots:
                self._heartbeat(message, now)
            case _:
                pass
        self._read_done(now)

    def tick(self, now: float) -> None:
        """Does what is due; to be called several times a second."""
        for robot in self._roster.drop_lost(now):
            self._book.record(now, "lost", robot=robot)
            self._handover.lose(robot, now)
        self._desk.tick(now)
        self._read_done(now)
        self._handover.tick(now)
        self._market.tick(now)

    def forget(self, told: Iterable[str], goals: Iterable[str]) -> None:
        """Drops what the journal has removed: the record of the goals `told`, and `goals` themselves."""
        self._book.forget(told, goals)

    def drain(self) -> Outbox:
        """What is to be written and then sent; empty afterwards."""
        return self._book.drain()

    def _heartbeat(self, state: RobotState, now: float) -> None:
        found = not self._roster.alive(state.robot, now)
        before = self._roster.state(state.robot)
        if not self._roster.hear(state, now):
            return
        if found or (before is not None and unfit(before) and not unfit(state)):
            self._market.wake()
        if found:
            self._book.record(now, "found", robot=state.robot)
        self._orders.remind(state)
        self._handover.follow(state, now, self._adoption.hear(state, now))

    # -- from votes to work -------------------------------------------------------------------------------------

    def _read_done(self, now: float) -> None:
        for goal_id, read in self._desk.decided():
            self._act(self._book[goal_id], read, now)
            self._audit("say", goal_id, now)

    def _audit(self, request: str, goal_id: str, now: float) -> None:
        self._book.audit(judged(request, self._book[goal_id], self._book.events(goal_id), now))

    def _act(self, goal: Goal, read: Outcome, now: float) -> None:
        if isinstance(read, str):
            self._book.close(goal.id, GoalState.FAILED, read, now)
            return
        goal = self._desk.read(goal, read.draft if isinstance(read, Question) else read, now)
        if isinstance(read, Question):
            self._inquiry.ask(goal, read, now)
        else:
            self._carry_out(goal, read, now)

    def _carry_out(self, goal: Goal, draft: Draft, now: float) -> None:
        match draft.intent:
            case Intent.UNCLEAR:
                self._inquiry.ask(goal, Question(draft=draft, note="it is unclear"), now)
            case Intent.QUERY:
                text = answer(draft, self._site, list(self._book), self.robots(now))
                self._book.close(goal.id, GoalState.DONE, text, now)
            case Intent.CONTROL:
                flaw = self._forbidden(draft, None, goal.requester, now) or self._commands.obey(goal, draft, now)
                done = f"{draft.command}: {draft.target or 'all'}"
                self._book.close(goal.id, GoalState.REFUSED if flaw else GoalState.DONE, flaw or done, now)
            case Intent.TASKS:
                self._activate(goal, draft, now)

    def _activate(self, goal: Goal, draft: Draft, now: float) -> None:
        reason = self._forbidden(draft, goal.robot, goal.requester, now)
        if reason is not None:
            self._book.close(goal.id, GoalState.REFUSED, reason, now)
            return
        self._book.put(ledger.activate(goal, self._seated(draft, goal.robot, now), self._site.utc_offset))
        self._market.tick(now)

    def _forbidden(self, draft: Draft, spoken_to: str | None, requester: str, now: float) -> str | None:
        given = (draft, self._site, self._reachable, now)
        return forbidden(*given, live=self._roster.live(now), spoken_to=spoken_to, requester=requester)

    def _seated(self, draft: Draft, spoken_to: str | None, now: float) -> Draft:
        """An allowed Draft with those in it who take part."""
        return seated(draft, self._site, self._roster.live(now), spoken_to)
