"""Goals of many callers at the same moment, over DDS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rclpy.node import Node

from caravan.adapters.journal import Journal
from caravan_ros import wiring
from tests.ros.support import RealFleet, real_fleet

pytestmark = pytest.mark.processes

REQUESTERS = 10
GOALS = 1000
LIMIT = 30.0
"""How long the answers may take, s; on an idle machine they take 4."""


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[RealFleet]:
    with real_fleet(tmp_path) as running:
        yield running


@pytest.fixture
def clients(fleet: RealFleet) -> Iterator[list[Any]]:
    """A client for each requester, the first half of them with the depth that ROS gives by default."""
    nodes = [Node(f"requester_{k}", context=fleet.client._context) for k in range(REQUESTERS)]
    service = wiring.SUBMIT_GOAL
    made = [node.create_client(service.type, service.name) for node in nodes[::2]]
    made += [service.client(node) for node in nodes[1::2]]
    for node in nodes:
        fleet.client._executor.add_node(node)
    fleet.until(lambda: all(client.service_is_ready() for client in made))
    fleet.client.spin(1.0)  # The servers' side may find a client a little later.
    yield made
    for node in nodes:
        fleet.client._executor.remove_node(node)
        node.destroy_node()


def test_a_thousand_goals_said_at_once_are_each_answered_and_what_was_accepted_is_kept(
    fleet: RealFleet, clients: list[Any]
) -> None:
    kind = wiring.SUBMIT_GOAL.type.Request

    def ask(k: int) -> Any:
        who = k % REQUESTERS
        return clients[who].call_async(kind(text="Go to dock 1.", requester=f"requester {who}", key=str(k)))

    calls = [ask(k) for k in range(GOALS)]
    plain = [k for k in range(GOALS) if k % REQUESTERS < REQUESTERS // 2]
    fleet.until(lambda: all(calls[k].done() for k in range(GOALS) if k not in plain), LIMIT)
    # A client of ROS's default depth that looks away for long may lose an answer, and asks again by its key.
    for _ in range(3):
        fleet.client.spin(1.0)
        for k in plain:
            if not calls[k].done():
                calls[k] = ask(k)
    fleet.until(lambda: all(call.done() for call in calls), LIMIT)
    answers = [call.result() for call in calls]
    accepted = [answer.goal_id for answer in answers if answer.accepted]
    # Each requester has 60 sentences a minute, and the clock of the simulation is some times as fast.
    assert len(accepted) >= 60 * REQUESTERS
    assert len(set(accepted)) == len(accepted)
    assert all("asks too often, 60 sentences a minute" in answer.message for answer in answers if not answer.accepted)
    journal = Journal(fleet.folder / "journal")
    assert {goal.id for goal in journal.goals()} == set(accepted)
    journal.close()
    assert fleet.client.explain(accepted[-1])[1]["goal"]["text"] == "Go to dock 1."
    fleet.until(lambda: any(event.kind == "taken" for event in fleet.events))
    assert not [event.robot for event in fleet.events if event.kind == "lost"], "no heartbeat was held up for long"
