"""Stories of a whole fleet in virtual time, one order each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caravan.fleet import Fleet, Refused
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind, TaskState
from tests.support.fleets import DRUM, SITE, owner, until
from tests.support.readings import by_heart


def test_tasks_that_are_spelled_out_are_auctioned_and_done_in_their_order(fleet: Fleet) -> None:
    first = Task(id="t1", kind=TaskKind.GO, to="dock_4")
    then = Task(id="t2", kind=TaskKind.GO, to="dock_1", after=("t1",))
    goal_id = fleet.submit(Draft(intent=Intent.TASKS, tasks=(first, then)), requester="planner")
    assert fleet.run()
    goal = fleet.goals[0]
    assert (goal.id, goal.requester, goal.state) == (goal_id, "planner", GoalState.DONE)
    assert goal.text == "go dock_4; go dock_1, after t1"
    told = [e.task for e in fleet.events if e.kind == "task_done"]
    assert told == [f"{goal_id}/t1", f"{goal_id}/t2"]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft(intent=Intent.TASKS), "nothing to do"),
        (Draft(intent=Intent.CONTROL, command="stop"), "intent 'control' is no work"),
        (
            Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to="moon"),)),
            "moon is not one of the places",
        ),
        (Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.WAIT),)), "how long shall it wait"),
    ],
)
def test_tasks_that_cannot_be_done_are_refused_and_leave_nothing(fleet: Fleet, draft: Draft, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        fleet.submit(draft)
    assert fleet.goals == []


def test_the_nearest_able_robot_wins_and_does_it(fleet: Fleet) -> None:
    goal_id = fleet.say("Go to dock 4.")
    assert fleet.run()
    (goal,) = fleet.goals
    assert (goal.id, goal.state) == (goal_id, GoalState.DONE)
    _, x, y = fleet.paths[owner(goal)][-1]
    assert (x - 22.0) ** 2 + (y - 1.5) ** 2 < 0.5**2
    assert "won with the lowest bid" in fleet.why("g1/t1")
    assert fleet.contacts == 0


def test_halted_robots_stand_and_go_on_when_they_may(fleet: Fleet) -> None:
    fleet.say(DRUM)
    worker = owner(until(fleet, TaskState.RUNNING))
    for _ in range(50):
        fleet.step()
    assert fleet.halt() is None
    for _ in range(20):
        fleet.step()
    before = fleet.paths[worker][-1]
    for _ in range(50):
        fleet.step()
    assert fleet.paths[worker][-1][1:] == pytest.approx(before[1:], abs=0.01)
    assert fleet.resume() is None
    assert fleet.run()
    assert fleet.goals[0].state is GoalState.DONE
    assert fleet.halt(["nobody"]) == "there is no robot 'nobody'"


def test_a_cancelled_goal_ends_at_once_and_its_robot_is_free(fleet: Fleet) -> None:
    goal = fleet.say(DRUM)
    until(fleet, TaskState.RUNNING)
    assert fleet.cancel(goal) is None
    assert fleet.goals[0].state is GoalState.CANCELLED
    for _ in range(20):
        fleet.step()
    assert fleet.at_work() == {}
    assert fleet.cancel(goal) == "g1 is cancelled already"
    assert fleet.cancel("g9") == "there is no goal 'g9'"


def test_what_is_said_to_one_robot_is_done_by_it(fleet: Fleet) -> None:
    fleet.say("Go to dock 1.", robot="carrier_3")
    assert fleet.run()
    assert owner(fleet.goals[0]) == "carrier_3"


def test_an_unknown_place_is_asked_back(fleet: Fleet) -> None:
    fleet.say("Bring a pallet to the moon bay.")
    assert fleet.run()
    (goal,) = fleet.goals
    assert goal.state is GoalState.ASKED
    assert "'moon bay'" in goal.message
    assert "dock_1" in goal.message


def test_what_the_robots_are_not_sure_of_is_asked_back() -> None:
    def unsure(prompt: Prompt) -> Completion | ModelFault:
        answer = by_heart(prompt)
        return replace(answer, probability=0.2) if isinstance(answer, Completion) else answer

    with Fleet(SITE, reader=unsure, seed=1, robots=3) as fleet:
        fleet.say("Go to dock 1.")
        assert fleet.run()
        (goal,) = fleet.goals
    assert (goal.state, goal.tasks) == (GoalState.ASKED, ())
    assert goal.message.startswith("Do you mean 'go dock_1'?")


def test_a_model_that_knows_nothing_fails_the_goal_and_nobody_moves(fleet: Fleet) -> None:
    fleet.say("Dance the tango.")
    assert fleet.run()
    (goal,) = fleet.goals
    assert goal.state is GoalState.FAILED
    assert "never heard of" in goal.message
    assert all(path[0][1:] == pytest.approx(path[-1][1:], abs=0.01) for path in fleet.paths.values())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the text is empty"),
        ("   \n ", "the text is empty"),
        ("a" * 100_000, "100000 bytes"),
        ("go to\0 dock 1", r"U\+0000"),
        ("go to \u202edock 1", r"U\+202E"),
    ],
)
def test_a_text_that_is_no_sentence_is_refused_and_not_kept(fleet: Fleet, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        fleet.say(text)
    assert fleet.goals == []


def test_a_goal_for_an_unknown_robot_is_refused(fleet: Fleet) -> None:
    with pytest.raises(Refused, match="there is no robot 'marvin'; the robots are carrier_1"):
        fleet.say("Go to dock 1.", robot="marvin")
