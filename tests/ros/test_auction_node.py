"""The auction node on a disk that fails: nothing is accepted that is not on it, and robots can still be halted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import rclpy
from rclpy.experimental import EventsExecutor

from caravan.adapters.audit_log import AuditLog
from caravan.adapters.journal import Journal, JournalError
from caravan.adapters.site_file import read_site
from caravan.model.goal import Goal
from caravan.model.leadership import Mark
from caravan.model.market import Event, FleetOrder, Order
from caravan_ros import convert, wiring
from caravan_ros.auction_node import AuctionNode
from caravan_ros.settings import AuctionParameters
from tests.ros.support import SITE


class FullDisk(Journal):
    """A journal that can be read, and written while `full` is not set."""

    full = False

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        if self.full:
            raise JournalError("journal x: database or disk is full; free some disk space")
        super().append(goals, events, mark)


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


def test_what_cannot_be_written_is_not_accepted(node: AuctionNode, journal: FullDisk) -> None:
    kept = node.submit(convert.Said(text="Go to dock 1."))
    assert isinstance(kept, Goal)
    journal.full = True
    with pytest.raises(ValueError, match="disk is full"):
        node.submit(convert.Said(text="Go to dock 2."))
    assert node.goal("g2") is None
    assert node.goal("g1") == kept
    journal.full = False
    later = node.submit(convert.Said(text="Go to dock 3."))
    assert isinstance(later, Goal)
    assert [goal.text for goal in journal.goals()] == ["Go to dock 1.", "Go to dock 3."]


def test_a_refusal_is_audited_and_an_audit_log_that_cannot_be_written_stops_nothing(
    node: AuctionNode, audit: Path
) -> None:
    assert isinstance(node.submit(convert.Said(text="Go to dock 1.\u202e", requester="eve")), str)
    assert isinstance(node.submit(convert.Said(text="Go to dock 1.")), Goal)
    assert not audit.exists()
    audit.parent.mkdir()
    assert isinstance(node.submit(convert.Said(text="Go to\0 dock 2.", requester="eve")), str)
    assert isinstance(node.submit(convert.Said(text="Go to dock 2.")), Goal)
    (line,) = audit.read_text().splitlines()
    said = json.loads(line)
    assert (said["requester"], said["text"], said["verdict"]) == ("eve", "Go to\0 dock 2.", "refused")
    assert "U+0000" in said["reason"]


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
