"""The node of the auction house: requests and messages go to the actor; what it decides goes to disk, then out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from caravan.actors.auction_house import AuctionHouse, Heard
from caravan.actors.book import Message
from caravan.adapters.journal import Journal, JournalError, Keep
from caravan.adapters.site_file import read_site, robots_of
from caravan.language.guard import Refused
from caravan.language.spans import BadText
from caravan.model.goal import Goal
from caravan.model.market import Award, Bid, BidNotice, Event, FleetOrder, Lease, Order, ReadRequest, RobotState, Vote
from caravan.model.site import Site
from caravan.traffic.roadmap import Graph
from caravan_ros.awards import AwardSender
from caravan_ros.bookkeeping import claim, explained, settings_of
from caravan_ros.convert import Said, Spelled
from caravan_ros.mail import Speaker, listen
from caravan_ros.params import read_parameters
from caravan_ros.pursuit import Pursuits
from caravan_ros.requests import Requests
from caravan_ros.runtime import guarded, now, run
from caravan_ros.settings import AuctionParameters

TURN = 0.1
"""Pause between two ticks, s."""
TIDY = 2.0
"""Pause between two pieces of compaction of the journal, real s."""
NO_CLOCK = "the auction house waits for the clock (topic /clock): start the simulator, or set use_sim_time to false"


class AuctionNode(Node):
    """The auction house of `site` with its journal; it opens when the clock starts."""

    def __init__(self, site: Site, parameters: AuctionParameters, journal: Journal) -> None:
        super().__init__("auction")
        self._site = site
        self._graph = Graph(site.roadmap)
        self._settings = settings_of(parameters)
        self._journal = journal
        self._house: AuctionHouse | None = None
        self._awards = AwardSender(self, site.robots, self._hear)
        self._pursuits = Pursuits(self, self)
        self._speaker = Speaker(self, ReadRequest, BidNotice, Lease, FleetOrder, Event, robots=site.robots)
        for kind in (Vote, Bid, RobotState):
            listen(self, kind, self._hear)
        self._requests = Requests(self, self)
        self.create_timer(TURN, guarded(self._tick))
        self._keep = Keep(events=parameters.keep_events, goals=parameters.keep_goals)
        self.create_timer(TIDY, guarded(self._tidy), clock=Clock(clock_type=ClockType.STEADY_TIME))

    # -- what people ask (requests.House) ----------------------------------------------------------------------

    def submit(self, said: Said) -> Goal | str:
        """Accepts a goal, on disk; or says why not."""
        goal = self._open().submit(said.text, said.requester, said.robot, now(self))
        if isinstance(goal, BadText):
            return goal.note
        self._flush()
        return goal

    def submit_tasks(self, spelled: Spelled) -> Goal | str:
        """Accepts tasks that are spelled out, on disk; or says why not."""
        goal = self._open().submit_draft(spelled.draft, spelled.requester, now(self), spelled.mechanism)
        if isinstance(goal, Refused):
            return goal.reason
        self._flush()
        return goal

    def cancel(self, goal_id: str, requester: str) -> str | None:
        """Cancels a goal, on disk; answers with what is wrong, or None."""
        flaw = self._open().cancel(goal_id, requester, now(self))
        self._flush()
        return flaw

    def halt(self, robots: tuple[str, ...], *, halt: bool) -> str | None:
        """Halts robots (none named: all) or lets them drive, whatever the disk says; or tells what is wrong."""
        flaw = self._open().order(Order.HALT if halt else Order.RESUME, robots, now(self))
        with suppress(ValueError):
            self._flush()
        return flaw

    def explain(self, subject: str) -> tuple[bool, str, str]:
        """Whether something is known, why it is as it is, and that as JSON."""
        return explained(self._open(), self._site, subject, now(self))

    def goal(self, goal_id: str) -> Goal | None:
        """A goal as it stands."""
        return self._open().goal(goal_id)

    # -- messages and time --------------------------------------------------------------------------------------

    def _open(self) -> AuctionHouse:
        """The house, opened from the journal once there is a time. Raises ValueError before."""
        if self._house is None:
            at = now(self)
            if at <= 0.0:
                raise ValueError(NO_CLOCK)
            goals, events = self._journal.goals(), self._journal.events()
            self._house = AuctionHouse(
                self._site,
                self._graph.reachable,
                self._settings,
                now=at,
                goals=goals,
                events=events,
                forgotten=self._journal.forgotten(),
            )
        return self._house

    def _tick(self) -> None:
        if now(self) > 0.0:
            self._open().tick(now(self))
            self._flush()

    def _tidy(self) -> None:
        try:
            if now(self) > 0.0:
                removed = self._journal.compact(now(self), self._keep)
                if self._house is not None:
                    self._house.forget(removed.told, removed.goals)
        except JournalError as error:
            raise ValueError(str(error)) from error

    def _hear(self, message: Heard) -> None:
        if now(self) > 0.0:
            self._open().receive(message, now(self))
            self._flush()

    def _flush(self) -> None:
        """To disk first, then out. Raises ValueError where the disk fails; the house is then as the disk has it.

        Orders go out all the same: no full disk stands before an emergency stop.
        """
        out = self._open().drain()
        try:
            if out.goals or out.events:
                self._journal.append(out.goals, out.events)
        except JournalError as error:
            self._house = None
            self._send(message for message in out.messages if isinstance(message, FleetOrder))
            raise ValueError(str(error)) from error
        for event in out.events:
            self._speaker.say(event)
        self._send(out.messages)
        self._pursuits.follow(out.events)

    def _send(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, Award):
                self._awards.send(message)
            else:
                self._speaker.say(message)


def auction_node() -> Node:
    """The node, for the parameters given. Raises ValueError for bad parameters and files."""
    asking = Node("auction")
    parameters = read_parameters(asking, AuctionParameters)
    asking.destroy_node()
    site = robots_of(read_site(parameters.site), parameters.robots)
    return AuctionNode(site, parameters, claim(parameters.journal))


def main() -> int:
    """Runs it; returns the exit code."""
    return run(auction_node)


if __name__ == "__main__":
    sys.exit(main())
