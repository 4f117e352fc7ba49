"""Whatever happens to tasks in whatever order: a goal's end is final, and nothing starts before its time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from caravan.auction import ledger
from caravan.model.goal import FINAL_TASK_STATES, Draft, Goal, GoalState, Intent, Task, TaskKind, TaskState
from caravan.model.goal_json import goal_from_json, goal_to_json


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    """An active goal whose tasks wait for some of those before them."""
    tasks = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        earlier = [f"t{i}" for i in range(1, number)]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        tasks.append(Task(id=f"t{number}", kind=TaskKind.GO, to="dock_1", after=tuple(after)))
    goal = Goal(id="g1", text="go", requester="", stamp=0.0)
    return ledger.activate(goal, Draft(intent=Intent.TASKS, tasks=tuple(tasks)))


@given(goals(), st.lists(st.tuples(st.integers(0, 4), st.sampled_from(TaskState)), max_size=40))
def test_any_legal_history_keeps_the_order_and_ends_once(goal: Goal, steps: list[tuple[int, TaskState]]) -> None:
    for index, state in steps:
        record = goal.tasks[index % len(goal.tasks)]
        waits = record.state is TaskState.WAITING and record not in ledger.ready(goal)
        if state not in ledger.NEXT[record.state] or (waits and state is TaskState.BIDDING):
            continue
        after = ledger.settle(ledger.change(goal, record.id, state), 1.0)
        if goal.state is not GoalState.ACTIVE:
            assert after.state is goal.state
        goal = after
        done = {t.task.id for t in goal.tasks if t.state is TaskState.DONE}
        for each in goal.tasks:
            if each.state in (TaskState.BIDDING, *ledger.OWNED, TaskState.DONE):
                assert set(each.task.after) <= done
        ended = all(t.state in FINAL_TASK_STATES for t in goal.tasks)
        assert ended == (goal.state is not GoalState.ACTIVE)


@given(goals(), st.lists(st.tuples(st.integers(0, 4), st.sampled_from(TaskState)), max_size=10))
def test_a_goal_survives_its_journal_form(goal: Goal, steps: list[tuple[int, TaskState]]) -> None:
    for index, state in steps:
        record = goal.tasks[index % len(goal.tasks)]
        if state in ledger.NEXT[record.state]:
            goal = ledger.change(goal, record.id, state, note="why", excluded=("carrier_1",))
    assert goal_from_json(goal_to_json(goal)) == goal
