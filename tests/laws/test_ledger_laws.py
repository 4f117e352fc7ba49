"""Whatever happens to tasks in whatever order: ends are final, nothing starts before its time, nobody works alone."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.auction import ledger
from caravan.model.goal import FINAL_TASK_STATES, Draft, Goal, GoalState, Intent, Task, TaskKind, TaskRecord, TaskState
from caravan.model.goal_json import goal_from_json, goal_to_json

FLEET = ("a", "b", "c", "d")
Steps = list[tuple[int, int, float]]
STEPS = st.lists(
    st.tuples(st.integers(0, 23), st.integers(0, 9), st.sampled_from((0.0, 1.0, 30.0))), min_size=30, max_size=80
)


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    """An active goal whose tasks repeat, are shared and wait for some of those before them."""
    tasks: list[Task] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        earlier = [t.id for t in tasks if not ledger.endless(t)]
        task = Task(
            id=f"t{number}",
            kind=draw(st.sampled_from((TaskKind.GO, TaskKind.GO, TaskKind.PLATOON))),
            to="dock_1",
            manoeuvre="form",
            after=tuple(draw(st.lists(st.sampled_from(earlier), unique=True))) if earlier else (),
            robots=draw(st.sampled_from((1, 1, 2, 3))),
            every=draw(st.sampled_from((None, None, 10.0))),
            times=draw(st.integers(1, 3)),
            by=draw(st.sampled_from((None, None, "00:01"))),
        )
        tasks.append(task)
    goal = Goal(id="g1", text="go", requester="", stamp=0.0)
    return ledger.activate(goal, Draft(intent=Intent.TASKS, tasks=tuple(tasks)))


class History:
    """A goal to which things happen as the auction house lets them, and what must hold after each."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.now = 0.0
        self.crews: dict[tuple[str, int], set[str]] = {}
        self.done: defaultdict[str, set[str]] = defaultdict(set)
        self.gone: set[str] = set()

    def live(self, which: int, luck: int, pause: float) -> None:
        """Something happens to one of the tasks under way: bad luck (0, 1) takes its robot or ends it."""
        self.now += pause
        before = self.goal
        crews = {t.id: crew for crew in ledger.ready(before) for t in crew}
        moving = [t for t in before.tasks if t.state not in FINAL_TASK_STATES]
        moving = [t for t in moving if t.state is not TaskState.WAITING or t.id in crews]
        if moving:
            record = moving[which % len(moving)]
            after = self._hurt(record, luck, which) if luck < 2 else self._help(record, crews.get(record.id, ()), which)
            self.goal = ledger.settle(after, self.now)
        self.check(before)

    def _hurt(self, record: TaskRecord, luck: int, which: int) -> Goal:
        if luck and record.state in ledger.OWNED:
            return ledger.give_back(self.goal, record.id, "no", ("a",))
        if which < 4 and record.state is not TaskState.BIDDING:
            return ledger.change(self.goal, record.id, (TaskState.FAILED, TaskState.CANCELLED)[luck], note="why")
        return self.goal

    def _help(self, record: TaskRecord, crew: tuple[TaskRecord, ...], which: int) -> Goal:
        goal, seats = self.goal, ledger.seats(self.goal, record)
        match record.state:
            case TaskState.WAITING:
                for each in crew:
                    goal = ledger.change(goal, each.id, TaskState.BIDDING)
            case TaskState.BIDDING:
                crew = tuple(t for t in seats if t.state is TaskState.BIDDING)
                orders = list(permutations([r for r in FLEET if r not in ledger.taken(goal, record)], len(crew)))
                for each, robot in zip(crew, orders[which % len(orders)], strict=True):
                    goal = ledger.change(goal, each.id, TaskState.AWARDED, robot=robot, epoch=each.epoch + 1)
            case TaskState.AWARDED:
                goal = ledger.change(goal, record.id, TaskState.RUNNING)
            case TaskState.RUNNING if record.begun or not record.seat:
                goal = ledger.change(goal, record.id, TaskState.DONE)
            case TaskState.RUNNING if all(t.state is TaskState.RUNNING for t in seats):
                goal = ledger.begin(goal, record.id)
        return goal

    def check(self, before: Goal) -> None:
        """Every law of the ledger."""
        goal = self.goal
        if before.state is not GoalState.ACTIVE:
            assert goal == before
        ended = all(t.state in FINAL_TASK_STATES for t in goal.tasks)
        assert ended == (goal.state is not GoalState.ACTIVE)
        ids = {t.id for t in goal.tasks}
        assert len(ids) == len(goal.tasks)
        assert not ids & self.gone
        self.gone |= {t.id for t in before.tasks} - ids
        for record in goal.tasks:
            if record.state is TaskState.DONE:
                self.done[record.task.id].add(record.id)
        assert goal.draft is not None
        for task in goal.draft.tasks:
            self._check_task(task, [t for t in goal.tasks if t.task.id == task.id])

    def _check_task(self, task: Task, records: list[TaskRecord]) -> None:
        occurrences = sorted({t.occurrence for t in records})
        starts = {t.start for t in records}
        assert len(starts) == len(occurrences), "each occurrence has its own planned start"
        assert task.every is None or all((start - records[0].start) % task.every == 0.0 for start in starts)
        assert task.every is None or task.times == 1 or occurrences[-1] <= task.times
        assert task.every is not None or occurrences == [1]
        for record in records:
            assert record.state in FINAL_TASK_STATES or record.occurrence == occurrences[-1], "one at a time"
            if record.state in (TaskState.BIDDING, *ledger.OWNED, TaskState.DONE):
                self._check_earlier(task)
            if record.seat:
                self._check_crew(ledger.seats(self.goal, record))

    def _check_earlier(self, task: Task) -> None:
        drafted = {t.id: t for t in self.goal.draft.tasks} if self.goal.draft is not None else {}
        for earlier in (drafted[name] for name in task.after):
            records = [t for t in self.goal.tasks if t.task.id == earlier.id]
            assert {t.state for t in records} == {TaskState.DONE}
            if earlier.every is not None and earlier.by is None:
                assert len(self.done[earlier.id]) == earlier.times * earlier.robots

    def _check_crew(self, crew: tuple[TaskRecord, ...]) -> None:
        assert len(crew) == crew[0].task.robots
        owners = [t.robot for t in crew if t.robot is not None and t.state in (*ledger.OWNED, TaskState.DONE)]
        assert len(set(owners)) == len(owners), "each seat has a robot of its own"
        key = (crew[0].task.id, crew[0].occurrence)
        failed = any(t.state in (TaskState.FAILED, TaskState.CANCELLED) for t in crew)
        if failed and not (crew[0].begun and crew[0].task.kind is TaskKind.PLATOON):
            assert all(t.state in FINAL_TASK_STATES for t in crew), "it ends for all but those at a manoeuvre"
        if crew[0].begun:
            self.crews.setdefault(key, set(owners))
            assert len(self.crews[key]) == len(crew), "all of them begin it, or nobody"
        elif not any(t.state in FINAL_TASK_STATES for t in crew):
            assert len(owners) in (0, len(crew)), "all seats have a robot, or none has"


@given(goals(), STEPS)
def test_any_history_keeps_the_order_and_ends_once(goal: Goal, steps: Steps) -> None:
    history = History(goal)
    for step in steps:
        history.live(*step)


@given(goals(), STEPS)
def test_a_goal_survives_its_journal_form(goal: Goal, steps: Steps) -> None:
    history = History(goal)
    for step in steps:
        history.live(*step)
    assert goal_from_json(goal_to_json(history.goal)) == history.goal


@given(st.floats(0.0, 1000.0))
def test_what_was_missed_is_left_out(late: float) -> None:
    task = Task(id="t1", kind=TaskKind.GO, to="dock_1", every=10.0)
    goal = ledger.activate(Goal(id="g1", text="", requester="", stamp=0.0), Draft(intent=Intent.TASKS, tasks=(task,)))
    for state in (TaskState.BIDDING, TaskState.AWARDED, TaskState.DONE):
        goal = ledger.change(goal, "g1/t1.1", state)
    goal = ledger.settle(goal, late)
    (following,) = [t for t in goal.tasks if t.occurrence == 2]
    assert following.start >= 10.0
    assert following.start % 10.0 == 0.0
    assert following.start <= max(late, 10.0) < following.start + 10.0 or late < 10.0


def test_nobody_begins_alone() -> None:
    task = Task(id="t1", kind=TaskKind.GO, to="dock_1", robots=2)
    goal = ledger.activate(Goal(id="g1", text="", requester="", stamp=0.0), Draft(intent=Intent.TASKS, tasks=(task,)))
    for seat in (1, 2):
        for state in (TaskState.BIDDING, TaskState.AWARDED, TaskState.RUNNING):
            goal = ledger.change(goal, f"g1/t1/{seat}", state, robot="a")
    with pytest.raises(ledger.IllegalChange, match="2 robots begin it together, it has 1"):
        ledger.begin(goal, "g1/t1/1")
