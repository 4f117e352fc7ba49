"""A question back and its answer, in virtual time: the goal goes on, through restarts and changes of leader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caravan.actors.house.auction_house import HouseSettings
from caravan.fleet import HOUSE, Fleet, FleetSettings, Refused
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.model.goal import Goal, GoalState
from tests.support.fleets import SITE
from tests.support.readings import by_heart, task

MOON = "Take a pallet from dock 2 to the moon bay."
DOCK = "Take a pallet from dock 2 to the dock 4."
READ: dict[str, list[dict[str, Any]]] = {
    MOON: [task("deliver", item=" pallet", from_=" dock 2", to=" moon bay")],
    DOCK: [task("deliver", item=" pallet", from_=" dock 2", to=" dock 4")],
    "Go to dock 1.": [task("go", to=" dock 1")],
}


def reader(prompt: Prompt) -> Completion | ModelFault:
    """Knows these sentences, the last one of which it is not sure of, and "cancel" with a goal or alone."""
    said = prompt.text.strip()
    if said.startswith("cancel"):
        target = {"target": said.removeprefix("cancel")} if said != "cancel" else {}
        text = json.dumps({"intent": "control", "command": "cancel", **target}, separators=(",", ":"))
        return Completion(text=text, probability=0.9)
    tasks = READ.get(said)
    if tasks is None:
        return by_heart(prompt)
    text = json.dumps({"intent": "tasks", "tasks": tasks}, separators=(",", ":"))
    return Completion(text=text, probability=0.2 if said == "Go to dock 1." else 0.9)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet(SITE, reader=reader, seed=2, robots=3) as running:
        yield running


def asked(fleet: Fleet, text: str = MOON) -> str:
    """A goal of ann's that the fleet asks back about."""
    goal_id = fleet.say(text, requester="ann")
    assert fleet.run()
    assert only(fleet).state is GoalState.ASKED
    return goal_id


def only(fleet: Fleet) -> Goal:
    """The one goal that there is."""
    (goal,) = fleet.goals
    return goal


def test_an_answer_completes_the_goal_and_it_is_read_again_and_done(fleet: Fleet) -> None:
    goal_id = asked(fleet)
    assert fleet.say("dock 4, please", requester="ann", answers=goal_id) == goal_id
    assert fleet.run()
    goal = only(fleet)
    assert (goal.state, goal.text, goal.sentence) == (GoalState.DONE, MOON, DOCK)
    assert goal.draft is not None and goal.draft.tasks[0].to == "dock_4"
    kinds = [e.kind for e in fleet.events if e.goal == goal_id]
    after = kinds[kinds.index("answered") :]
    assert kinds.index("asked") < kinds.index("answered") and after.count("vote") >= 2 and "jury" in after
    story = fleet.why(goal_id)
    assert "it asked back: I know no place called 'moon bay'" in story
    assert f'ann answered "dock 4, please": {DOCK}' in story


def test_the_question_outlives_a_restart_of_the_house(fleet: Fleet) -> None:
    goal_id = asked(fleet)
    fleet.kill_house()
    fleet.restart_house()
    fleet.say("dock 4", requester="ann", answers=goal_id)
    assert fleet.run()
    assert only(fleet).state is GoalState.DONE


def test_the_question_outlives_a_change_of_leader() -> None:
    with Fleet(SITE, reader=reader, seed=2, robots=3, houses=3) as fleet:
        goal_id = asked(fleet)
        fleet.kill_house(fleet.leader or HOUSE)
        fleet.say("dock 4", requester="ann", answers=goal_id)
        assert fleet.run()
        assert only(fleet).state is GoalState.DONE


def test_yes_to_what_the_robots_are_not_sure_of_carries_it_out(fleet: Fleet) -> None:
    goal_id = asked(fleet, "Go to dock 1.")
    assert only(fleet).message == "Do you mean 'go dock_1'? I am not sure. Say yes, or say it in other words."
    with pytest.raises(Refused, match="'no' does not settle it: say yes"):
        fleet.say("no", requester="ann", answers=goal_id)
    fleet.say("yes", requester="ann", answers=goal_id)
    assert fleet.run()
    assert only(fleet).state is GoalState.DONE


def test_the_same_answer_twice_is_one_and_another_one_comes_too_late(fleet: Fleet) -> None:
    goal_id = asked(fleet)
    for _ in range(2):
        assert fleet.say("dock 4", requester="ann", answers=goal_id) == goal_id
    with pytest.raises(Refused, match=f"{goal_id} asks nothing, it is reading; no question waits for you; say the"):
        fleet.say("dock 1", requester="ann", answers=goal_id)
    assert fleet.run()
    assert fleet.say("dock 4", requester="ann", answers=goal_id) == goal_id
    assert len(only(fleet).answers) == 1
    assert len([e for e in fleet.events if e.kind == "task_done"]) == 1


def test_who_did_not_say_it_cannot_answer(fleet: Fleet) -> None:
    goal_id = asked(fleet)
    with pytest.raises(Refused, match=f"{goal_id} was said by ann, who alone can answer its question"):
        fleet.say("dock 4", requester="bob", answers=goal_id)
    with pytest.raises(Refused, match=f"there is no goal 'g9'; these wait for your answer: {goal_id}"):
        fleet.say("dock 4", requester="ann", answers="g9")
    assert only(fleet).state is GoalState.ASKED


def test_a_question_expires() -> None:
    settings = FleetSettings(house=HouseSettings(answer_time=5.0))
    with Fleet(SITE, reader=reader, seed=2, robots=3, settings=settings) as fleet:
        goal_id = asked(fleet)
        for _ in range(60):
            fleet.step()
        with pytest.raises(Refused, match=f"the question of {goal_id} has expired after 5 s; say the whole goal anew"):
            fleet.say("dock 4", requester="ann", answers=goal_id)


def test_a_goal_that_asks_is_cancelled_and_takes_no_answer_any_more(fleet: Fleet) -> None:
    goal_id = asked(fleet)
    assert fleet.cancel(goal_id) is None
    assert (only(fleet).state, only(fleet).message) == (GoalState.CANCELLED, "cancelled")
    assert [e.kind for e in fleet.events if e.goal == goal_id][-2:] == ["asked", "cancelled"]
    with pytest.raises(Refused, match=f"{goal_id} asks nothing, it is cancelled; no question waits for you"):
        fleet.say("dock 4", requester="ann", answers=goal_id)
    assert fleet.cancel(goal_id) == f"{goal_id} is cancelled already"
    fleet.kill_house()
    fleet.restart_house()
    fleet.step()
    assert only(fleet).state is GoalState.CANCELLED, "and it stays so"


@pytest.mark.parametrize("words", ["cancel g1", "cancel"])
def test_a_goal_that_asks_is_cancelled_in_words(fleet: Fleet, words: str) -> None:
    asked(fleet)
    fleet.say(words, requester="ann")
    assert fleet.run()
    assert [g.state for g in fleet.goals] == [GoalState.CANCELLED, GoalState.DONE]
    assert fleet.goals[0].message == "cancelled by ann"


def test_a_question_that_has_expired_is_cancelled_by_its_id_alone() -> None:
    settings = FleetSettings(house=HouseSettings(answer_time=5.0))
    with Fleet(SITE, reader=reader, seed=2, robots=3, settings=settings) as fleet:
        goal_id = asked(fleet)
        for _ in range(60):
            fleet.step()
        fleet.say("cancel", requester="ann")
        assert fleet.run()
        assert [g.state for g in fleet.goals] == [GoalState.ASKED, GoalState.DONE]
        assert fleet.cancel(goal_id) is None
        assert [g.state for g in fleet.goals] == [GoalState.CANCELLED, GoalState.DONE]


def test_what_a_person_confirms_still_passes_the_guard() -> None:
    def unsure(prompt: Prompt) -> Completion | ModelFault:
        tasks = [task("deliver", item=" pallets", quantity=" 50", from_=" dock 2", to=" dock 4")]
        return Completion(text=json.dumps({"intent": "tasks", "tasks": tasks}), probability=0.2)

    with Fleet(SITE, reader=unsure, seed=2, robots=3) as fleet:
        goal_id = asked(fleet, "Take 50 pallets from dock 2 to dock 4.")
        fleet.say("yes", requester="ann", answers=goal_id)
        assert fleet.run()
        goal = only(fleet)
    assert (goal.state, goal.tasks) == (GoalState.REFUSED, ())
    assert "50 is not a quantity between 1 and 20" in goal.message


def test_the_question_is_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with Fleet(SITE, reader=reader, seed=2, robots=3, journal=file) as fleet:
        goal_id = asked(fleet)
    with Fleet(SITE, reader=reader, seed=2, robots=3, journal=file) as fleet:
        fleet.say("dock 4", requester="ann", answers=goal_id)
        assert fleet.run()
        assert (only(fleet).state, only(fleet).sentence) == (GoalState.DONE, DOCK)
