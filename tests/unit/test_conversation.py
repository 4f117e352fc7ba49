"""Answers to questions: names, values, choices, yes and no, other words, in English and Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.actors.house.auction_house import AuctionHouse, HouseSettings
from caravan.adapters.site_file import read_site
from caravan.language.conversation import Chosen, Completed, GivenUp, Settled, Unanswered, settle
from caravan.language.spans import BadText
from caravan.model.goal import Draft, Goal, GoalState, Intent, Task, TaskKind
from caravan.model.site import Item, Place, Robot, Site

WAREHOUSE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
YARD = Site(
    places={id_: Place(id=id_) for id_ in ("dock_1", "dock_2", "dock_4", "yard")},
    robots={
        "crane_1": Robot(id="crane_1", aliases=("blue crane", "蓝色吊车")),
        "crane_2": Robot(id="crane_2", aliases=("red crane", "红色吊车")),
    },
    items={"pallet": Item(id="pallet", aliases=("pallets",))},
)


def unclear(reason: str, *phrases: str) -> Draft:
    return Draft(intent=Intent.UNCLEAR, reason=reason, phrases=phrases)


def go(place: str) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to=place),))


MOON = "Bring a pallet to the moon bay."


def filled(answer: str, sentence: str = MOON, phrase: str = "moon bay", site: Site = WAREHOUSE) -> Settled:
    return settle(sentence, unclear("unknown_place", phrase), (), answer, site)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("dock 4", "dock 4"), ("Dock four.", "Dock four"), ("to dock 4, please", "dock 4"), ("no, dock 4", "dock 4"),
        ("I mean the freezer", "freezer"), ("sorry, it's dock_4", "dock_4"), ("四号月台", "四号月台"),
        ("去四号月台吧", "四号月台"), ("不，四号月台", "四号月台"), ("不是,四号月台", "四号月台"),
        ("不对，是四号月台", "四号月台"),
    ],
)  # fmt: skip
def test_a_name_takes_the_place_of_the_phrase_in_doubt(answer: str, said: str) -> None:
    assert filled(answer) == Completed(sentence=f"Bring a pallet to the {said}.")


@pytest.mark.parametrize(
    ("sentence", "phrase", "answer", "completed"),
    [
        ("把两个托盘送到月球湾。", "月球湾", "冷库", "把两个托盘送到冷库。"),
        ("把两个托盘送到月球湾。", "月球湾", "是冷库", "把两个托盘送到冷库。"),
        ("go to dock 9", "dock 9", "4", "go to dock 4"),
        ("bring it to dock 4", "it", "two pallets", "bring two pallets to dock 4"),
        ("bring it to dock 4, then charge it", "it", "the pallet", "bring the pallet to dock 4, then charge it"),
        ("bring a few pallets to dock 4", "a few", "three", "bring three pallets to dock 4"),
        ("bring a few pallets to dock 4", "a few", "three pallets", "bring three pallets to dock 4"),
        ("bring a few pallets to dock 4", "a few", "one pallet", "bring one pallet to dock 4"),
        ("bring a few pallets to dock 4", "a few", "three crates", "bring three crates pallets to dock 4"),
        ("把几个托盘送到冷库", "几个", "三个托盘", "把三个托盘送到冷库"),
        ("送几个托盘", "几个", "三个托盘", "送三个托盘"),
        ("早点去冷库", "早点", "不早于五点", "不早于五点去冷库"),
        ("go to dock 4 soonish", "soonish", "at 5 pm", "go to dock 4 at 5 pm"),
        ("go to dock 4 by teatime", "teatime", "by 5 pm", "go to dock 4 by 5 pm"),
        ("wait a while", "a while", "ten minutes", "wait ten minutes"),
        ("bring a pallet", "pallet", "dock 4", "bring a pallet to dock 4"),
        ("把托盘送走。", "托盘", "四号月台", "把托盘送走到四号月台"),
    ],
)
def test_a_value_or_a_name_completes_the_sentence(sentence: str, phrase: str, answer: str, completed: str) -> None:
    found = settle(sentence, unclear("ambiguous", phrase), (), answer, WAREHOUSE)
    assert found == Completed(sentence=completed)


@pytest.mark.parametrize(
    ("answer", "crane"),
    [
        ("the blue one", "crane 1"), ("red", "crane 2"), ("the red crane", "crane 2"), ("crane 2", "crane 2"),
        ("the second", "crane 2"), ("the second one", "crane 2"), ("2", "crane 2"), ("the last one", "crane 2"),
        ("1", "crane 1"), ("第一个", "crane 1"), ("蓝色的那个", "crane 1"), ("the first, please", "crane 1"),
    ],
)  # fmt: skip
def test_one_of_several_is_told_by_a_word_or_by_its_place(answer: str, crane: str) -> None:
    found = settle("charge the crane at dock 1", unclear("ambiguous", "the crane"), (), answer, YARD)
    assert found == Completed(sentence=f"charge {crane} at dock 1")


@pytest.mark.parametrize("answer", ["the green one", "yes", "no", "the third", "the one", "那个", "the other one"])
def test_what_does_not_tell_which_is_refused_with_what_would(answer: str) -> None:
    found = settle("charge the crane", unclear("ambiguous", "the crane"), (), answer, YARD)
    assert isinstance(found, Unanswered), found
    assert "say which of crane_1, crane_2" in found.note


OPTIONS = (go("dock_1"), go("dock_2"))


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("1", 0), ("2", 1), ("the first", 0), ("the second one", 1), ("number two", 1), ("(2)", 1), ("第二个", 1),
        ("dock 1", 0), ("to dock 2", 1), ("二号月台", 1), ("no, the other one", 1), ("不，另一个", 1), ("the last", 1),
    ],
)  # fmt: skip
def test_one_of_the_drafts_is_chosen(answer: str, chosen: int) -> None:
    found = settle("Go to the dock.", unclear("ambiguous"), OPTIONS, answer, WAREHOUSE)
    assert found == Chosen(draft=OPTIONS[chosen])


@pytest.mark.parametrize("answer", ["yes", "no", "the third", "neither", "the blue one", "the other one", "是", "不是"])
def test_which_of_two_is_never_guessed(answer: str) -> None:
    found = settle("Go to the dock.", unclear("ambiguous"), OPTIONS, answer, WAREHOUSE)
    assert isinstance(found, Unanswered), found
    assert "the number, 1 to 2" in found.note


TURNED_DOWN = """
    不是三号月台 不去三号月台 不用三号月台 不到三号月台 不是去三号月台 别去三号月台 非三号月台 没说三号月台
    我说不是三号月台 不，不是三号月台 三号月台不是 三号月台不对 三号月台，不 不是五分钟 五分钟不对
"""


@pytest.mark.parametrize("answer", [*TURNED_DOWN.split(), "dock 3 no", "Dock 3, no.", "to dock 3 not"])
def test_what_is_turned_down_is_neither_chosen_nor_filled_in(answer: str) -> None:
    for options in ((go("dock_3"), go("dock_2")), (go("dock_3"),), ()):
        for asked in (unclear("unclear"), unclear("unknown_place", "moon bay")):
            found = settle("go to moon bay", asked, options, answer, WAREHOUSE)
            assert isinstance(found, Unanswered), found
            assert f"'{answer}' does not settle it" in found.note


def test_not_the_other_one_is_not_the_other_one() -> None:
    found = settle("Go to the dock.", unclear("ambiguous"), OPTIONS, "不是另一个", WAREHOUSE)
    assert isinstance(found, Unanswered), found


@pytest.mark.parametrize("answer", ["别墅", "去别墅", "别墅吧", "不，别墅", "Dock No"])
def test_a_name_may_begin_or_end_with_a_word_that_turns_down(answer: str) -> None:
    site = Site(places={"villa": Place(id="villa", aliases=("别墅",)), "dock_no": Place(id="dock_no")})
    found = filled(answer, "go to M", "M", site)
    assert isinstance(found, Completed) and found.sentence in ("go to 别墅", "go to Dock No")
    assert isinstance(filled("不是别墅", "go to M", "M", site), Unanswered)


@pytest.mark.parametrize(
    "answer",
    [
        *("cancel", "Cancel it, please.", "please cancel", "never mind", "forget it", "no, forget it"),
        *("取消", "算了", "算了吧", "不，取消"),
    ],
)
def test_a_goal_is_given_up_whatever_was_asked(answer: str) -> None:
    for options in (OPTIONS, OPTIONS[:1], ()):
        for asked in (unclear("not_a_goal"), unclear("unknown_place", "moon bay")):
            assert settle(MOON, asked, options, answer, WAREHOUSE) == GivenUp()


def test_the_goal_that_asks_is_cancelled_by_the_answer_and_no_other() -> None:
    asking = [
        Goal(
            id=id_,
            text=MOON,
            requester="ann",
            stamp=0.0,
            state=GoalState.ASKED,
            draft=unclear("unknown_place", "moon bay"),
            finished=1.0,
        )
        for id_ in ("g1", "g2")
    ]
    house = AuctionHouse(WAREHOUSE, lambda start, end, avoid: True, HouseSettings(), now=1.0, goals=asking)
    assert isinstance(house.submit("cancel", "bob", "", 2.0, answers="g1"), BadText), "it is ann's"
    given_up = house.submit("cancel", "ann", "", 3.0, "k1", "g1")
    assert isinstance(given_up, Goal) and given_up.message == "cancelled by ann"
    assert [goal.state for goal in house.goals()] == [GoalState.CANCELLED, GoalState.ASKED]
    assert house.submit("cancel", "ann", "", 4.0, "k1", "g1") == given_up, "the same answer again"
    out = house.drain()
    assert [event.kind for event in out.events] == ["answered", "cancelled"] and not out.messages
    assert [(audit.verdict, audit.answers) for audit in out.audits] == [("refused", ()), ("cancelled", ("cancel",))]


@pytest.mark.parametrize("answer", ["cancel g3", "do not cancel", "cancel the trip to dock 4", "取消三号月台"])
def test_what_says_more_gives_no_goal_up(answer: str) -> None:
    assert not isinstance(filled(answer), GivenUp)


@pytest.mark.parametrize("answer", ["yes", "Yes, please.", "ok", "right", "do it!", "是的", "对"])
def test_yes_confirms_what_the_robots_were_not_sure_of(answer: str) -> None:
    assert settle("Go to dock 1.", go("dock_1"), (go("dock_1"),), answer, WAREHOUSE) == Chosen(draft=go("dock_1"))


def test_no_and_a_name_puts_it_right_and_no_alone_does_not() -> None:
    def said(answer: str, sentence: str = "Go to dock 1.") -> Settled:
        return settle(sentence, go("dock_1"), (go("dock_1"),), answer, WAREHOUSE)

    assert said("no, dock 2") == Completed(sentence="Go to dock 2.")
    assert isinstance(said("no"), Unanswered)
    assert isinstance(said("dock 2", "Go from dock 1 to dock 4."), Unanswered), "it may be either end"


@pytest.mark.parametrize("answer", ["Bring a pallet to dock 4 and wait there", "go to dock 4", "把托盘送到四号月台"])
def test_other_words_are_read_instead(answer: str) -> None:
    for asked in (unclear("not_a_goal"), unclear("unknown_place", "moon bay")):
        assert settle(MOON, asked, (), answer, WAREHOUSE) == Completed(sentence=answer)


def test_a_sentence_that_becomes_too_long_is_refused() -> None:
    long = "go to M " + "and the yard " * 153
    found = settle(long.strip(), unclear("unknown_place", "M"), (), "the cold storage", WAREHOUSE)
    assert isinstance(found, Unanswered) and "the most is 2000" in found.note
