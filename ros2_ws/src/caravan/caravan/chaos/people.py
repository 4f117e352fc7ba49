"""The people of a story: they say goals, take them back, order robots to halt and to go on, until it is accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from caravan.actors.house.auction_house import AuctionHouse
from caravan.chaos.laws import Laws
from caravan.chaos.speech import sentence
from caravan.chaos.stage import Stage
from caravan.chaos.story import ALL, Fault, FaultKind, Story, Wish
from caravan.fleet.houses import Answer
from caravan.model.goal import Goal
from caravan.model.market import Order

_AGAIN = 1.0
"""Pause before what was not accepted is said again, s."""

T = TypeVar("T")


class People:
    """What is asked of the fleet in a story. Times are s after the beginning."""

    def __init__(self, told: Story, stage: Stage, laws: Laws) -> None:
        self._stage = stage
        self._laws = laws
        self._unsaid = [(f"wish {number}", wish) for number, wish in enumerate(told.wishes)]
        self._said: list[tuple[Wish, str]] = []
        self._halts = [fault for fault in told.faults if fault.kind is FaultKind.HALT]
        """Halts that are not over."""
        self._halting: set[Fault] = set()
        self._asked: dict[str, Answer[object]] = {}
        self._again: dict[str, float] = {}

    @property
    def wait(self) -> bool:
        """Whether something is still to be said, or to be accepted."""
        return bool(self._unsaid or self._halts)

    def act(self, time: float) -> None:
        """Says what is due."""
        for key, wish in list(self._unsaid):
            if wish.at <= time:
                self._say(key, wish, time)
        for wish, goal_id in list(self._said):
            if wish.cancel is not None and time >= wish.cancel:
                self._cancel(wish, goal_id, time)
        for fault in [f for f in self._halts if f.at <= time]:
            self._order(fault, time)

    def _say(self, key: str, wish: Wish, time: float) -> None:
        text = sentence(wish)
        answer = self._settled(key, lambda house: house.submit(text, "", "", self._stage.now, key), time)
        if answer is not None:
            assert isinstance(answer.value, Goal), f"{text!r} is a sentence"
            self._laws.say(answer.value.id, text)
            self._unsaid.remove((key, wish))
            self._said.append((wish, answer.value.id))

    def _cancel(self, wish: Wish, goal_id: str, time: float) -> None:
        # It may be cancelled before anybody hears of it.
        self._laws.cancelled.add(goal_id)
        if self._settled(f"cancel {goal_id}", lambda house: house.cancel(goal_id, "", self._stage.now), time):
            self._said.remove((wish, goal_id))

    def _order(self, fault: Fault, time: float) -> None:
        """To halt, and to go on whether the halt was accepted or not: some robots may have heard of it."""
        over = time >= fault.at + fault.span
        if not over and fault in self._halting:
            return
        robots = tuple(self._stage.site.robots) if fault.who == ALL else (fault.who,)
        order = Order.RESUME if over else Order.HALT
        key = f"{order} {fault.who} {fault.at}"
        # Orders go out before they are accepted, so until then a robot may have heard of it, or not.
        self._laws.ordered(robots, halt=None)
        if self._settled(key, lambda house: house.order(order, robots, self._stage.now), time):
            self._laws.ordered(robots, halt=not over)
            if over:
                self._halts.remove(fault)
            else:
                self._halting.add(fault)

    def _settled(self, key: str, do: Callable[[AuctionHouse], T], time: float) -> Answer[object] | None:
        """The answer to a request, which is made again each second until it is safe; None: not yet."""
        answer = self._asked.pop(key, None)
        if answer is None:
            if time < self._again.get(key, 0.0):
                return None
            self._again[key] = time + _AGAIN
            given = self._stage.ask(do)
            if given is None or given.flaw is not None:
                return None
            answer = Answer(value=given.value, house=given.house, ticket=given.ticket)
        settled = self._stage.settled(answer)
        if settled is None:
            self._asked[key] = answer
        return answer if settled else None
