"""Tests on real DDS: in a domain of their own, on this machine alone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import rclpy

from caravan_cli.domain import free_domain


@pytest.fixture(scope="session", autouse=True)
def domain() -> Iterator[int]:
    """A ROS domain that nobody else uses; processes that a test starts inherit it."""
    with free_domain() as number, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "ROS_DOMAIN_ID", str(number))
        patch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        yield number


@pytest.fixture(scope="session")
def ros(domain: int) -> Iterator[None]:
    """ROS 2 in this process."""
    rclpy.init()
    yield
    rclpy.try_shutdown()
