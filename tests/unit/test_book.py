"""The house's book: what the journal has removed is gone from memory too."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.house.book import Book
from caravan.auction import ledger
from caravan.model.goal import Answer, Draft, Goal, Intent, Task, TaskKind, TaskState

TASK = Task(id="t1", kind=TaskKind.GO, to="dock_1")


def goal(number: int) -> Goal:
    """A goal with one task."""
    said = Goal(id=f"g{number}", text="go", requester="", stamp=0.0)
    return ledger.activate(said, Draft(intent=Intent.TASKS, tasks=(TASK,)))


def test_a_key_is_that_of_one_goal_until_it_is_forgotten() -> None:
    said, answered = replace(goal(1), key="a"), replace(goal(2), answers=(Answer(text="yes", key="b"),))
    book = Book([said, answered, goal(3)])
    assert (book.by_key("a"), book.by_key("b"), book.by_key("c"), book.by_key("")) == (said, answered, None, None)
    book.put(replace(said, message="later"))
    assert book.by_key("a") == replace(said, message="later")
    book.forget(["g1"], ["g1"])
    assert (book.by_key("a"), book.by_key("b")) == (None, answered)


def test_what_the_journal_has_removed_is_forgotten_and_no_number_given_twice() -> None:
    book = Book([goal(1), goal(2)])
    book.record(1.0, "bid", "", data={"auction": "a1"})
    for task in ("g1/t1", "g2/t1"):
        book.record(1.0, "award", task=task, data={"auction": "a1" if task == "g1/t1" else "a2"})
    book.change("g1/t1", TaskState.CANCELLED)
    book.settle("g1", 2.0)
    assert [e.kind for e in book.events("g1")] == ["bid", "award", "cancelled"]
    book.forget(["g1"], [])
    assert book.events("g1") == []
    assert book["g1"].tasks[0].state is TaskState.CANCELLED
    book.forget([], ["g1"])
    assert book.get("g1") is None
    assert book.changed() == [goal(2)]
    assert [r.id for r in book.tasks(TaskState.WAITING)] == ["g2/t1"]
    assert [e.kind for e in book.events("g2")] == ["award"]
    assert book.next_id() == "g3"
