"""Names in a sentence: the whole name around a piece of it, and names that a Draft leaves out."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from caravan.language.around import whole
from caravan.language.parse import UNSURE, read
from caravan.language.prompt import Completion, Prompt
from caravan.language.questions import choice
from caravan.language.unused import unused
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Draft, Intent, Reading, Task, TaskKind
from caravan.model.site import Item, Named, Place, Robot, Site

SITE = Site(
    places={
        "theatre_1": Place(id="theatre_1", aliases=("一号手术室",)),
        "theatre_2": Place(id="theatre_2", aliases=("二号手术室",)),
        "ward": Place(id="ward", aliases=("隔离病房",)),
        "dock_3": Place(id="dock_3", aliases=("bay 3",)),
        "dock_4": Place(id="dock_4"),
    },
    robots={
        "scout_2": Robot(id="scout_2", aliases=("二号巡逻机器人", "hermes")),
        "carrier_1": Robot(id="carrier_1"),
    },
    items={
        "pallet": Item(id="pallet", aliases=("pallets",)),
        "pallet_jack": Item(id="pallet_jack"),
        "drum": Item(id="drum", aliases=("桶",)),
    },
    capabilities={"lift": Named(id="lift", aliases=("carry",))},
)
KNOWN = {"theatre two", "dock 3", "pallet", "pallet jack", "bay 3 north", "小芙", "二号手术室"}


@pytest.mark.parametrize(
    ("piece", "sentence", "name"),
    [
        ("二号", "马上检查二号手术室和病房", "二号手术室"),
        ("手术室", "马上检查二号手术室和病房", "二号手术室"),
        ("小", "让小芙停一下", "小芙"),
        (" two", "inspect theatre two now", " theatre two"),
        (" pallet", "bring the pallet jack to dock 3", " pallet jack"),
        (" pallet", "bring a pallet and the pallet jack", " pallet"),
        (" dock 3", "go to dock 3", " dock 3"),
        (" dock", "go to the dock, 3 times", " dock"),
        (" moon bay", "go to the moon bay", " moon bay"),
        (" Theatre", "Theatre Two needs a check", " Theatre Two"),
    ],
)
def test_the_whole_name_around_a_piece(piece: str, sentence: str, name: str) -> None:
    assert whole(piece, sentence, KNOWN.__contains__) == name


def deliver(**fields: str) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.DELIVER, **fields),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "draft", "left"),
    [
        ("hermes, take a pallet to dock 3", deliver(item="pallet", to="dock_3"), ("scout_2",)),
        ("hermes, take a pallet to dock 3", deliver(item="pallet", to="dock_3", robot="scout_2"), ()),
        ("take a pallet jack to bay 3", deliver(item="pallet_jack", to="dock_3"), ()),
        ("take a pallet to dock 3, sorry, dock 4", deliver(item="pallet", to="dock_4"), ("dock_3",)),
        ("carry a pallet to dock_3 and Dock 4", deliver(item="pallet", to="dock_3"), ("dock_4",)),
        ("把托盘送到二号手术室,别去隔离病房", deliver(item="pallet", to="theatre_2"), ("ward",)),
        ("把水桶送到二号手术室", deliver(item="pallet", to="theatre_2"), ()),
        ("where is the moon bay at dock 3", Draft(intent=Intent.UNCLEAR, reason="not_a_goal"), ()),
        ("stop carrier 1", Draft(intent=Intent.CONTROL, command="stop", target="carrier_1"), ()),
        ("stop carrier 1", Draft(intent=Intent.CONTROL, command="stop", target="all"), ("carrier_1",)),
    ],
)
def test_names_that_are_said_and_left_out(sentence: str, draft: Draft, left: tuple[str, ...]) -> None:
    assert unused(sentence, draft, vocabulary(SITE)) == left


def said(*tasks: Mapping[str, object]) -> str:
    return json.dumps({"intent": "tasks", "tasks": tasks}, ensure_ascii=False)


def reading(text: str, answer: str) -> Reading:
    def complete(prompt: Prompt) -> Completion:
        return Completion(text=answer, probability=0.99, seconds=0.01)

    found = read(text, SITE, complete)
    assert isinstance(found, Reading)
    return found


def test_a_reading_that_leaves_a_name_out_is_unsure() -> None:
    task = {"kind": "deliver", "item": " pallet", "to": " dock 3"}
    assert reading("hermes, take a pallet to dock 3", said(task)).confidence == UNSURE
    assert reading("please take a pallet to dock 3", said(task)).confidence == 0.99


def test_the_question_tells_what_was_left_out() -> None:
    told = choice([deliver(item="pallet", to="dock_4")], ("dock_3",))
    assert (
        told
        == "Do you mean 'deliver 1 pallet dock_4', without dock_3? I am not sure. Say yes, or say it in other words."
    )


def test_two_pieces_of_one_name_are_one_place() -> None:
    draft = reading("检查二号手术室", said({"kind": "inspect", "places": ["二号", "手术室"]})).draft
    assert draft.tasks[0].places == ("theatre_2",)


def test_places_that_are_said_twice_stay_twice() -> None:
    places = [" dock 3", " dock 4", " dock 3"]
    draft = reading("patrol dock 3, dock 4 and dock 3", said({"kind": "patrol", "places": places})).draft
    assert draft.tasks[0].places == ("dock_3", "dock_4", "dock_3")


HALL = Site(places={f"dock_{n}": Place(id=f"dock_{n}", aliases=(f"{n}号月台",)) for n in (1, 2, 3, 4, 6, 7)})


@pytest.mark.parametrize(
    ("sentence", "spans", "docks"),
    [
        ("inspect docks 1 to 4", [" docks 1", " 4"], (1, 2, 3, 4)),
        ("inspect docks 1-3 and dock 6", [" docks 1", "3", " dock 6"], (1, 2, 3, 6)),
        ("检查1号到4号月台", ["1号", "4号月台"], (1, 2, 3, 4)),
        ("inspect docks 1 and 4", [" docks 1", " 4"], (1, 4)),
        ("docks 1 to 4... no, inspect dock 1 and dock 4", [" dock 1", " dock 4"], (1, 4)),
        ("inspect docks 6 to 7", [" docks 6", " 7"], (6, 7)),
    ],
)
def test_a_range_of_places_is_all_of_them(sentence: str, spans: list[str], docks: tuple[int, ...]) -> None:
    said = json.dumps({"intent": "tasks", "tasks": [{"kind": "inspect", "places": spans}]})
    found = read(sentence, HALL, lambda _: Completion(text=said, probability=0.9))
    assert isinstance(found, Reading)
    assert found.draft.tasks[0].places == tuple(f"dock_{n}" for n in docks)


def test_what_is_to_be_avoided_in_a_range_is_all_of_it() -> None:
    said = json.dumps({"intent": "tasks", "tasks": [{"kind": "go", "to": " dock 7", "avoid": [" docks 1", " 4"]}]})
    found = read("go to dock 7, avoid docks 1 to 4", HALL, lambda _: Completion(text=said, probability=0.9))
    assert isinstance(found, Reading) and len(found.draft.tasks[0].avoid) == 4


def test_a_range_with_a_place_that_is_not_there_is_asked_back() -> None:
    said = json.dumps({"intent": "tasks", "tasks": [{"kind": "inspect", "places": [" docks 3", " 7"]}]})
    found = read("inspect docks 3 to 7", HALL, lambda _: Completion(text=said, probability=0.9))
    assert isinstance(found, Reading)
    assert (found.draft.reason, found.draft.phrases) == ("ambiguous", ("docks 3",))
