"""The reading desk: many goals at once are read in their order, a few at a time, and each one ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from caravan.actors.house.book import Book
from caravan.actors.house.reading_desk import ReadingDesk, ReadingSettings
from caravan.actors.house.roster import Roster
from caravan.model.geometry import Pose
from caravan.model.goal import Answer, Draft, Goal, Intent, Task, TaskKind
from caravan.model.market import ReadRequest, RobotState, Vote
from caravan.model.site import Robot, Site

ROBOTS = ("a", "b", "c")
GOALS = 1000
STOP = Draft(intent=Intent.CONTROL, command="stop", target="all")
SETTINGS = ReadingSettings(waiting=GOALS)
STEP = 0.1
HELL = Task(id="t1", kind=TaskKind.GO, to="hell")


def site_of(robots: tuple[str, ...]) -> Site:
    return Site(robots={robot: Robot(id=robot) for robot in robots})


def opened(robots: tuple[str, ...]) -> tuple[Book, Roster, ReadingDesk]:
    """A desk to which a thousand goals have come at the time 0."""
    book, roster = Book(), Roster(1e6)
    for robot in robots:
        roster.hear(RobotState(robot=robot, stamp=0.0, pose=Pose(0, 0), battery=1.0, activity=""), 0.0)
    desk = ReadingDesk(book, roster, SETTINGS, site_of(robots), 0.0)
    for number in range(1, GOALS + 1):
        assert desk.full() is None
        goal = Goal(id=f"g{number}", text="stop", requester="", stamp=0.0)
        book.put(goal)
        desk.open(goal, 0.0)
    return book, roster, desk


def test_a_thousand_goals_are_read_in_their_order_a_few_at_a_time() -> None:
    book, _, desk = opened(ROBOTS)
    assert desk.full() == "1000 goals wait to be read: send it again in a minute"
    now, decided = 0.0, []
    while now < GOALS * STEP:
        requests = [message for message in book.drain().messages if isinstance(message, ReadRequest)]
        asked = dict.fromkeys(request.goal for request in requests)
        assert len(asked) <= SETTINGS.at_once
        for goal in asked:
            for robot in ROBOTS:
                desk.vote(Vote(goal=goal, robot=robot, draft=STOP, confidence=0.9), now)
        decided += desk.decided()
        now += STEP
        desk.tick(now)
    assert now > 4 * SETTINGS.vote_time
    assert [goal for goal, _ in decided] == [f"g{number}" for number in range(1, GOALS + 1)]
    assert {outcome for _, outcome in decided} == {STOP}
    assert desk.full() is None


def test_where_no_robot_is_there_all_of_them_end_together() -> None:
    _, _, desk = opened(())
    desk.tick(SETTINGS.vote_time + STEP)
    decided = desk.decided()
    assert len(decided) == GOALS
    assert {outcome for _, outcome in decided} == {"no robot is there to read it: send it again"}


def test_robots_that_stay_silent_hold_up_the_others_for_no_longer_than_their_time() -> None:
    book, _, desk = opened(ROBOTS)
    desk.tick(SETTINGS.vote_time)
    assert len(desk.decided()) == SETTINGS.at_once
    desk.tick(SETTINGS.vote_time)
    asked = [message.goal for message in book.drain().messages if isinstance(message, ReadRequest)]
    assert asked[-SETTINGS.at_once :] == ["g5", "g6", "g7", "g8"]


def read_again() -> tuple[Book, ReadingDesk]:
    """A goal whose question was answered once, and which robots are asked to read again."""
    book, roster = Book(), Roster(1e6)
    for robot in ROBOTS:
        state = RobotState(robot=robot, stamp=0.0, pose=Pose(0, 0), battery=1.0, activity="", model=f"m{robot}")
        roster.hear(state, 0.0)
    desk = ReadingDesk(book, roster, SETTINGS, site_of(ROBOTS), 0.0)
    goal = Goal(id="g1", text="go there", requester="", stamp=0.0, answers=(Answer(text="stop"),), completed="stop")
    book.put(goal)
    desk.open(goal, 0.0)
    return book, desk


def cast(robot: str, reading: int = 1, **values: Any) -> Vote:
    sound: dict[str, Any] = {"draft": STOP, "model": f"m{robot}", "confidence": 0.9}
    return Vote(goal="g1", reading=reading, robot=robot, **{**sound, **values})


def test_votes_on_the_sentence_before_the_answer_do_not_count() -> None:
    book, desk = read_again()
    (request,) = [message for message in book.drain().messages if isinstance(message, ReadRequest)]
    assert (request.text, request.reading) == ("stop", 1)
    for robot in ROBOTS:
        desk.vote(cast(robot, reading=0), 1.0)
    assert desk.decided() == []
    for robot in ROBOTS:
        desk.vote(cast(robot), 1.0)
    assert desk.decided() == [("g1", STOP)]


@pytest.mark.parametrize(
    ("vote", "note"),
    [
        (cast("c", model="mx"), "it read with model 'mx', and had told of 'mc'"),
        (
            cast("c", draft=Draft(intent=Intent.UNCLEAR, reason="ambiguous", phrases=("moon",))),
            "it quotes what was not",
        ),
        (cast("c", draft=Draft(intent=Intent.TASKS, tasks=(Task(id="x", kind=TaskKind.WAIT),))), "'x' is no id"),
        (cast("c", draft=Draft(intent=Intent.TASKS, tasks=(HELL,))), "hell is not one of the places here"),
        (cast("c", draft=replace(STOP, target="hell")), "'hell' is neither a robot, a place nor a goal"),
        (cast("c", draft=None, note="it hung"), "it hung"),
    ],
)
def test_a_vote_that_cannot_be_sound_counts_as_no_reading(vote: Vote, note: str) -> None:
    book, desk = read_again()
    desk.vote(vote, 1.0)
    (event,) = [event for event in book.drain().events if event.kind == "vote"]
    assert event.data["draft"] is None and note in event.text
    desk.vote(cast("a"), 1.0)
    desk.vote(cast("b"), 1.0)
    assert desk.decided() == [("g1", STOP)]


def heard_by(*robots: str, known: tuple[str, ...] = ("a", "b", "c", "d", "e", "f")) -> tuple[Book, Roster, ReadingDesk]:
    """A goal that these robots were there to read when it came; each has a model of its own."""
    book, roster = Book(), Roster(1e6)
    desk = ReadingDesk(book, roster, replace(SETTINGS, voters=len(robots)), site_of(known), -10.0)
    arrive(roster, *robots)
    book.put(Goal(id="g1", text="stop", requester="", stamp=0.0))
    desk.open(book["g1"], 0.0)
    return book, roster, desk


def arrive(roster: Roster, *robots: str) -> None:
    for robot in robots:
        state = RobotState(robot=robot, stamp=0.0, pose=Pose(0, 0), battery=1.0, activity="", model=f"m{robot}")
        roster.hear(state, 0.0)


def wait(desk: ReadingDesk, sittings: int) -> None:
    """Until so many juries have had their time, and the next has been asked."""
    for sitting in range(1, sittings + 1):
        desk.tick(sitting * (SETTINGS.vote_time + 2 * STEP))
        desk.tick(sitting * (SETTINGS.vote_time + 2 * STEP) + STEP)


def test_where_too_few_answer_others_are_asked_and_what_was_read_counts_still() -> None:
    book, roster, desk = heard_by("a", "b")
    desk.vote(cast("a", reading=0), 1.0)
    arrive(roster, "c")
    wait(desk, 1)
    (*_, request) = [message for message in book.drain().messages if isinstance(message, ReadRequest)]
    assert request.robots == ("c",)
    desk.vote(cast("b", reading=0), 21.0)
    assert desk.decided() == []
    desk.vote(cast("c", reading=0), 21.0)
    assert desk.decided() == [("g1", STOP)]


def test_no_jury_has_fewer_robots_than_the_first() -> None:
    _, roster, desk = heard_by("a", "b")
    arrive(roster, "c")
    wait(desk, 1)
    assert desk.decided() == [
        ("g1", "too few robots could read it (b did not answer; a did not answer): send it again")
    ]


def test_a_goal_that_nobody_can_read_ends_after_three_juries() -> None:
    _, roster, desk = heard_by("a")
    arrive(roster, "b", "c", "d")
    wait(desk, 2)
    assert desk.decided() == []
    wait(desk, 3)
    ((_, told),) = desk.decided()
    assert isinstance(told, str) and told.startswith("too few robots")
