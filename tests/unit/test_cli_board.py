"""The story of a run as it is told, and the figures that come of it."""

from __future__ import annotations

from typing import Any

import pytest

from caravan.language.words import draft_words, task_words
from caravan.model.goal import Draft, Goal, GoalState, Intent, Task, TaskKind, TaskRecord, TaskState, draft_to_json
from caravan.model.market import Event
from caravan_cli.board import Board, percentile
from caravan_cli.demo_plan import Wish
from caravan_cli.report import DemoRun, flaws, report

TASK = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", quantity=2, from_="dock_3", to="aisle_b", by="17:00")
DRAFT = Draft(intent=Intent.TASKS, tasks=(TASK,))
JSON = draft_to_json(DRAFT)
WISH = Wish(text="Bring two pallets", draft=DRAFT, outcome=GoalState.DONE)


def tell(board: Board, *events: tuple[float, Event]) -> list[str]:
    return [line.text for at, event in events for line in board.hear(event, at)]


def vote(robot: str, draft: object, seconds: float) -> Event:
    data = {"draft": draft, "model": "m1", "confidence": 0.9, "seconds": seconds}
    return Event(stamp=0.0, kind="vote", goal="g1", robot=robot, text="it hung", data=data)


def bid(robot: str, cost: float | None, auction: str = "a1") -> Event:
    offers = {} if cost is None else {"g1/t1": {"cost": cost, "finish": 9.0, "parts": {}}}
    declined = {"g1/t1": "charging"} if cost is None else {}
    data: dict[str, Any] = {"auction": auction, "round": 1, "offers": offers, "declined": declined}
    return Event(stamp=0.0, kind="bid", robot=robot, data=data)


def event(kind: str, robot: str = "", task: str = "", text: str = "", **data: object) -> Event:
    return Event(stamp=0.0, kind=kind, goal="g1", task=task, robot=robot, text=text, data=data)


def test_a_goal_is_told_from_its_acceptance_to_its_end() -> None:
    board = Board()
    told = tell(
        board,
        (0.0, event("accepted", text="Bring two pallets")),
        (0.5, vote("r1", JSON, 0.25)),
        (0.5, vote("r2", None, 0.0)),
        (0.6, event("read", draft=JSON)),
        (1.0, event("notice", lots=["g1/t1"])),
        (1.1, bid("r2", 40.0)),
        (1.1, bid("r1", 31.2)),
        (1.1, bid("r3", None)),
        (1.4, event("award", "r1", "g1/t1", auction="a1", cost=31.2)),
        (9.0, event("task_done", "r1", "g1/t1")),
        (9.0, event("done", text="done")),
    )
    assert told == [
        'g1  "Bring two pallets"',
        "g1  r1 reads: deliver 2 pallet dock_3 > aisle_b, by 17:00 (90%, m1)",
        "g1  r2 could not read it: it hung",
        "g1  agreed by 1 of 2: deliver 2 pallet dock_3 > aisle_b, by 17:00",
        "g1/t1  bids: r1 31, r2 40, r3 declines (charging)",
        "g1/t1  won by r1",
        "g1/t1  done by r1",
        "g1  done after 9.0 s",
    ]
    assert board.ended == {"g1"}
    assert board.award_times == pytest.approx([0.4])
    assert board.parse_times == [0.25]
    assert board.tasks["g1/t1"].progress == 1.0


def test_progress_counts_until_the_task_has_ended_and_only_for_tasks_on_the_board() -> None:
    board = Board()
    board.follow("g9/t1", 0.5, None)
    assert board.tasks == {}
    tell(board, (0.0, event("read", draft=JSON)))
    board.follow("g1/t1", 0.5, 10.0)
    assert (board.tasks["g1/t1"].progress, board.tasks["g1/t1"].remaining) == (0.5, 10.0)
    tell(board, (1.0, event("task_done", "r1", "g1/t1")))
    board.follow("g1/t1", 0.7, 3.0)
    assert board.tasks["g1/t1"].progress == 1.0


def test_an_event_of_a_kind_that_is_not_told_is_passed_over() -> None:
    assert tell(Board(), (0.0, event("taken", "r1", "g1/t1")), (0.0, event("surprise"))) == []


def test_a_second_award_of_a_task_shows_its_own_bids_alone() -> None:
    board = Board()
    told = tell(
        board,
        (0.0, event("notice", lots=["g1/t1"])),
        (0.1, bid("r1", 5.0)),
        (0.2, event("award", "r1", "g1/t1", auction="a1")),
        (3.0, event("returned", "r1", "g1/t1", "r1 was lost")),
        (3.0, event("notice", lots=["g1/t1"])),
        (3.1, bid("r2", 7.0, "a2")),
        (3.2, event("award", "r2", "g1/t1", auction="a2")),
    )
    assert told[2:] == ["g1/t1  r1 was lost", "g1/t1  bids: r2 7", "g1/t1  won by r2"]
    assert board.award_times == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ({"intent": "unclear", "reason": "unknown_place", "phrases": ["moon"]}, "unclear: unknown place 'moon'"),
        ({"intent": "unclear", "reason": "not_a_goal", "phrases": []}, "unclear: not a goal"),
        ({"intent": "control", "command": "stop", "target": "all"}, "stop all"),
        ({"intent": "query", "about": "status"}, "status?"),
        (None, "nothing"),
    ],
)
def test_drafts_in_words(draft: dict[str, object] | None, words: str) -> None:
    assert draft_words(draft) == words


def test_a_platoon_task_in_words() -> None:
    task = {"id": "t1", "kind": "platoon", "manoeuvre": "form", "platoon": "train", "members": ["a", "b"], "gap": 2}
    assert task_words(task) == "platoon form train a, b, gap 2"


@pytest.mark.parametrize(("part", "value"), [(0.0, 1.0), (0.5, 3.0), (0.95, 4.0), (1.0, 4.0)])
def test_percentile(part: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], part) == value


def test_percentile_of_nothing() -> None:
    assert percentile([], 0.5) is None


def goal(**changes: object) -> Goal:
    record = TaskRecord(id="g1/t1", task=TASK, state=TaskState.DONE, robot="r1")
    sound = {"state": GoalState.DONE, "draft": DRAFT, "tasks": (record,), "finished": 12.5}
    return Goal(id="g1", text=WISH.text, requester="", stamp=2.0, **sound | changes)  # type: ignore[arg-type]


def run(end: Goal, contacts: int = 0) -> DemoRun:
    return DemoRun(goals=[end], events=[], paths={}, contacts=contacts, setup_seconds=0.1)


def test_a_sound_run() -> None:
    figures = report(run(goal()), [WISH], Board(), 3.0)
    assert figures["ok"] is True
    assert figures["goals"][0]["seconds"] == 10.5
    assert figures["goals"][0]["tasks"] == [{"id": "g1/t1", "robot": "r1", "outcome": "done"}]
    assert figures["goals"][0]["draft"] == JSON


def test_a_touch_makes_a_run_unsound() -> None:
    assert report(run(goal(), contacts=1), [WISH], Board(), 3.0)["ok"] is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"draft": None}, "it was read as: nothing"),
        ({"draft": Draft(intent=Intent.QUERY, about="why")}, "it was read as"),
        ({"state": GoalState.FAILED, "message": "t1: lost"}, "it is failed and should be done (t1: lost)"),
        ({"state": GoalState.ACTIVE, "finished": None}, "it did not end in time"),
        ({"tasks": (TaskRecord(id="g1/t1", task=TASK, state=TaskState.RUNNING),)}, "g1/t1 is running"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, object], said: str) -> None:
    wrong = flaws(WISH, goal(**changes))
    assert any(said in line for line in wrong), wrong
    assert report(run(goal(**changes)), [WISH], Board(), 3.0)["ok"] is False
