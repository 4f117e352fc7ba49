"""A robot's orders: what reaches it late, twice or out of order undoes nothing."""

from __future__ import annotations

import itertools

import pytest

from caravan.actors.obedience import Obedience
from caravan.model.market import FleetOrder, Order


def order(number: int, what: Order, term: int = 1) -> FleetOrder:
    """An order to the robot."""
    return FleetOrder(number=number, order=what, robots=("a",), term=term)


HALT, RESUME, HOME = order(1, Order.HALT), order(2, Order.RESUME), order(3, Order.HOME)


@pytest.mark.parametrize("heard", list(itertools.permutations([HALT, HALT, RESUME, HOME])))
def test_the_latest_order_to_halt_or_to_go_on_stands_in_whatever_order_they_come(heard: tuple[FleetOrder, ...]) -> None:
    robot = Obedience()
    followed = [each for each in heard if robot.hear(each)]
    assert not robot.halted
    assert followed.count(HALT) <= 1 and followed.count(HOME) == 1


def test_an_order_to_halt_is_followed_though_a_later_one_to_come_home_was_heard_before() -> None:
    robot = Obedience()
    assert robot.hear(order(2, Order.HOME))
    assert robot.hear(order(1, Order.HALT)) and robot.halted


def test_an_order_to_come_home_that_is_older_than_what_stands_is_not_followed() -> None:
    robot = Obedience()
    assert robot.hear(order(2, Order.HALT)) and not robot.hear(order(1, Order.HOME))


def test_what_a_later_leader_says_counts_more_than_a_higher_number() -> None:
    robot = Obedience()
    assert robot.hear(order(9, Order.HALT, term=1)) and robot.hear(order(1, Order.RESUME, term=2))
    assert not robot.hear(order(10, Order.HALT, term=1)) and not robot.halted
