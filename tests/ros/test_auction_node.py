"""The auction node on a disk that fails: nothing is accepted that is not on it, and robots can still be halted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import rclpy
from caravan_msgs.action import PursueGoal
from rclpy.experimental import EventsExecutor

from caravan.adapters.audit_log import AuditLog
from caravan.adapters.journal import Journal, JournalError
from caravan.adapters.site_file import read_site
from caravan.model.goal import Goal
from caravan.model.leadership import Mark
from caravan.model.market import Event, FleetOrder, Order
from caravan_ros import convert, pursuit, wiring
from caravan_ros.auction_node import AuctionNode
from caravan_ros.settings import AuctionParameters
from tests.ros.support import SITE


class FullDisk(Journal):
    """A journal that can be read, and written while `full` is not set."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.full = False
        self.written: list[int] = []
        """How many goals each writing had."""

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        if self.full:
            raise JournalError("journal x: database or disk is full; free some disk space")
        together = list(goals)
        self.written.append(len(together))
        super().append(together, events, mark)


@pytest.fixture
def journal(tmp_path: Path) -> FullDisk:
    return FullDisk(tmp_path / "journal")


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "log"


@pytest.fixture
def node(ros: None, journal: FullDisk, audit: Path) -> Iterator[AuctionNode]:
    node = AuctionNode(read_site(SITE), AuctionParameters(site=str(SITE), journal=""), journal, AuditLog(audit))
    yield node
    node.destroy_node()


def said(node: AuctionNode, text: str, requester: str = "") -> Goal | str:
    """The goal that was accepted and is on disk; or why not."""
    goal = node.submit(convert.Said(text=text, requester=requester))
    answer: Goal | str = node.when_safe(goal, str).result()
    return answer


def test_what_cannot_be_written_is_not_accepted(node: AuctionNode, journal: FullDisk) -> None:
    kept = said(node, "Go to dock 1.")
    assert isinstance(kept, Goal)
    journal.full = True
    assert "disk is full" in str(said(node, "Go to dock 2."))
    assert node.goal("g2") is None
    assert node.goal("g1") == kept
    journal.full = False
    assert isinstance(said(node, "Go to dock 3."), Goal)
    assert [goal.text for goal in journal.goals()] == ["Go to dock 1.", "Go to dock 3."]


def test_a_refusal_is_audited_and_an_audit_log_that_cannot_be_written_stops_nothing(
    node: AuctionNode, audit: Path
) -> None:
    assert isinstance(said(node, "Go to dock 1.\u202e", "eve"), str)
    assert isinstance(said(node, "Go to dock 1."), Goal)
    assert not audit.exists()
    audit.parent.mkdir()
    assert isinstance(said(node, "Go to\0 dock 2.", "eve"), str)
    assert isinstance(said(node, "Go to dock 2."), Goal)
    (line,) = audit.read_text().splitlines()
    kept = json.loads(line)
    assert (kept["requester"], kept["text"], kept["verdict"]) == ("eve", "Go to\0 dock 2.", "refused")
    assert "U+0000" in kept["reason"]


def test_what_comes_together_is_written_together_and_told_once_it_is_on_disk(
    node: AuctionNode, journal: FullDisk
) -> None:
    executor = EventsExecutor()
    executor.add_node(node)
    told: list[bool] = []

    def tell(goal: Goal) -> None:
        told.append(goal.id in {kept.id for kept in journal.goals()})

    journal.written.clear()
    for k in range(40):
        goal = node.submit(convert.Said(text="Go to dock 1.", requester=f"{k}"))
        node.when_safe(goal, str).add_done_callback(lambda future: tell(future.result()))
    assert (journal.written, told) == ([], [])
    for _ in range(200):
        if len(told) < 40:
            executor.spin_once(timeout_sec=0.1)
    executor.remove_node(node)
    assert told == [True] * 40
    assert journal.written[0] == 40


def test_more_pursuits_than_can_be_followed_are_refused(node: AuctionNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pursuit, "MOST", 1)
    asker = rclpy.create_node("asker")
    executor = EventsExecutor()
    for each in (node, asker):
        executor.add_node(each)

    def until(done: Callable[[], object]) -> None:
        end = time.monotonic() + 20.0
        while not done() and time.monotonic() < end:
            executor.spin_once(timeout_sec=0.1)
        assert done()

    # A tick of the node, which opens its services then: servers of nodes that are gone may still be found.
    ticked: list[bool] = []
    node.create_timer(0.5, lambda: ticked.append(True))
    until(lambda: ticked)
    client = wiring.PURSUE_GOAL.client(asker)
    until(client.server_is_ready)
    heard: list[str] = []
    first = client.send_goal_async(
        PursueGoal.Goal(text="Go to dock 1."), feedback_callback=lambda told: heard.append(told.feedback.line)
    )
    until(lambda: heard == ["accepted as g1"])
    assert first.result().accepted
    second = client.send_goal_async(PursueGoal.Goal(text="Go to dock 2."))
    until(second.done)
    end = second.result().get_result_async()
    until(end.done)
    refused = end.result().result
    assert (refused.outcome, refused.goal_id) == ("refused", "")
    assert "1 goals are pursued already: give this one to /caravan/submit_goal" in refused.message
    assert node.goal("g2") is None
    for each in (node, asker):
        executor.remove_node(each)
    client.destroy()
    asker.destroy_node()


def test_a_full_disk_does_not_stand_before_an_emergency_stop(node: AuctionNode, journal: FullDisk) -> None:
    heard: list[FleetOrder] = []
    listener = rclpy.create_node("listener")
    wiring.FLEET_ORDER.subscribe(listener, lambda message: heard.append(convert.fleet_order_from_msg(message)))
    executor = EventsExecutor()
    executor.add_node(listener)
    journal.full = True
    assert node.halt((), halt=True) is None
    for _ in range(100):
        if not heard:
            executor.spin_once(timeout_sec=0.1)
    assert [(order.order, set(order.robots)) for order in heard] == [(Order.HALT, set(read_site(SITE).robots))]
    executor.remove_node(listener)
    listener.destroy_node()
