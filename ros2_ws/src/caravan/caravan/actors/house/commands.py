"""Commands in words: goals that are given up, robots that halt, go on or come home."""

from __future__ import annotations

from collections.abc import Callable

from caravan.actors.house.book import Book
from caravan.actors.house.handover import Handover
from caravan.actors.house.orders import Orders
from caravan.language.authority import forbidden
from caravan.model.goal import FINAL_GOAL_STATES, Draft, Goal, GoalState
from caravan.model.market import Order
from caravan.model.site import Site

ORDERS = {"stop": Order.HALT, "pause": Order.HALT, "resume": Order.RESUME, "home": Order.HOME}


def cancelled_by(requester: str) -> str:
    """What a goal says that was given up on somebody's word."""
    return f"cancelled by {requester}" if requester else "cancelled"


class Commands:
    """What is commanded, over the goals of a book; `asks` tells whether a goal's question may still be answered.

    Times are the caller's `now` (s).
    """

    def __init__(
        self, site: Site, book: Book, orders: Orders, handover: Handover, asks: Callable[[Goal, float], bool]
    ) -> None:
        self._site = site
        self._book = book
        self._orders = orders
        self._handover = handover
        self._asks = asks

    def cancel(self, goal_id: str, requester: str, now: float) -> str | None:
        """Gives up a goal on the word of a requester; answers with what is wrong, or None."""
        if goal_id not in self._book:
            return f"there is no goal {goal_id!r}"
        goal = self._book[goal_id]
        if goal.state in FINAL_GOAL_STATES and goal.state is not GoalState.ASKED:
            return f"{goal_id} is {goal.state} already"
        others = requester != goal.requester
        if others and (flaw := forbidden(requester, self._site.policy, "control")) is not None:
            return flaw
        note = cancelled_by(requester)
        if goal.state in (GoalState.READING, GoalState.ASKED):
            self._book.close(goal_id, GoalState.CANCELLED, note, now)
        else:
            self._handover.cancel(goal, note, now)
        return None

    def obey(self, goal: Goal, draft: Draft, now: float) -> str | None:
        """Does what a control Draft that the guard allows says; answers with what is wrong, or None."""
        assert draft.command is not None, "a control Draft has a command"
        target = draft.target
        whole = target in (None, "all")
        if draft.command == "cancel":
            return self._cancel_by_word(goal, target, now)
        if whole or target in self._site.robots:
            robots = () if whole or target is None else (target,)
            return self._orders.give(ORDERS[draft.command], robots, now)
        return f"{draft.command} is for robots, and {target!r} is none"

    def _cancel_by_word(self, goal: Goal, target: str | None, now: float) -> str | None:
        if target is not None and target in self._book:
            return self.cancel(target, goal.requester, now)
        for other in self._book:
            concerned = target in (None, "all") or any(t.robot == target for t in other.tasks)
            under_way = other.state not in FINAL_GOAL_STATES or self._asks(other, now)
            if concerned and under_way and other.id != goal.id:
                self.cancel(other.id, goal.requester, now)
        known = target in (None, "all") or target in self._site.robots
        return None if known else f"there is no goal or robot {target!r}"
