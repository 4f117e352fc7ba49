"""Plans of faults, and what is counted when they are over."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from caravan.model.goal import Goal, GoalState
from caravan.model.market import Event, HoldingState, Lease
from caravan.model.start import StartKind, StartRecord
from caravan_cli.faults import count
from caravan_cli.faults.plan import AGENT, ALWAYS, HEAL, NETWORK, Fault, Kind, plan_faults
from caravan_cli.faults.watch import Watch

AGENTS = ("agent_a", "agent_b", "agent_c", "agent_d")


@given(st.integers(0, 1000))
def test_a_plan_leaves_somebody_to_work_and_hits_nobody_twice_at_once(seed: int) -> None:
    faults = plan_faults(30, AGENTS, (*ALWAYS, *NETWORK), random.Random(seed))
    assert faults == plan_faults(30, AGENTS, (*ALWAYS, *NETWORK), random.Random(seed))
    assert len(faults) == 30
    for number, fault in enumerate(faults):
        assert (fault.target in AGENTS) == (fault.kind in AGENT)
        lasting = [f for f in faults[:number] if f.at + f.lasts > fault.at]
        assert fault.target not in {f.target for f in lasting}
        assert len({f.target for f in (*lasting, fault)} & set(AGENTS)) <= 2
    houses = [f for f in faults if f.kind not in AGENT]
    for before, after in pairwise(houses):
        assert after.at - before.at - before.lasts >= HEAL


def test_faults_apart_come_one_after_the_other() -> None:
    faults = plan_faults(30, AGENTS, ALWAYS, random.Random(1), apart=8.0)
    assert all(after.at - before.at - before.lasts > 7.999 for before, after in pairwise(faults))


def record(kind: StartKind, epoch: int, state: HoldingState | None = None) -> StartRecord:
    return StartRecord(stamp=0.0, kind=kind, task_id="g1/t1", epoch=epoch, state=state)


def test_an_award_that_was_begun_twice_is_found() -> None:
    first, second = record(StartKind.BEGUN, 1), record(StartKind.BEGUN, 2)
    assert count.doubled_starts({"a": [first], "b": [second]}) == []
    assert count.doubled_starts({"a": [first], "b": [second, second]}) == ["g1/t1#2"]
    assert count.doubled_starts({"a": [first], "b": [first]}) == ["g1/t1#1"]
    assert count.started({"a": [first], "b": [first, second]}) == 2


def test_a_task_that_ended_twice_is_found() -> None:
    done = Event(stamp=0.0, kind="task_done", goal="g1", task="g1/t1")
    assert count.done_twice([done]) == []
    assert count.done_twice([done, done]) == ["g1/t1"]
    ends = [record(StartKind.ENDED, epoch, HoldingState.DONE) for epoch in (1, 2)]
    assert count.redone({"a": ends[:1]}) == []
    assert count.redone({"a": ends[:1], "b": ends[1:]}) == ["g1/t1"]


def test_a_goal_without_an_end_in_the_journal_is_lost() -> None:
    goals = [Goal(id="g1", text="", requester="", stamp=0.0, state=GoalState.DONE)]
    goals += [Goal(id="g2", text="", requester="", stamp=0.0, state=GoalState.ACTIVE)]
    assert count.not_ended(["g1", "g2", "g3"], goals) == ["g2", "g3"]


def test_recovery_is_measured_from_the_beginning_of_the_fault() -> None:
    watch = Watch(clock=100.0)

    def hear(kind: str, robot: str, at: float) -> None:
        watch.hear(Event(stamp=101.0, kind=kind, goal="g1", task="g1/t1", robot=robot), at)

    hear("award", "a", 9.0)
    robot = watch.begin(Fault(kind=Kind.KILL_AGENT, target="agent_a", at=0.0, lasts=5.0), "agent_a", ["a"], 10.0)
    house = watch.begin(Fault(kind=Kind.KILL_HOUSE, target="", at=0.0, lasts=5.0), "auction", [], 10.5)
    watch.hear_lease(Lease(robot="a", stamp=100.1), 10.6)
    assert (robot.work, house.work) == (None, None), "an answer to what was said before the house died does not count"
    hear("lost", "b", 11.0)
    hear("lost", "a", 12.0)
    hear("lost", "a", 12.5)
    watch.hear_lease(Lease(robot="b", stamp=101.0), 12.75)
    hear("award", "b", 13.0)
    hear("award", "c", 14.0)
    assert (robot.noticed, robot.work, house.work) == (2.0, 3.0, 2.25)
