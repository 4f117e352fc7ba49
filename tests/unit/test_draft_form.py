"""What a Draft may look like, wherever it comes from."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from caravan.language.form import MOST_TASKS, MOST_TIMES, malformed
from caravan.model.goal import Draft, Intent, Task, TaskKind


def drafted(*tasks: Task) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=tasks)


def go(id_: str = "t1", **keys: Any) -> Task:
    return Task(id=id_, **{"kind": TaskKind.GO, "to": "a", **keys})


@pytest.mark.parametrize(
    "keys",
    [
        {"times": MOST_TIMES},
        {"by": "00:00", "not_before": "23:59"},
        {"delay": 0.0, "within": 1e-9},
        {"every": 1.0},
        {"kind": TaskKind.PATROL, "places": ("a",)},
        {"kind": TaskKind.WAIT},
        {"kind": TaskKind.CHARGE},
    ],
)
def test_what_is_well_formed(keys: dict[str, Any]) -> None:
    assert malformed(drafted(go(**keys))) is None


@pytest.mark.parametrize(
    ("keys", "flaw"),
    [
        ({"to": None}, "a task of kind go needs 'to'"),
        ({"kind": TaskKind.DELIVER}, "a task of kind deliver needs 'item'"),
        ({"kind": TaskKind.INSPECT}, "a task of kind inspect needs 'places'"),
        ({"by": "5 pm"}, "by '5 pm' is no time of day; write it as HH:MM"),
        ({"not_before": "24:00"}, "not_before '24:00' is no time of day; write it as HH:MM"),
        ({"delay": -1.0}, "delay -1.0 is not a finite number of at least 0"),
        ({"duration": math.inf}, "duration inf is not a finite number of at least 0"),
        ({"delay": 10**400}, f"delay {10**400} is not a finite number of at least 0"),
        ({"within": 0.0}, "within 0.0 is not a finite number more than 0"),
        ({"every": math.nan}, "every nan is not a finite number more than 0"),
        ({"every": 1e-320}, "every 1e-320 is less than 1 s; give at least 1 s"),
        ({"every": 0.99}, "every 0.99 is less than 1 s; give at least 1 s"),
        ({"times": 0}, "times 0 is not between 1 and 1000"),
        ({"times": 10**9}, "times 1000000000 is not between 1 and 1000"),
        ({"platoon": "p", "into": "p"}, "p cannot merge into itself; name another platoon"),
        ({"after": ("t7",)}, "after 't7' is none of the tasks; there are t1"),
    ],
)
def test_what_is_not(keys: dict[str, Any], flaw: str) -> None:
    assert malformed(drafted(go(**keys))) == f"t1: {flaw}"


@pytest.mark.parametrize("id_", ["", "1", "t0", "t01", "task", "t1/t2", "t1234567", "t1\n"])
def test_an_id_that_is_none_is_refused(id_: str) -> None:
    assert malformed(drafted(go(id_))) == f"{id_!r} is no id of a task; ids are t1, t2, ..."


def test_each_task_has_an_id_of_its_own() -> None:
    assert malformed(drafted(go(), go())) == "two tasks are called t1; give each its own id"


def test_tasks_that_wait_for_each_other_are_refused() -> None:
    circle = (go("t1"), go("t2", after=("t1", "t4")), go("t3", after=("t2",)), go("t4", after=("t3",)))
    assert malformed(drafted(*circle)) == "t2, t3, t4 wait for each other; leave one 'after' out"
    assert malformed(drafted(go(after=("t1",)))) == "t1 wait for each other; leave one 'after' out"
    assert malformed(drafted(go("t1"), go("t2", after=("t1",)), go("t3", after=("t1", "t2")))) is None


def test_more_tasks_than_a_goal_may_have_are_refused_before_anything_else() -> None:
    chain = [go(f"t{k}", after=(f"t{k + 1}",)) for k in range(1, MOST_TASKS)]
    assert malformed(drafted(*chain, go(f"t{MOST_TASKS}"))) is None
    many = drafted(*[go("t1", to=None)] * 50_000)
    begun = time.process_time()
    assert malformed(many) == "there are 50000 tasks in it, the most is 99; give them as several goals"
    assert time.process_time() - begun < 1.0
    assert malformed(drafted(*chain, go("t99"), go("t100"))) is not None
