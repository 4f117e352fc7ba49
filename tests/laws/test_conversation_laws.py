"""What holds for any answer to any question: no goal is made by it, nothing is guessed, nobody else is heard."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.actors.house.auction_house import AuctionHouse, HouseSettings
from caravan.language.conversation import Chosen, Completed, Unanswered, settle
from caravan.language.spans import BadText, tidy
from caravan.model.goal import Draft, Goal, GoalState, Intent, Task, TaskKind
from caravan.model.site import Item, Place, Robot, Site

SITE = Site(
    places={id_: Place(id=id_) for id_ in ("dock_1", "dock_2", "aisle_b", "冷库")},
    robots={id_: Robot(id=id_) for id_ in ("carrier_1", "carrier_2")},
    items={"pallet": Item(id="pallet", aliases=("pallets", "托盘"))},
)
SAID = """
    yes no the first second other one 2 3 dock 1 2 aisle b to from at carrier pallet two please no, mean 5 pm
    ten minutes 冷库 托盘 第二个 是 不 去 go bring it and , . ! last blue that 那个
"""
ANSWERS = st.one_of(
    st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=6).map(" ".join), st.text(min_size=1, max_size=30)
)
SENTENCES = st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=8).map(" ".join)


def go(place: str) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to=place),))


OPTIONS = st.lists(st.sampled_from([go(place) for place in SITE.places]), unique=True, max_size=3).map(tuple)


@given(sentence=SENTENCES, answer=ANSWERS, options=OPTIONS, data=st.data())
@settings(max_examples=300)
def test_an_answer_gives_a_sentence_one_of_the_options_or_what_would_do(
    sentence: str, answer: str, options: tuple[Draft, ...], data: st.DataObject
) -> None:
    reply = tidy(answer)
    if isinstance(reply, BadText):
        return
    parts = sentence.split()
    phrases = data.draw(st.lists(st.sampled_from([*parts, "moon bay"]), max_size=2).map(tuple))
    reason = data.draw(st.sampled_from(["unknown_place", "ambiguous", "not_a_goal"]))
    asked = Draft(intent=Intent.UNCLEAR, reason=reason, phrases=phrases)
    found = settle(sentence, asked, options, reply, SITE)
    assert found == settle(sentence, asked, options, reply, SITE)
    match found:
        case Chosen():
            assert found.draft in options
        case Completed():
            assert tidy(found.sentence) == found.sentence
        case Unanswered():
            assert found.note
    if len(options) != 1 and reply in ("yes", "no", "是", "不"):
        assert isinstance(found, Unanswered), "neither yes nor no tells which"


def unreachable(start: str, end: str, avoid: Iterable[str]) -> bool:
    return True


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, str, float]:
    """What is said, by whom, with which key, in answer to which goal (empty: none), and how long after the last, s."""
    return (
        draw(ANSWERS),
        draw(st.sampled_from(["ann", "bob", ""])),
        draw(st.sampled_from(["", "k1", "k2", "k3"])),
        draw(st.sampled_from(["", "g1", "g2", "g3", "g99"])),
        draw(st.sampled_from([0.0, 1.0, 200.0])),
    )


@given(said=st.lists(requests(), max_size=12), options=OPTIONS)
def test_answers_make_no_goals_change_no_words_and_are_heard_of_the_same_requester_in_time(
    said: list[tuple[str, str, str, str, float]], options: tuple[Draft, ...]
) -> None:
    first = Goal(
        id="g1",
        text="go to moon bay",
        requester="ann",
        stamp=0.0,
        state=GoalState.ASKED,
        draft=Draft(intent=Intent.UNCLEAR, reason="unknown_place", phrases=("moon bay",)),
        finished=10.0,
        options=options,
    )
    now, limit = 10.0, 300.0
    house = AuctionHouse(SITE, unreachable, HouseSettings(answer_time=limit), now=now, goals=[first])
    for text, requester, key, answers, pause in said:
        now += pause
        before = {goal.id: goal for goal in house.goals()}
        taken = house.submit(text, requester, "", now, key, answers)
        after = {goal.id: goal for goal in house.goals()}
        assert set(before) <= set(after)
        assert all(after[g].text == before[g].text for g in before)
        if answers:
            assert set(after) == set(before), "an answer makes no goal"
            changed = [g for g in before if len(after[g].answers) > len(before[g].answers)]
            assert set(changed) <= {answers}
            for goal_id in changed:
                assert before[goal_id].state is GoalState.ASKED and requester == before[goal_id].requester
                assert now - (before[goal_id].finished or 0.0) <= limit
                assert isinstance(taken, Goal) and taken.id == goal_id
