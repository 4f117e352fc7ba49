"""Trucks in ranges and lists, and the platoon that a sentence names beside its manoeuvre."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from caravan.language.parse import read
from caravan.language.prompt import Completion, Prompt
from caravan.language.ranges import MOST, spread
from caravan.model.goal import Reading, TaskKind, draft_to_json
from caravan.model.site import Named, Place, Robot, Site

NUMERALS = "一二三四五六七八"
SITE = Site(
    places={"exit_2": Place(id="exit_2", aliases=("二号出口",))},
    robots={
        f"truck_{n}": Robot(id=f"truck_{n}", aliases=(f"{NUMERALS[n - 1]}号卡车", f"lorry {n}")) for n in range(1, 9)
    }
    | {"van_2": Robot(id="van_2")},
    platoons={"convoy": Named(id="convoy", aliases=("主车队",)), "express": Named(id="express")},
)


def task(sentence: str, **reading: Any) -> dict[str, Any]:
    """What becomes of the only task of a Reading."""
    (only,) = tasks(sentence, reading)
    return only


def tasks(sentence: str, *readings: dict[str, Any]) -> list[dict[str, Any]]:
    return list(draft_to_json(heard(sentence, *readings).draft)["tasks"])


def heard(sentence: str, *readings: dict[str, Any], site: Site = SITE) -> Reading:
    """What a robot makes of a sentence whose manoeuvres its model reads so."""
    said = json.dumps({"intent": "tasks", "tasks": [{"kind": "platoon", **each} for each in readings]})

    def complete(prompt: Prompt) -> Completion:
        return Completion(text=said, probability=0.9, seconds=0.0)

    found = read(sentence, site, complete)
    assert isinstance(found, Reading)
    return found


def trucks(first: int, last: int) -> list[str]:
    return [f"truck_{n}" for n in range(first, last + 1)]


@pytest.mark.parametrize(
    ("sentence", "span", "members"),
    [
        ("trucks 1 to 4, form a platoon", " trucks 1 to 4", trucks(1, 4)),
        ("trucks 1 to 4, form a platoon", " trucks 1", trucks(1, 4)),
        ("trucks 2-5 form up", " trucks 2-5", trucks(2, 5)),
        ("form up, lorries three through six", " lorries three through six", trucks(3, 6)),
        ("truck 1 to truck 3 form up", " truck 1", trucks(1, 3)),
        ("truck_6 to truck_8 form up", " truck_6", trucks(6, 8)),
        ("一到四号卡车编队", " 一到四号卡车", trucks(1, 4)),
        ("一到四号卡车编队", "四号卡车", trucks(1, 4)),
        ("请二号到五号卡车编队", "二号到五号卡车", trucks(2, 5)),
        ("2至5号卡车编队", " 2至5号卡车", trucks(2, 5)),
        ("van 2 form up, 3 to 4 m apart", " van 2", ["van_2"]),
        ("form up with truck 2, 3 to 4 m apart", " truck 2", ["truck_2"]),
    ],
)
def test_a_range_is_all_its_trucks(sentence: str, span: str, members: list[str]) -> None:
    assert task(sentence, manoeuvre="form", members=[span])["members"] == members


@pytest.mark.parametrize(
    ("sentence", "robot", "to", "leaves"),
    [
        ("truck 4, leave at exit 2", " truck 4", " exit 2", True),
        ("truck 4 comes off at the exit 2", " truck 4", " exit 2", True),
        ("truck 4 wants out at exit 2, please", " truck 4", " exit 2", True),
        ("四号卡车在二号出口离队", " 四号卡车", "二号出口", True),
        ("truck 4, go to exit 2", " truck 4", " exit 2", False),
        ("truck 4, turn around at exit 2", " truck 4", " exit 2", False),
        ("四号卡车去二号出口", " 四号卡车", "二号出口", False),
    ],
)
def test_who_leaves_at_an_exit_leaves_the_platoon(sentence: str, robot: str, to: str, leaves: bool) -> None:
    found = task(sentence, kind="go", robot=robot, to=to)
    if leaves:
        assert found == {"id": "t1", "kind": "platoon", "manoeuvre": "leave", "members": ["truck_4"], "to": "exit_2"}
    else:
        assert found == {"id": "t1", "kind": "go", "robot": "truck_4", "to": "exit_2"}


def test_where_there_are_no_platoons_nobody_leaves_one() -> None:
    site = replace(SITE, platoons={})
    said = json.dumps({"intent": "tasks", "tasks": [{"kind": "go", "robot": " truck 4", "to": " exit 2"}]})
    found = read("truck 4, leave at exit 2", site, lambda _: Completion(text=said, probability=0.9))
    assert isinstance(found, Reading) and found.draft.tasks[0].kind is TaskKind.GO


@pytest.mark.parametrize("said", ["trucks 4 to 1", "trucks 1 to 1", f"trucks 1 to {MOST + 2}", "trucks 1 to 9.5"])
def test_what_is_no_range_is_left_alone(said: str) -> None:
    assert spread(" trucks 1", f"{said}, form up", lambda name: True) == [" trucks 1"]


def test_a_range_with_a_truck_that_is_not_there_is_asked_back() -> None:
    found = heard("trucks 6 to 9 form up", {"manoeuvre": "form", "members": [" trucks 6 to 9"]})
    assert (found.draft.reason, found.draft.phrases) == ("unknown_robot", ("trucks 6 to 9",))


def test_a_noun_behind_the_last_number_is_that_of_all() -> None:
    spans = [" 一号", "二号", "四号卡车"]
    assert task("一号、二号、四号卡车编队", manoeuvre="form", members=spans)["members"] == [
        "truck_1",
        "truck_2",
        "truck_4",
    ]


def test_a_manoeuvre_is_of_the_platoon_that_is_named() -> None:
    assert task("truck 5, join the convoy", manoeuvre="join", members=[" truck 5"])["platoon"] == "convoy"
    assert task("三号卡车退出主车队", manoeuvre="leave", members=[" 三号卡车"])["platoon"] == "convoy"
    assert "platoon" not in task("truck 5, join the platoon", manoeuvre="join", members=[" truck 5"])
    assert "platoon" not in task("the convoy or the express, dissolve it", manoeuvre="dissolve")
    assert "platoon" not in task("merge into the convoy", manoeuvre="merge", into=" convoy")


def test_a_platoon_that_one_task_names_is_that_of_the_others_but_not_of_a_new_one() -> None:
    left = {"manoeuvre": "leave", "members": [" truck 1", " truck 2"]}
    out = tasks(
        "truck 1 and truck 2 leave the convoy, then form a platoon, then dissolve the convoy",
        {**left, "platoon": " convoy"},
        {**left, "manoeuvre": "form"},
        {"manoeuvre": "dissolve"},
    )
    assert [each.get("platoon") for each in out] == ["convoy", None, "convoy"]


@pytest.mark.parametrize(
    ("sentence", "span", "members"),
    [
        ("Trucks 1, 2, 3 and 4, form a platoon.", " Trucks 1", trucks(1, 4)),
        ("trucks 6 and 7 tag on behind, 25 m apart", " trucks 6", trucks(6, 7)),
        ("trucks 1, 2 and 3, 4 m apart, form up", " trucks 1", trucks(1, 3)),
        ("trucks 1 and 2, 5 seconds apart, form up", " trucks 1", trucks(1, 2)),
        ("trucks 1 to 3 and 5 form up", " trucks 1", [*trucks(1, 3), "truck_5"]),
        ("truck 1 and 4 others form up", " truck 1", ["truck_1"]),
        ("form up with truck 1, 3 pallets go to exit 2", " truck 1", ["truck_1"]),
        ("truck 1, van 2 form up", " truck 1", ["truck_1"]),
        ("trucks 1, 2, 9 form up", " trucks 1", trucks(1, 2)),
        ("一号、二号、四号卡车编队", " 一号", ["truck_1", "truck_2", "truck_4"]),
        ("1、3号卡车编队，5米", " 1", ["truck_1", "truck_3"]),
    ],
)
def test_numbers_in_a_row_are_all_trucks(sentence: str, span: str, members: list[str]) -> None:
    assert task(sentence, manoeuvre="form", members=[span])["members"] == members


@pytest.mark.parametrize(
    ("sentence", "platoon", "speed"),
    [
        ("all trucks 70 km/h", " trucks 70 km/h", " 70 km/h"),
        ("all trucks 70 km/h", " trucks 70", " 70 km/h"),
        ("all trucks 70 km/h", " trucks", " 70 km/h"),
        ("Everybody eighty kilometres an hour", " Everybody eighty kilometres", " eighty kilometres an hour"),
        ("所有卡车时速七十公里", "卡车时", "时速七十公里"),
        ("全体车速提到五米每秒", " 全体车", "五米每秒"),
    ],
)
def test_an_order_to_all_names_no_platoon(sentence: str, platoon: str, speed: str) -> None:
    assert set(task(sentence, manoeuvre="set", platoon=platoon, speed=speed)) == {"id", "kind", "manoeuvre", "speed"}


def test_no_word_is_both_a_truck_and_an_amount() -> None:
    sentence = "Form a platoon behind truck 1 with half a second headway"
    span = " half a second"
    read = {"manoeuvre": "form", "leader": " truck 1", "members": [" truck 1", span], "headway": span}
    assert task(sentence, **read) == {
        "id": "t1", "kind": "platoon", "manoeuvre": "form", "leader": "truck_1", "headway": 0.5
    }  # fmt: skip


def test_what_names_a_truck_or_an_exit_is_no_platoon() -> None:
    assert task("在三号卡车后面断开", manoeuvre="split", platoon="三号卡车", at="三号卡车") == {
        "id": "t1", "kind": "platoon", "manoeuvre": "split", "at": "truck_3"
    }  # fmt: skip
    assert task("四号卡车在二号出口离队", manoeuvre="leave", platoon="二号出口", members=[" 四号卡车"]) == {
        "id": "t1", "kind": "platoon", "to": "exit_2", "manoeuvre": "leave", "members": ["truck_4"]
    }  # fmt: skip
    unknown = heard("四号卡车在七号出口离队", {"manoeuvre": "leave", "platoon": "七号出口", "members": [" 四号卡车"]})
    assert unknown.draft.phrases == ("七号出口",)
    asked = heard("split truck 9 behind truck 3", {"manoeuvre": "split", "platoon": " truck 9", "at": " truck 3"})
    assert asked.draft.phrases == ("truck 9",)


TWO = replace(
    SITE,
    platoons={
        "north_convoy": Named(id="north_convoy", aliases=("北车队",)),
        "south_convoy": Named(id="south_convoy", aliases=("南车队",)),
    },
)


@pytest.mark.parametrize(
    ("sentence", "word", "reading"),
    [
        ("let the convoy drive at 40 km/h", "convoy", {"manoeuvre": "set", "speed": " 40 km/h"}),
        ("车队开到40 km/h", "车队", {"manoeuvre": "set", "speed": "40 km/h"}),
        ("break up the convoy", "convoy", {"manoeuvre": "dissolve"}),
        ("truck 1 joins the convoy", "convoy", {"manoeuvre": "join", "members": [" truck 1"]}),
    ],
)
def test_a_word_for_several_platoons_is_asked_about(sentence: str, word: str, reading: dict[str, Any]) -> None:
    draft = heard(sentence, reading, site=TWO).draft
    assert (draft.reason, draft.phrases) == ("ambiguous", (word,))


@pytest.mark.parametrize(
    ("sentence", "reading"),
    [
        ("everybody at 40 km/h", {"manoeuvre": "set", "speed": " 40 km/h"}),
        ("truck 1, leave the convoy", {"manoeuvre": "leave", "members": [" truck 1"]}),
        ("cut the convoy behind truck 1", {"manoeuvre": "split", "at": " truck 1"}),
        ("truck 2 joins the convoy of truck 1", {"manoeuvre": "join", "leader": " truck 1", "members": [" truck 2"]}),
        ("truck 1 and truck 2 form a convoy", {"manoeuvre": "form", "members": [" truck 1", " truck 2"]}),
    ],
)
def test_where_a_vehicle_tells_which_or_all_are_meant_there_is_no_question(
    sentence: str, reading: dict[str, Any]
) -> None:
    assert heard(sentence, reading, site=TWO).draft.tasks[0].platoon is None


@pytest.mark.parametrize("words", ["all convoys", "every convoy", "both convoys", "all the convoys"])
def test_an_order_to_all_platoons_is_no_question(words: str) -> None:
    draft = heard(f"{words} at 40 km/h", {"manoeuvre": "set", "speed": " 40 km/h"}, site=TWO).draft
    assert draft.tasks[0].platoon is None


def test_a_platoon_that_is_formed_first_is_the_one_that_is_meant() -> None:
    sentence = "truck 1 and truck 2 form a convoy, then the convoy drives at 40 km/h"
    form = {"manoeuvre": "form", "members": [" truck 1", " truck 2"]}
    assert heard(sentence, form, {"manoeuvre": "set", "speed": " 40 km/h"}, site=TWO).draft.tasks


@pytest.mark.parametrize(
    "sentence", ["everyone except the express at 40 km/h", "all but express at 40 km/h", "除了express都开40 km/h"]
)
def test_all_but_one_platoon_cannot_be_said_and_is_asked_about(sentence: str) -> None:
    speed = " 40 km/h" if " 40" in sentence else "40 km/h"
    assert heard(sentence, {"manoeuvre": "set", "speed": speed}).draft.reason == "ambiguous"
