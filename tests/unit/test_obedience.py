"""A robot's orders: what reaches it late, twice or out of order undoes nothing, and nor does a restart."""

from __future__ import annotations

import itertools

import pytest

from caravan.actors.robot.obedience import Obedience
from caravan.adapters.start_log import StartLog
from caravan.model.market import FleetOrder, Order
from caravan.model.start import StandingOrder


class FullDisk(StartLog):
    """A log on a disk that can be full."""

    full = False

    def stand(self, order: StandingOrder) -> str | None:
        return "start log x: database or disk is full" if self.full else super().stand(order)


def order(number: int, what: Order, term: int = 1) -> FleetOrder:
    """An order to the robot."""
    return FleetOrder(number=number, order=what, robots=("a",), term=term)


HALT, RESUME, HOME = order(1, Order.HALT), order(2, Order.RESUME), order(3, Order.HOME)


@pytest.mark.parametrize("heard", list(itertools.permutations([HALT, HALT, RESUME, HOME])))
def test_the_latest_order_to_halt_or_to_go_on_stands_in_whatever_order_they_come(heard: tuple[FleetOrder, ...]) -> None:
    robot = Obedience(StartLog(":memory:"))
    followed = [each for each in heard if robot.hear(each)]
    assert not robot.halted
    assert followed.count(HALT) <= 1 and followed.count(HOME) == 1


def test_an_order_to_halt_is_followed_though_a_later_one_to_come_home_was_heard_before() -> None:
    robot = Obedience(StartLog(":memory:"))
    assert robot.hear(order(2, Order.HOME))
    assert robot.hear(order(1, Order.HALT)) and robot.halted


def test_an_order_to_come_home_that_is_older_than_what_stands_is_not_followed() -> None:
    robot = Obedience(StartLog(":memory:"))
    assert robot.hear(order(2, Order.HALT)) and not robot.hear(order(1, Order.HOME))


def test_what_a_later_leader_says_counts_more_than_a_higher_number() -> None:
    robot = Obedience(StartLog(":memory:"))
    assert robot.hear(order(9, Order.HALT, term=1)) and robot.hear(order(1, Order.RESUME, term=2))
    assert not robot.hear(order(10, Order.HALT, term=1)) and not robot.halted


def test_what_stands_outlives_the_process_and_an_old_copy_of_an_order_undoes_nothing() -> None:
    log = StartLog(":memory:")
    robot = Obedience(log)
    robot.hear(order(1, Order.HALT))
    robot.write()
    assert Obedience(log).halted
    robot.hear(order(2, Order.RESUME, term=3))
    robot.write()
    again = Obedience(log)
    assert not again.halted and again.term == 3
    assert not again.hear(order(1, Order.HALT)) and not again.halted


def test_a_full_disk_stands_before_no_halt_and_what_it_did_not_take_is_written_later() -> None:
    log = FullDisk(":memory:")
    log.full = True
    robot = Obedience(log)
    assert robot.hear(order(1, Order.HALT)) and robot.halted
    robot.write()
    assert not Obedience(log).halted
    log.full = False
    robot.write()
    assert Obedience(log).halted
