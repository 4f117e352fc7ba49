"""Robots with different models vote on what a goal means: one that is wrong, one that is broken, two that tie."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan

import pytest

from caravan.fleet import Fleet
from caravan.language.prompt import Complete, Completion, ModelFault, Prompt
from caravan.model.goal import GoalState
from tests.support.fleets import SITE
from tests.support.readings import by_heart

SAID = "Go to dock 1."


def reads(text: str, probability: float = 1.0) -> Complete:
    """A model that answers one thing only."""

    def complete(prompt: Prompt) -> Completion | ModelFault:
        return Completion(text=text, probability=probability)

    return complete


STOPS = reads('{"intent":"control","command":"stop"}')
BABBLES = reads("]]]")


def told(models: Mapping[str, Complete], robots: int = 3) -> Fleet:
    """A fleet that was told to go to dock 1, at the end of that goal."""
    fleet = Fleet(SITE, reader=models, seed=4, robots=robots)
    fleet.say(SAID)
    assert fleet.run()
    return fleet


def test_three_robots_with_three_models_are_asked_and_the_record_says_who_read_what() -> None:
    with told({"s1": by_heart, "s2": by_heart, "s3": STOPS}, robots=6) as fleet:
        (goal,) = fleet.goals
        votes = {e.data["model"]: e for e in fleet.events if e.kind == "vote"}
        story = fleet.why(goal.id)
    assert goal.state is GoalState.DONE
    assert goal.draft is not None and goal.draft.tasks[0].to == "dock_1"
    assert len(votes) >= 2
    for model, vote in votes.items():
        read = "stop all" if model == "s3" else "go dock_1"
        assert f"{vote.robot} ({model}) read it with confidence {vote.data['confidence']:.2f}: {read}" in story
    assert "the jury: 2 of 3 robots, 2 models, agree with 0.90" in story
    assert not any(e.kind == "order" for e in fleet.events), "the liar's order to stop was not heeded"


@pytest.mark.parametrize("broken", [BABBLES, reads('{"intent":"control","command":"stop"}', probability=nan)])
def test_a_broken_model_does_not_stop_the_others(broken: Complete) -> None:
    with told({"s1": by_heart, "s2": broken, "s3": by_heart}) as fleet:
        assert [g.state for g in fleet.goals] == [GoalState.DONE]


def test_two_robots_with_one_model_do_not_overrule_another_model() -> None:
    with told({"s1": by_heart, "s2": STOPS}) as fleet:
        (goal,) = fleet.goals
        assert sorted(e.data["model"] for e in fleet.events if e.kind == "vote") == ["s1", "s1", "s2"]
    assert goal.state is GoalState.ASKED
    # The one that leaves out the dock is the unsure one.
    assert goal.message.startswith("Do you mean (1) 'go dock_1' or (2) 'stop all'?")
    assert goal.tasks == ()


def test_the_first_robot_that_is_heard_does_not_decide_alone() -> None:
    with Fleet(SITE, reader={"s1": STOPS, "s2": by_heart, "s3": by_heart}, seed=4, robots=3) as fleet:
        fleet.kill("carrier_2")
        fleet.kill("carrier_3")
        fleet.say(SAID)
        for _ in range(10):
            fleet.step()
        fleet.revive("carrier_2")
        fleet.revive("carrier_3")
        assert fleet.run()
        assert [g.state for g in fleet.goals] == [GoalState.DONE]
