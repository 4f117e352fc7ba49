"""The node of the auction house: requests and messages go to the actor; what it decides goes to disk, then out.

Of several such nodes one leads, and the others stand by with a copy of its journal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future

from caravan.actors.house.auction_house import AuctionHouse, Heard
from caravan.actors.house.book import Message
from caravan.actors.house.crossing_control import CrossingControl
from caravan.actors.house.replica import Replica
from caravan.adapters.audit_log import AuditLog
from caravan.adapters.journal import Journal, JournalError, Keep
from caravan.adapters.site_file import read_site, robots_of
from caravan.auction.leadership import LeadershipSettings
from caravan.language.guard import Refused
from caravan.language.spans import BadText
from caravan.model.audit import Audit
from caravan.model.crossing import Approach, Slots
from caravan.model.goal import Goal
from caravan.model.leadership import Claim, Commits, Following, Grant, Piece, Word
from caravan.model.market import Award, Bid, BidNotice, Event, FleetOrder, Lease, Order, ReadRequest, RobotState, Vote
from caravan.model.site import Site
from caravan.platoon.intersection.ways import ways_of
from caravan.traffic.roadmap import Graph
from caravan_ros.awards import AwardSender
from caravan_ros.bookkeeping import claim, explained, settings_of
from caravan_ros.convert import Said, Spelled
from caravan_ros.mail import Speaker, listen
from caravan_ros.office import Office
from caravan_ros.params import read_parameters
from caravan_ros.pledges import PAUSE, Pledges
from caravan_ros.runtime import FAILED, guarded, now, run
from caravan_ros.settings import AuctionParameters
from caravan_ros.together import Together

TURN = 0.1
"""Pause between two ticks, s."""
TIDY = 2.0
"""Pause between two pieces of compaction of the journal, real s."""
QUIET = 10.0
"""Pause between two complaints about the audit log, s."""
WORDS = (Claim, Grant, Commits, Piece, Following)
CLOCK_TIME = 5.0
"""So long a node waits for /clock before it opens its services without, to say what is amiss; real s."""
NO_CLOCK = "the auction house waits for the clock (topic /clock): start the simulator, or set use_sim_time to false"


class AuctionNode(Node):
    """An auction node of `site` with its journal. A lone one leads when the clock starts; of several one leads.

    Leases are counted in real time, since the simulated clock may stand still.
    """

    def __init__(self, site: Site, parameters: AuctionParameters, journal: Journal, audit: AuditLog) -> None:
        super().__init__(parameters.name)
        self._audit = audit
        self._site = site
        self._graph = Graph(site.roadmap)
        self._settings = settings_of(parameters)
        self._journal = journal
        self._keep = Keep(events=parameters.keep_events, goals=parameters.keep_goals)
        self._replica = Replica(
            parameters.name,
            parameters.nodes,
            tuple(site.robots),
            journal,
            self._open_house,
            LeadershipSettings(),
            time.monotonic(),
        )
        self._pledges = Pledges(self._replica.settled)
        self._together = Together(self, self._write)
        self._told = ""
        self._several = len(parameters.nodes) > 1
        words = WORDS if self._several else ()
        self._awards = AwardSender(self, site.robots, self._hear)
        self._office: Office | None = None
        self._opens = time.monotonic() + CLOCK_TIME
        said = (ReadRequest, BidNotice, Lease, FleetOrder, Event)
        ways = ways_of(site)
        self._crossing = None if ways is None else CrossingControl(parameters.name, site, ways)
        if self._crossing is not None:
            listen(self, Approach, self._hear_approach)
        slots = () if ways is None else (Slots,)
        self._speaker = Speaker(self, *said, *slots, *words, robots=site.robots)
        for kind in (Vote, Bid, RobotState):
            listen(self, kind, self._hear)
        for word in words:
            listen(self, word, self._hear_word)
        self.create_timer(TURN, guarded(self._tick))
        real = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(TURN, guarded(self._lead), clock=real)
        self.create_timer(PAUSE, guarded(lambda: self._pledges.give(time.monotonic())), clock=real)
        self.create_timer(TIDY, guarded(self._tidy), clock=real)

    # -- what people ask (requests.House) ----------------------------------------------------------------------

    def submit(self, said: Said) -> Goal | str:
        """Accepts a goal; or says why not."""
        goal = self._open().submit(said.text, said.requester, said.robot, now(self), said.key, said.answers)
        return goal.note if isinstance(goal, BadText) else goal

    def submit_tasks(self, spelled: Spelled) -> Goal | str:
        """Accepts tasks that are spelled out; or says why not."""
        house = self._open()
        goal = house.submit_draft(spelled.draft, spelled.requester, now(self), spelled.mechanism, spelled.key)
        return goal.reason if isinstance(goal, Refused) else goal

    def cancel(self, goal_id: str, requester: str) -> str | None:
        """Cancels a goal; answers with what is wrong, or None."""
        return self._open().cancel(goal_id, requester, now(self))

    def halt(self, robots: tuple[str, ...], *, halt: bool) -> str | None:
        """Halts robots (none named: all) or lets them drive, whatever the disk says; or tells what is wrong."""
        house = self._open()
        flaw = house.order(Order.HALT if halt else Order.RESUME, robots, now(self))
        with suppress(ValueError):
            self._flush(house)
        return flaw

    def explain(self, subject: str) -> tuple[bool, str, str]:
        """Whether something is known, why it is as it is, and that as JSON."""
        return explained(self._open(), self._site, subject, now(self), self._replica)

    def goal(self, goal_id: str) -> Goal | None:
        """A goal as it stands."""
        return self._open().goal(goal_id)

    def write(self) -> None:
        """Puts what was asked for on this node's disk now."""
        self._flush(self._open())

    def when_safe(self, answer: Any, lost: Callable[[str], Any]) -> Future:
        """A Future of `answer`, once what was just asked for is on all disks; of `lost(why)` where it will not be."""
        future = self._pledges.add(self._replica.house(time.monotonic()), answer, lost, time.monotonic())
        self._together.soon()
        return future

    # -- messages and time --------------------------------------------------------------------------------------

    def _open(self) -> AuctionHouse:
        """The house, once there is a time and this node leads. Raises ValueError before."""
        if now(self) <= 0.0:
            raise ValueError(NO_CLOCK)
        if self._replica.house(time.monotonic()) is None:
            self._replica.tick(time.monotonic())
        house = self._replica.house(time.monotonic())
        if house is None:
            raise ValueError(f"{self.get_name()} does not lead now; ask again")
        return house

    def _open_house(self, term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
        return AuctionHouse(
            self._site,
            self._graph.reachable,
            self._settings,
            now=now(self),
            goals=goals,
            events=events,
            forgotten=self._journal.forgotten(),
            term=term,
        )

    def _tick(self) -> None:
        house = self._replica.house(time.monotonic())
        if house is not None:
            house.tick(now(self))
            self._flush(house)

    def _lead(self) -> None:
        ticks = now(self) > 0.0
        # A caller who finds a service that has just come must not be sent away for a clock about to be heard.
        if self._office is None and not self._several and (ticks or time.monotonic() > self._opens):
            self._office = Office(self, self)
        if not ticks:
            return
        try:
            self._replica.tick(time.monotonic())
        except JournalError as error:
            raise ValueError(str(error)) from error
        self._carry_out()
        if self._several:
            self._attend()

    def _tidy(self) -> None:
        try:
            if now(self) > 0.0:
                removed = self._journal.compact(now(self), self._keep)
                house = self._replica.house(time.monotonic())
                if house is not None:
                    house.forget(removed.told, removed.goals)
        except JournalError as error:
            raise ValueError(str(error)) from error

    def _hear(self, message: Heard) -> None:
        """Takes in what a robot says; who stands by lets it pass."""
        if now(self) <= 0.0:
            return
        if isinstance(message, RobotState):
            self._replica.outrank(message.term, time.monotonic())
        house = self._replica.house(time.monotonic())
        if house is not None:
            house.receive(message, now(self))
            self._together.soon()

    def _hear_approach(self, said: Approach) -> None:
        """Takes in how a vehicle comes to the intersection, and says who crosses; who stands by only listens."""
        at = now(self)
        if self._crossing is None or at <= 0.0:
            return
        wrong = self._crossing.hear(said, at)
        leads = self._replica.house(time.monotonic()) is not None
        slots = self._crossing.tick(at, self._replica.term if leads else None)
        if slots is not None:
            self._speaker.say(slots)
        if wrong is not None:
            raise ValueError(wrong)  # Told in the log, as often as bad input is.

    def _hear_word(self, word: Word) -> None:
        if now(self) > 0.0:
            self._replica.hear(word, time.monotonic())
            self._carry_out()

    def _write(self) -> None:
        house = self._replica.house(time.monotonic())
        if house is None:
            self._pledges.lose(f"{self.get_name()} does not lead now; ask again")
        else:
            self._flush(house)

    def _flush(self, house: AuctionHouse) -> None:
        """To disk first, then out. Raises ValueError where the disk fails; the house is then as the disk has it.

        Orders go out all the same: no full disk stands before an emergency stop.
        """
        try:
            self._pledges.written(house, self._replica.flush(time.monotonic()))
        except JournalError as error:
            self._pledges.lose(str(error))
            raise ValueError(str(error)) from error
        except Exception:
            self._pledges.lose(FAILED)
            raise
        finally:
            self._carry_out()

    def _carry_out(self) -> None:
        """Sends what is to be sent, and answers what has become safe."""
        said = self._replica.drain()
        for word in said.words:
            self._speaker.say(word)
        for out in said.outboxes:
            self._keep_audits(out.audits)
            for event in out.events:
                self._speaker.say(event)
            self._send(out.messages)
            if self._office is not None:
                self._office.pursuits.follow(out.events)
        self._pledges.give(time.monotonic())

    def _keep_audits(self, audits: list[Audit]) -> None:
        flaw = self._audit.append(audits)
        if flaw is not None:
            self.get_logger().error(flaw, throttle_duration_sec=QUIET)

    def _send(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, Award):
                self._awards.send(message)
            else:
                self._speaker.say(message)

    def _attend(self) -> None:
        """Serves people's requests while this node leads, and tells its log when that changes."""
        leads = self._replica.house(time.monotonic()) is not None
        if leads and self._office is None:
            self._office = Office(self, self)
        elif not leads and self._office is not None:
            self._office.close()
            self._office = None
        term, leader, note = self._replica.term, self._replica.leader, self._replica.note
        told = f"term {term}: leads" if leads else f"term {term}: stands by, {leader or 'nobody yet'} leads"
        told += f" ({note})" if note else ""
        if told != self._told:
            self._told = told
            self.get_logger().info(told)


def auction_node() -> Node:
    """The node, for the parameters given. Raises ValueError for bad parameters and files."""
    asking = Node("auction")
    parameters = read_parameters(asking, AuctionParameters)
    asking.destroy_node()
    site = robots_of(read_site(parameters.site), parameters.robots)
    journal = claim(parameters.journal)
    return AuctionNode(site, parameters, journal, AuditLog(Path(f"{parameters.journal}.audit.jsonl")))


def main() -> int:
    """Runs it; returns the exit code."""
    return run(auction_node)


if __name__ == "__main__":
    sys.exit(main())
