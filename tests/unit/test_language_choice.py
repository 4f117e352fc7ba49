"""Which Reading is meant: what a model thinks likely, weighed by how it fits the names of the site."""

from __future__ import annotations

import json

import pytest

from caravan.language.choice import choose
from caravan.language.parse import UNSURE, read
from caravan.language.prompt import Completion
from caravan.language.reading import sketch
from caravan.language.uncounted import uncounted
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Intent, Reading
from caravan.model.site import Item, Place, Robot, Site

SITE = Site(
    places={"east_gate": Place(id="east_gate"), "gym": Place(id="gym"), "gym_2": Place(id="gym_2")},
    robots={"owl": Robot(id="owl")},
    items={"coffee": Item(id="coffee", aliases=("咖啡",))},
)


def tasks(**task: object) -> str:
    return json.dumps({"intent": "tasks", "tasks": [task]}, ensure_ascii=False)


GO = tasks(kind="go", to=" the east gate")
OWL = tasks(kind="go", to=" the east gate", robot=" owl")


def chosen(text: str, answer: Completion) -> Reading:
    found = read(text, SITE, lambda _: answer)
    assert isinstance(found, Reading)
    return found


def test_a_robot_that_the_sentence_names_is_meant_where_the_model_thinks_it_possible() -> None:
    answer = Completion(text=GO, probability=0.8, others=((OWL, 0.1),))
    found = chosen("owl, come to the east gate", answer)
    assert found.draft.tasks[0].robot == "owl" and found.confidence > UNSURE


def test_what_the_model_thinks_far_less_likely_is_not_meant() -> None:
    found = chosen("owl, come to the east gate", Completion(text=GO, probability=0.9, others=((OWL, 0.001),)))
    assert found.draft.tasks[0].robot is None and found.confidence <= UNSURE


def test_a_name_of_the_site_is_meant_before_one_that_it_does_not_have() -> None:
    answer = Completion(
        text=tasks(kind="deliver", item="杯咖啡", to=" gym"),
        probability=0.6,
        others=((tasks(kind="deliver", item="咖啡", to=" gym"), 0.2),),
    )
    found = chosen("拿杯咖啡到 gym", answer)
    assert found.draft.tasks[0].item == "coffee" and found.confidence <= UNSURE, "put forward, and not acted upon"


def test_an_unknown_name_stays_a_question_where_nothing_else_is_likely() -> None:
    answer = Completion(
        text=tasks(kind="go", to=" the gym 3"), probability=0.97, others=((tasks(kind="go", to=" the gym"), 0.01),)
    )
    draft = chosen("go to the gym 3", answer).draft
    assert draft.intent is Intent.UNCLEAR and draft.phrases == ("the gym 3",)


def test_readings_that_mean_the_same_count_together() -> None:
    spellings = ((tasks(kind="go", to=" east gate", robot=" owl"), 0.2), (OWL, 0.2))
    stop = '{"intent":"control","command":"stop"}'
    choice = choose(
        Completion(text=stop, probability=0.3, others=spellings), "owl, come to the east gate", vocabulary(SITE)
    )
    assert choice.draft.tasks and choice.share > 0.4


@pytest.mark.parametrize("given", [0.0, 0.25, 1.0])
def test_one_answer_alone_has_what_the_model_gives_it(given: float) -> None:
    choice = choose(Completion(text=OWL, probability=given), "owl, come to the east gate", vocabulary(SITE))
    assert choice.share == pytest.approx(given)


@pytest.mark.parametrize("texts", [(OWL, "{"), ("{", OWL)])
def test_answers_that_are_no_readings_are_passed_over(texts: tuple[str, str]) -> None:
    found = chosen("owl, come to the east gate", Completion(text=texts[0], probability=0.9, others=((texts[1], 0.1),)))
    assert found.draft.tasks[0].robot == "owl"


PATROL = Site(
    places={
        "gate_7": Place(id="gate_7", aliases=("七号门",)),
        "gate": Place(id="gate", aliases=("门",)),
        "store": Place(id="store", aliases=("仓库",)),
        "cold_store": Place(id="cold_store", aliases=("冷仓库",)),
    },
    robots={"owl": Robot(id="owl", aliases=("猫头鹰",))},
    items={"coffee": Item(id="coffee", aliases=("咖啡",))},
)


@pytest.mark.parametrize(
    ("sentence", "place", "id_"),
    [("停靠七号门", " 停靠七号门", "gate_7"), ("去仓库看", "仓库看", "store"), ("今天去仓库", "去仓库", "store")],
)
def test_a_verb_at_the_end_of_an_unknown_name_is_cut_off_and_asked_about(sentence: str, place: str, id_: str) -> None:
    found = read(sentence, PATROL, lambda _: Completion(text=tasks(kind="go", to=place), probability=1.0))
    assert isinstance(found, Reading)
    assert found.draft.tasks[0].to == id_ and found.confidence <= UNSURE, "put forward, and not acted upon"


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("去新中央仓库", "新中央仓库"),  # Three characters are a name, not a verb.
        ("去开门", "开门"),  # One character says too little.
        ("去 old 仓库", " old 仓库"),
        ("去七号门冷仓库", "七号门冷仓库"),
    ],
)
def test_what_may_be_a_name_of_its_own_is_not_cut(sentence: str, place: str) -> None:
    found = read(sentence, PATROL, lambda _: Completion(text=tasks(kind="go", to=place), probability=1.0))
    assert isinstance(found, Reading)
    assert found.draft.reason == "unknown_place" and found.draft.phrases == (place.strip(),)


def test_pieces_of_lists_are_cut_too_and_what_else_is_unknown_stays_a_question() -> None:
    both = tasks(kind="patrol", places=[" 上仓库", "七号门巡逻"])
    found = read("上仓库和七号门巡逻", PATROL, lambda _: Completion(text=both, probability=1.0))
    assert isinstance(found, Reading) and found.draft.tasks[0].places == ("store", "gate_7")
    strange = tasks(kind="patrol", places=[" 上仓库", "月台"])
    found = read("上仓库和月台", PATROL, lambda _: Completion(text=strange, probability=1.0))
    assert isinstance(found, Reading) and found.draft.phrases == ("上仓库", "月台")


BRINGING = Site(
    places={"dorm_7": Place(id="dorm_7", aliases=("七号楼",)), "library": Place(id="library", aliases=("图书馆",))},
    items={"book": Item(id="book", aliases=("书",))},
)


@pytest.mark.parametrize(
    "sentence",
    [
        "五本书到图书馆",
        "到图书馆送书，十五本",
        "we need twelve of them: book to the library",
        "3 crates, I mean book to library",
    ],
)
def test_a_delivery_that_leaves_a_number_out_is_asked_about(sentence: str) -> None:
    item = next(piece for piece in (" book", "书") if piece in sentence)
    to = next(piece for piece in (" the library", " library", "图书馆") if piece in sentence)
    said = tasks(kind="deliver", item=item, to=to)
    found = read(sentence, BRINGING, lambda _: Completion(text=said, probability=1.0))
    assert isinstance(found, Reading)
    assert found.draft.intent is Intent.TASKS and found.confidence <= UNSURE


@pytest.mark.parametrize(
    "sentence",
    [
        "七号楼的书到图书馆",  # The number of a name, though the Draft has not that name.
        "at 5 sharp, book to the library",
        "since 3 we wait: book to the library",
        "it is 5 pm: book to the library",
        "one of you: book to the library",
        "两件事，书到图书馆",
        "书，千万送到图书馆",
        "the second book to the library",
        "book to the library, not ward 2!",
    ],
)
def test_other_numbers_are_no_quantity(sentence: str) -> None:
    item = next(piece for piece in (" book", "书") if piece in " " + sentence)
    item = " " + item if sentence.startswith("书") else item
    said = tasks(kind="deliver", item=item, to=" the library" if "the" in sentence else "图书馆")
    told = uncounted(sketch(said, sentence), sentence, vocabulary(BRINGING))
    assert told == ()


def test_a_reading_with_the_quantity_is_meant_before_one_without() -> None:
    less, more = (tasks(kind="deliver", item="书", to="图书馆", **count) for count in ({}, {"quantity": " 五"}))
    found = read("五本书到图书馆", BRINGING, lambda _: Completion(text=less, probability=0.9, others=((more, 0.09),)))
    assert isinstance(found, Reading) and found.draft.tasks[0].quantity == 5


@pytest.mark.parametrize("place", ["九号仓库", "二十号仓库", "旧仓库", "仓库十二"])
def test_numbers_and_adjectives_are_never_cut_off(place: str) -> None:
    found = read(f"去{place}", PATROL, lambda _: Completion(text=tasks(kind="go", to=place), probability=1.0))
    assert isinstance(found, Reading) and found.draft.phrases == (place,)


@pytest.mark.parametrize(
    ("sentence", "robots"),
    [
        ("send two robots with two of book to the library", " two"),
        ("a dozen of book to the library", None),
        ("a hundred of book to the library", None),
    ],
)
def test_a_number_that_is_told_elsewhere_or_in_words_is_a_quantity_too(sentence: str, robots: str | None) -> None:
    said = tasks(kind="deliver", item=" book", to=" the library", **({"robots": robots} if robots else {}))
    assert uncounted(sketch(said, sentence), sentence, vocabulary(BRINGING)) != ()


def test_a_sentence_of_nothing_but_numbers_is_read_without_a_fault() -> None:
    sentence = "book to the library, " + "5 x " * 400
    said = tasks(kind="deliver", item=" book", to=" the library")
    found = read(sentence.strip(), BRINGING, lambda _: Completion(text=said, probability=1.0))
    assert isinstance(found, Reading) and found.confidence <= UNSURE
