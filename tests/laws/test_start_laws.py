"""A robot that crashes and restarts between any two steps, on any disk: nothing is begun twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from caravan.actors.robot.worklist import Worklist
from caravan.adapters.start_log import StartLog
from caravan.model.goal import Task, TaskKind
from caravan.model.market import ENDED, Award, HoldingState, Lease
from caravan.model.site import Robot
from caravan.model.start import StartKind, StartRecord

ROBOT = Robot(id="a", payload=2)
TASKS = {
    1: Task(id="t1", kind=TaskKind.GO, to="5"),
    2: Task(id="t1", kind=TaskKind.DELIVER, item="pallet", quantity=3, from_="2", to="5"),
    3: Task(id="t1", kind=TaskKind.INSPECT, places=("3", "4")),
    4: Task(id="t1", kind=TaskKind.CHARGE),
}
Key = tuple[str, int]


class Crash(Exception):
    """The robot's process dies."""


class Disk(StartLog):
    """A log whose disk can be full, and during whose writing the process can die: before the write, or after it."""

    full = False
    dies: str | None = None

    def append(self, records: Iterable[StartRecord]) -> str | None:
        if self.dies == "before":
            raise Crash
        flaw = "start log x: disk is full" if self.full else super().append(records)
        if self.dies == "after":
            raise Crash
        return flaw


class Robots(RuleBasedStateMachine):
    """One robot; `crash` decides for the step that follows whether and where in a write its process dies."""

    crash = st.sampled_from([None, None, None, None, "before", "after"])

    @initialize()
    def begin(self) -> None:
        self.disk = Disk(":memory:")
        self.now = 0.0
        self.held: dict[Key, Award] = {}
        """What the robot said it has taken, and no lease has left out."""
        self.highest: dict[str, int] = {}
        self.ended: dict[Key, HoldingState] = {}
        self.work = self.start()

    def start(self) -> Worklist:
        return Worklist(ROBOT, lambda a, b, avoid: abs(float(a) - float(b)), lambda here: ("9",), self.disk, "0")

    def teardown(self) -> None:
        self.disk.close()

    @rule(number=st.sampled_from(sorted(TASKS)), epoch=st.integers(1, 4), crash=crash)
    def take(self, number: int, epoch: int, crash: str | None) -> None:
        award = Award(task_id=f"g{number}/t1", epoch=epoch, task=TASKS[number], robot="a", finish_by=1e6)
        key = (award.task_id, award.epoch)
        told = {(h.task_id, h.epoch) for h in self.work.holdings("0")}
        over = epoch <= self.highest.get(award.task_id, 0) and key not in told
        self.disk.dies = crash
        try:
            reply = self.work.take(award, "0", self.now)
        except Crash:
            self.died()
            return
        assert not (over and reply.accepted), f"{key} was taken again"
        if reply.accepted:
            self.held = {k: a for k, a in self.held.items() if k[0] != award.task_id} | {key: award}
            self.highest[award.task_id] = max(epoch, self.highest.get(award.task_id, 0))

    @rule(crash=crash)
    def work_on(self, crash: str | None) -> None:
        """The current task is begun, and worked on at its place for a while."""
        self.now += 1.0
        self.disk.dies = crash
        try:
            if self.work.start(self.now):
                entry = self.work.current
                assert entry is not None
                assert self.written(StartKind.BEGUN, entry.award), "at work, and not on disk"
                self.work.work(3.0, 1.0, self.now)
        except Crash:
            self.died()

    @rule(data=st.data(), crash=crash)
    def lease(self, data: st.DataObject, crash: str | None) -> None:
        """The house lists some of what the robot has, and leaves out what else it has."""
        told = [(h.task_id, h.epoch) for h in self.work.holdings("0")]
        owned = data.draw(st.lists(st.sampled_from(told), unique=True)) if told else []
        self.now += 1.0
        self.work.apply(Lease(robot="a", stamp=self.now, owned=tuple(owned)), self.now)
        self.held = {k: a for k, a in self.held.items() if k in owned}
        if crash is not None:
            self.died()

    @rule()
    def crash_between(self) -> None:
        self.died()

    @rule()
    def fill_or_free(self) -> None:
        self.disk.full = not self.disk.full

    def died(self) -> None:
        self.disk.dies = None
        self.work = self.start()

    def written(self, kind: StartKind, award: Award) -> bool:
        return any(r.kind is kind and r.key == (award.task_id, award.epoch) for r in self.disk.unreleased())

    @invariant()
    def nothing_is_lost(self) -> None:
        told = {(h.task_id, h.epoch): h for h in self.work.holdings("0")}
        assert set(self.held) <= set(told), "what was taken is not told any more"

    @invariant()
    def each_award_is_begun_once_and_loads_once(self) -> None:
        steps = [(r.kind, r.key, r.leg) for r in self.disk.unreleased()]
        for kind in (StartKind.TAKEN, StartKind.BEGUN):
            keys = [key for k, key, _ in steps if k is kind]
            assert len(keys) == len(set(keys)), f"{kind} twice"
        acts = [(key, leg) for k, key, leg in steps if k is StartKind.ACTING]
        assert len(acts) == len(set(acts)), "loaded or unloaded twice"

    @invariant()
    def an_end_is_final(self) -> None:
        for holding in self.work.holdings("0"):
            key = (holding.task_id, holding.epoch)
            before = self.ended.get(key)
            assert before in (None, holding.state), f"{key} was {before} and is {holding.state}"
            if holding.state in ENDED:
                self.ended[key] = holding.state

    @invariant()
    def what_is_told_is_what_a_restart_would_tell(self) -> None:
        again = {(h.task_id, h.epoch): h for h in self.start().holdings("0")}
        for told in self.work.holdings("0"):
            known = again[told.task_id, told.epoch]
            assert known.progress >= told.progress, "legs that are behind are not on disk"
            assert told.state is not HoldingState.DONE or known.state is told.state, "an end is not on disk"


TestRobots = Robots.TestCase
TestRobots.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
