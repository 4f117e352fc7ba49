"""What mechanisms refuse, and the table of the consensus row by row."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from caravan.auction.mechanisms.agreement import agree
from caravan.auction.mechanisms.assignment import assign
from caravan.auction.mechanisms.bundles import BundleBid, cover, most_worth
from caravan.auction.mechanisms.cbba import build, hear, member
from caravan.auction.mechanisms.consensus import TABLE, resolve
from caravan.auction.mechanisms.exchange import trade
from caravan.auction.mechanisms.rounds import auction_in_rounds
from caravan.auction.mechanisms.scores import discounted, thrifty
from caravan.auction.mechanisms.single import Ask, first_price, second_price
from caravan.auction.mechanisms.vcg import vcg
from caravan.model.claims import Belief, Claims

ABSURD = [math.nan, math.inf, -math.inf, -1.0]


def bid(robot: str, cost: float | None) -> Ask:
    """A bid for one task."""
    return Ask(robot=robot, cost=cost)


def bundle(robot: str, tasks: str, cost: float = 1.0) -> BundleBid:
    """A bid for tasks with names of one letter."""
    return BundleBid(robot=robot, tasks=frozenset(tasks), cost=cost)


def claims(sender: str, belief: Belief, **stamps: int) -> Claims:
    """What `sender` tells about task t."""
    return Claims(sender=sender, beliefs={"t": belief}, stamps=stamps)


@pytest.mark.parametrize("absurd", ABSURD)
@pytest.mark.parametrize(
    "call",
    [
        lambda x: first_price([bid("a", x)], 5.0),
        lambda x: second_price([bid("a", 1.0), bid("b", x)], 5.0),
        lambda x: second_price([bid("a", 1.0)], x),
        lambda x: assign(["t"], {"a": {"t": x}}),
        lambda x: cover("t", [bundle("a", "t", x)]),
        lambda x: most_worth({"t": x}, []),
        lambda x: vcg({"t": 5.0}, [bundle("a", "t", x)]),
        lambda x: auction_in_rounds(["t"], ["a"], lambda robot, tour: x if tour else 0.0, assign),
        lambda x: trade({"a": ("t",)}, lambda robot, tour: x),
        lambda x: hear(member("a", ["t"], 1), claims("b", Belief(bid=x, winner="b"), b=1)),
        lambda x: thrifty("a", lambda robot, tour: 0.0, x),
        lambda x: discounted({"t": x}, lambda path: [0.0] * len(path), 0.9),
        lambda x: discounted({"t": 1.0}, lambda path: [x] * len(path), 0.9)(("t",)),
    ],
)
def test_absurd_numbers_are_refused(call: Callable[[float], object], absurd: float) -> None:
    with pytest.raises(ValueError, match=f"is {absurd}: give a finite number of at least 0"):
        call(absurd)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: first_price([bid("a", 1.0), bid("a", 2.0)], 5.0), "robot a comes more than once"),
        (lambda: assign(["t", "t"], {}), "task t comes more than once"),
        (lambda: assign(["t"], {"a": {"u": 1.0}}), "unknown task, which robot a bids for: u: known are t"),
        (lambda: cover("t", [bundle("a", "tu")]), "unknown task, which robot a bids for: u"),
        (lambda: cover("t", [bundle("a", "")]), "robot a bids for no task at all"),
        (lambda: cover("t", [bundle("a", "t", 1.0), bundle("a", "t", 2.0)]), "bid of a for t comes more than once"),
        (lambda: vcg({"t": 1.0}, [bundle("a", "u")]), "unknown task, which robot a bids for: u"),
        (lambda: auction_in_rounds(["t"], ["a", "a"], lambda robot, tour: 0.0, assign), "robot a comes more than once"),
        (lambda: member("a", ["t", "t"], 1), "task t comes more than once"),
        (lambda: member("a", ["t"], -1), "capacity of robot a is -1"),
        (lambda: hear(member("a", ["t"], 1), claims("a", Belief(), a=1)), "another robot of its name"),
        (lambda: hear(member("a", ["t"], 1), claims("b", Belief())), "do not say how new they are"),
        (lambda: hear(member("a", ["u"], 1), claims("b", Belief(), b=1)), "unknown task, of which robot b tells: t"),
        (lambda: hear(member("a", ["t", "u"], 1), claims("b", Belief(), b=1)), "which robot b leaves out: u"),
        (lambda: agree([member("a", [], 1), member("a", [], 1)], {}, {}, limit=1), "2 members have 1 names"),
        (lambda: agree([member("a", [], 1)], {}, {"a": ["b"]}, limit=1), "unknown robot b: known are a"),
        (lambda: trade({"a": ("t",), "b": ("t",)}, lambda robot, tour: 0.0), "task t comes more than once"),
        (lambda: trade({"a": ("t",)}, lambda robot, tour: None), "robot a cannot do the tour t"),
        (lambda: discounted({}, lambda path: [], 1.5), "the discount is 1.5"),
    ],
)
def test_what_cannot_be_is_refused(call: Callable[[], object], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        call()


def test_nothing_to_decide() -> None:
    assert second_price([bid("a", None)], 5.0) is None
    assert assign(["t"], {"a": {"t": None}, "b": {}}) == {}
    assert (cover("t", []).winners, cover("t", []).left) == ((), ("t",))
    assert vcg({}, []).deals == ()
    assert trade({}, lambda robot, tour: 0.0).contracts == ()


OLD, NEW, SAME = {"i": 0, "k": 1, "m": 1, "n": 1}, {"k": 1, "m": 2, "n": 2}, {"k": 1, "m": 1, "n": 1}
M_NEW, N_NEW = {"k": 1, "m": 2, "n": 1}, {"k": 1, "m": 1, "n": 2}
N_NEW_M_OLD = {"k": 1, "m": 0, "n": 2}
LOW, HIGH = 1.0, 2.0


@pytest.mark.parametrize(
    ("told", "held", "stamps", "action"),
    [
        (("k", HIGH), ("i", LOW), SAME, "update"),
        (("k", LOW), ("i", HIGH), SAME, "leave"),
        (("k", LOW), ("i", LOW), SAME, "leave"),
        (("k", LOW), ("k", HIGH), SAME, "update"),
        (("k", LOW), ("m", HIGH), M_NEW, "update"),
        (("k", HIGH), ("m", LOW), SAME, "update"),
        (("k", LOW), ("m", HIGH), SAME, "leave"),
        (("k", LOW), (None, 0.0), SAME, "update"),
        (("i", HIGH), ("i", LOW), NEW, "leave"),
        (("i", HIGH), ("k", LOW), SAME, "reset"),
        (("i", HIGH), ("m", LOW), M_NEW, "reset"),
        (("i", HIGH), ("m", LOW), SAME, "leave"),
        (("i", HIGH), (None, 0.0), NEW, "leave"),
        (("m", HIGH), ("i", LOW), M_NEW, "update"),
        (("m", LOW), ("i", HIGH), M_NEW, "leave"),
        (("m", HIGH), ("i", LOW), SAME, "leave"),
        (("m", LOW), ("k", HIGH), M_NEW, "update"),
        (("m", HIGH), ("k", LOW), SAME, "reset"),
        (("m", LOW), ("m", HIGH), M_NEW, "update"),
        (("m", HIGH), ("m", LOW), SAME, "leave"),
        (("m", LOW), ("n", HIGH), NEW, "update"),
        (("m", HIGH), ("n", LOW), M_NEW, "update"),
        (("m", LOW), ("n", HIGH), M_NEW, "leave"),
        (("m", HIGH), ("n", LOW), N_NEW_M_OLD, "reset"),
        (("m", HIGH), ("n", LOW), N_NEW, "leave"),
        (("m", HIGH), (None, 0.0), M_NEW, "update"),
        (("m", HIGH), (None, 0.0), SAME, "leave"),
        ((None, 0.0), ("i", LOW), NEW, "leave"),
        ((None, 0.0), ("k", HIGH), SAME, "update"),
        ((None, 0.0), ("m", HIGH), M_NEW, "update"),
        ((None, 0.0), ("m", HIGH), SAME, "leave"),
        ((None, 0.0), (None, 0.0), NEW, "leave"),
    ],
)
def test_the_table_of_the_consensus(
    told: tuple[str | None, float], held: tuple[str | None, float], stamps: dict[str, int], action: str
) -> None:
    said, own = Belief(winner=told[0], bid=told[1]), Belief(winner=held[0], bid=held[1])
    after = resolve("i", {"t": own}, OLD, claims("k", said, **stamps))["t"]
    assert after == {"update": said, "leave": own, "reset": Belief()}[action]
    assert len(TABLE) == 17


def test_a_lost_task_takes_with_it_what_was_won_after_it() -> None:
    state = build(member("i", ["a", "b", "c"], 3), lambda path: float(sum("cba".index(task) + 1 for task in path)))
    assert state.bundle == ("a", "b", "c")
    told = {"a": Belief(), "b": Belief(bid=9.0, winner="k"), "c": Belief()}
    after = hear(state, Claims(sender="k", beliefs=told, stamps={"k": 1}))
    assert (after.bundle, after.path) == (("a",), ("a",))
    assert (after.beliefs["b"].winner, after.beliefs["c"]) == ("k", Belief())


def test_a_discounted_reward() -> None:
    score = discounted({"a": 8.0, "b": 4.0}, lambda path: [1.0, 2.0][: len(path)] if len(path) < 3 else None, 0.5)
    assert (score(()), score(("a",)), score(("a", "b")), score(("a", "b", "c"))) == (0.0, 4.0, 5.0, None)
