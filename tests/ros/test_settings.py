"""What nodes do where nobody gives a parameter is what the fleet in memory does: else its laws say nothing of them."""

from __future__ import annotations

from caravan.actors.house.auction_house import HouseSettings
from caravan.actors.robot.agent import AgentSettings
from caravan_ros.bookkeeping import settings_of
from caravan_ros.settings import AgentParameters, AuctionParameters


def test_the_defaults_of_an_auction_node_are_those_of_the_house() -> None:
    assert settings_of(AuctionParameters(site="", journal="")) == HouseSettings()


def test_the_defaults_of_an_agent_node_are_those_of_the_agent() -> None:
    given, settings = AgentParameters(site="", robots=(), start_logs=""), AgentSettings()
    assert (given.heartbeat, given.report, given.lease) == (settings.heartbeat, settings.report, settings.lease)
