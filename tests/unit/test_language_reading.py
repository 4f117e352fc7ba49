"""From text to Draft: tidying, grammar, names, and what is asked back."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from caravan.language.grammar import Grammar
from caravan.language.grounding import names
from caravan.language.parse import ReadFailure, read
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.language.spans import LIMIT, BadText, hushed, tidy, units
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import draft_to_json
from caravan.model.site import Item, Named, Place, Robot, Site

PLACES = {
    **{f"dock_{n}": Place(id=f"dock_{n}", aliases=(f"bay {n}", f"{'一二三'[n - 1]}号月台")) for n in (1, 2, 3)},
    **{f"aisle_{c}": Place(id=f"aisle_{c}", aliases=(f"{c.upper()} aisle",)) for c in "abcd"},
    **{id_: Place(id=id_) for id_ in ("staging", "north_yard", "south_yard", "charger_1")},
    "cold_store": Place(id="cold_store", aliases=("cold storage", "冷库")),
}
SITE = Site(
    places=PLACES,
    robots={
        **{f"truck_{n}": Robot(id=f"truck_{n}") for n in (1, 2, 3)},
        "lifter_1": Robot(id="lifter_1", aliases=("Rosie",)),
        "R2": Robot(id="R2"),
    },
    items={
        "pallet": Item(id="pallet", aliases=("skid", "托盘")),
        "crate": Item(id="crate"),
        "drum": Item(id="drum"),
    },
    platoons={"yard_train": Named(id="yard_train", aliases=("the yard convoy",))},
    capabilities={"lift": Named(id="lift", aliases=("can lift",)), "cool": Named(id="cool", aliases=("cooling",))},
)


def draft(sentence: str, **reading: Any) -> dict[str, Any]:
    """The Draft of a sentence whose model answers with this Reading."""
    result = read(sentence, SITE, lambda _: Completion(text=json.dumps(reading), probability=0.9))
    assert not isinstance(result, ReadFailure), result
    return draft_to_json(result.draft)


def task(sentence: str, kind: str, **keys: Any) -> dict[str, Any]:
    """The Draft's one task, or the whole Draft where it is a question."""
    out = draft(sentence, intent="tasks", tasks=[{"kind": kind, **{k.rstrip("_"): v for k, v in keys.items()}}])
    return out["tasks"][0] if "tasks" in out else out


def test_a_delivery_with_all_that_a_sentence_can_say() -> None:
    said = "Bring two pallets from dock 3 to aisle B before 5 pm, keep out of aisle C and aisle A, with a cooling robot"
    found = task(
        said, "deliver", item=" pallets", quantity=" two", from_=" dock 3", to=" aisle B", by=" 5 pm",
        avoid=[" aisle C", " aisle A"], needs=[" cooling"], priority="high",
    )  # fmt: skip
    assert found == {
        "id": "t1", "kind": "deliver", "item": "pallet", "quantity": 2, "from": "dock_3", "to": "aisle_b",
        "needs": ["cool"], "by": "17:00", "avoid": ["aisle_a", "aisle_c"], "priority": "high",
    }  # fmt: skip


def test_a_chinese_delivery() -> None:
    found = task("把三个托盘从一号月台送到冷库。", "deliver", item="托盘", quantity="三个", from_="一号月台", to="冷库")
    assert found == {
        "id": "t1", "kind": "deliver", "item": "pallet", "quantity": 3, "from": "dock_1", "to": "cold_store",
    }  # fmt: skip


def test_defaults_are_left_out() -> None:
    said = "one robot, bring one crate to staging once"
    found = task(said, "deliver", item=" crate", quantity=" one", to=" staging", robots=" one", times=" once")
    assert found == {"id": "t1", "kind": "deliver", "item": "crate", "to": "staging"}


def test_a_list_lends_its_noun_to_bare_numbers() -> None:
    assert task("patrol docks 1, 2 and 3", "patrol", places=[" docks 1", " 2", " 3"])["places"] == [
        "dock_1", "dock_2", "dock_3",
    ]  # fmt: skip
    assert task("from aisle A to B", "deliver", item=" A", from_=" aisle A", to=" B")["reason"] == "unknown_item"
    assert task("go to 2", "go", to=" 2")["reason"] == "unknown_place"


def test_a_platoon_is_given_with_its_leader_in_front() -> None:
    said = "form the yard convoy, truck 2 leads truck 1 and truck 3 at 70 km/h, half a second apart"
    found = task(
        said, "platoon", manoeuvre="form", platoon=" the yard convoy", leader=" truck 2",
        members=[" truck 1", " truck 3"], speed=" 70 km/h", headway=" half a second",
    )  # fmt: skip
    assert found["members"] == ["truck_2", "truck_1", "truck_3"]
    assert (found["platoon"], found["speed"], found["headway"]) == ("yard_train", 19.44, 0.5)


@pytest.mark.parametrize(
    ("kind", "keys", "reason", "phrases"),
    [
        ("deliver", {"item": " pallet", "to": " moon bay"}, "unknown_place", ["moon bay"]),
        ("deliver", {"item": " unicorns", "to": " moon bay"}, "unknown_item", ["unicorns", "moon bay"]),
        ("go", {"robot": " truck 9", "to": " staging"}, "unknown_robot", ["truck 9"]),
        ("go", {"to": " yard"}, "ambiguous", ["yard"]),
        ("deliver", {"item": " pallet"}, "ambiguous", ["pallet"]),
        ("go", {}, "ambiguous", ["unicorns pallet to moon bay with truck 9 staging yard later"]),
        ("deliver", {"item": " pallet", "from": " staging", "to": " staging"}, "ambiguous", ["staging"]),
        ("go", {"to": " staging", "by": " later"}, "ambiguous", ["later"]),
    ],
)
def test_what_is_unknown_or_open_is_asked_back(
    kind: str, keys: dict[str, Any], reason: str, phrases: list[str]
) -> None:
    said = "unicorns pallet to moon bay with truck 9 staging yard later"
    assert task(said, kind, **keys) == {"intent": "unclear", "reason": reason, "phrases": phrases}


def test_control_and_query() -> None:
    assert draft("stop everyone", intent="control", command="stop", target=" everyone")["target"] == "all"
    assert draft("stop", intent="control", command="stop")["target"] == "all"
    for said in ("goal 12", "goal twelve", "g12", "Goal #12", "目标12"):
        assert draft(f"cancel {said}", intent="control", command="cancel", target=f" {said}")["target"] == "g12"
    assert draft("pause Rosie", intent="control", command="pause", target=" Rosie")["target"] == "lifter_1"
    assert draft("where is dock 2", intent="query", about="where", target=" dock 2")["target"] == "dock_2"
    assert "target" not in draft("how are all", intent="query", about="status", target=" all")
    assert draft("stop dock 2", intent="control", command="stop", target=" dock 2")["reason"] == "unknown_robot"
    assert draft("stop the truck", intent="control", command="stop", target=" truck")["reason"] == "ambiguous"


def test_the_model_may_find_a_sentence_unclear() -> None:
    found = draft("bring it there", intent="unclear", reason="ambiguous", phrases=[" it", " there"])
    assert found == {"intent": "unclear", "reason": "ambiguous", "phrases": ["it", "there"]}


@pytest.mark.parametrize(
    ("phrase", "ids"),
    [
        (" dock 3", "dock_3"), (" Dock 3", "dock_3"), (" dock_3", "dock_3"), (" dock3", "dock_3"),
        (" DOCK #3", "dock_3"),
        (" dock three", "dock_3"), (" dock no. 3", "dock_3"), (" bay three", "dock_3"), (" dock 3's", "dock_3"),
        ("三号月台", "dock_3"), ("3号月台", "dock_3"), ("四号月台", ""), (" dock 33", ""), (" dock 13", ""),
        (" dok 3", "dock_3"), (" duck 3", ""), (" dock", "dock_1 dock_2 dock_3"),
        (" dokc 3", "dock_3"),  # codespell:ignore dokc
        (" aisle B", "aisle_b"), (" the aisle a", "aisle_a"), (" A aisle", "aisle_a"), (" aisle E", ""),
        (" E aisle", ""),
        (" the cold store", "cold_store"), (" coldstore", "cold_store"), (" cold-store", "cold_store"),
        (" cold stroe", "cold_store"),  # codespell:ignore stroe
        (" gold store", ""), (" old store", ""), (" store", "cold_store"), ("冷", ""),
        (" the yard", "north_yard south_yard"), (" west yard", ""), (" moon bay", ""),
        (" noth yard", "north_yard"),  # codespell:ignore noth
        (" staging area", "staging"), (" stagign", "staging"), (" the charger", "charger_1"), (" charger 2", ""),
        (" packaging", ""), (" staging 2", ""), (" dock III", ""), (" dock 3 point 5", ""), (" dock 1 or 3", ""),
        (" dock 8", ""), (" aisle 8", ""), (" d\u043eck 3", ""), (" dock \uff13", "dock_3"), (" dock \u00bd", ""),
        (" ", ""), (" the", ""), (" 3", ""),
    ],
)  # fmt: skip
def test_names(phrase: str, ids: str) -> None:
    assert " ".join(names(PLACES).find(phrase).ids) == ids


def test_a_slip_of_the_pen_is_seen_through_and_another_word_is_not() -> None:
    index = names({id_: Place(id=id_) for id_ in ("packing", "mail_room", "upper_rack", "crane", "quarantine")})
    slips = (
        "packign",
        "pakcing",
        "pcking",
        "packking",
        "mal room",
        "quarantien",
        "upper rrack",
        "pscking",
    )  # codespell:ignore pakcing,packign
    assert [index.find(f" {slip}").only for slip in slips] == [
        "packing", "packing", "packing", "packing", "mail_room", "quarantine", "upper_rack", "packing",
    ]  # fmt: skip
    assert [index.find(f" {word}").ids for word in ("parking", "main room", "under rack", "crate", "racking")] == [
        ()
    ] * 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hall II", "hall III"), ("station ab", "station av"), ("bay eta", "bay beta"), ("KWT", "KWR"),
        ("PRLX 4", "PRXL 4"), ("packing station", "packaging station"), ("cart", "chart"), ("cart", "car"),
        ("hose", "house"), ("lifter", "litter"), ("parts", "party"),
        ("sample", "sampler"), ("panel", "pane"), ("bolt", "boat"),
        ("aisle 1 point 3", "aisle 1"), ("gate 12", "gate 21"), ("aisle B", "aisle 8"), ("dock O", "dock 0"),
        ("dock l", "dock 1"), ("WX204", "WX205"), ("R2", "R3"), ("AB4", "4AB"), ("AB4CD", "ABCD4"),
        ("carrier", "courier"), ("truck", "track"), ("north gate", "south gate"), ("bay 7", "bay T"),
        ("三号月台", "四号月台"), ("东冷库", "西冷库"), ("十二号月台", "二十号月台"),
        ("rack 3 bin 12", "rack 12 bin 3"), ("bay\u200b 2", "bay 22"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_name_is_another(name: str, said: str) -> None:
    assert names({"it": Place(id="it", aliases=(name,))}).find(f" {said}").ids == ()


def test_chinese_numerals_are_one_number() -> None:
    index = names({"dock_12": Place(id="dock_12", aliases=("十二号月台",)), "a": Place(id="a", aliases=("二楼",))})
    assert [index.find(said).only for said in ("12号月台", "十二号月台", "2楼", "二号月台", "dock 十二")] == [
        "dock_12", "dock_12", "a", None, "dock_12",
    ]  # fmt: skip


def test_a_misspelling_that_may_be_two_names_is_a_question() -> None:
    index = names({id_: Place(id=id_) for id_ in ("blending", "bleeding", "blinding", "canteen")})
    assert index.find(" blnding").ids == ("blending", "blinding")
    assert index.find(" cantene").only == "canteen"


def test_plurals_and_short_forms_of_robots_and_items() -> None:
    items, robots = names(SITE.items), names(SITE.robots)
    assert [items.find(p).only for p in (" pallets", " Skids", " crates", " drum")] == [
        "pallet",
        "pallet",
        "crate",
        "drum",
    ]
    assert [robots.find(p).only for p in (" r2", " R-2", " robot truck 1", " the lifter", " R3")] == [
        "R2", "R2", "truck_1", "lifter_1", None,
    ]  # fmt: skip


def test_one_alias_of_two_things_is_ambiguous() -> None:
    twins = {id_: Place(id=id_, aliases=("the gate",)) for id_ in ("east_gate", "west_gate")}
    assert names(twins).find(" gate").ids == ("east_gate", "west_gate")


def test_ten_thousand_places_are_indexed_once_and_found_fast() -> None:
    site = Site(places={f"shelf_{n}": Place(id=f"shelf_{n}", aliases=(f"rack {n}",)) for n in range(10_000)})
    first = vocabulary(site)
    assert vocabulary(site) is first
    start = time.perf_counter()
    result = read(
        "go to rack 7777",
        site,
        lambda _: Completion(text='{"intent":"tasks","tasks":[{"kind":"go","to":" rack 7777"}]}', probability=1.0),
    )
    assert time.perf_counter() - start < 0.5
    assert not isinstance(result, ReadFailure) and result.draft.tasks[0].to == "shelf_7777"


def test_text_is_tidied() -> None:
    assert tidy(' go\tto \n "dock_3"\\ \u2019s \uff13\uff21\u200b ') == "go to dock_3 's 3A"
    assert units("Go to dock_3, 3号's 5pm") == (" Go", " to", " dock_3", ",", " 3", "号", "'", "s", " 5pm")


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("lift 16,000 bolts", (" lift", " 16,000", " bolts")),
        ("docks 1,200s,3,4", (" docks", " 1,200", "s", ",", "3", ",", "4")),
        ("gap 2.5m, v1.2.", (" gap", " 2.5", "m", ",", " v1", ".", "2", ".")),
        ("at 10.0.0.7", (" at", " 10", ".", "0", ".", "0.7")),
        ("go to dock 4.Then 5", (" go", " to", " dock", " 4", ".", "Then", " 5")),
        ("时距一秒半。等半天", (" 时", "距", "一", "秒半", "。", "等", "半", "天")),
        ("三百二十箱", (" 三百二十", "箱")),
        ("①crates to 4", (" ①", "crates", " to", " 4")),
    ],
)
def test_nobody_can_copy_a_part_of_a_number(sentence: str, parts: tuple[str, ...]) -> None:
    assert units(sentence) == parts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"), (" \n\t ", "empty"), ('"\\"', "empty"), ("a" * (LIMIT + 1), "2001 bytes"), ("\ud800", "Unicode"),
        ("托" * 700, "2100 bytes"), ("go\0", "U+0000"), ("go\x1b[2J", "U+001B"), ("go \u202eto", "U+202E"),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_the_remedy(text: str, says: str) -> None:
    found = tidy(text)
    assert isinstance(found, BadText)
    assert says in found.note
    result = read(text, SITE, lambda _: ModelFault(note="never asked"))
    assert isinstance(result, ReadFailure) and result.note == found.note


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ('{"intent":"tasks"', "delimiter"),
        ('{"intent":"fly"}', "intent 'fly'"),
        ('{"intent":"tasks","tasks":[]}', "no tasks"),
        ('{"intent":"tasks","tasks":[{"kind":"go","to":" the moon"}]}', "not copied"),
        ('{"intent":"tasks","tasks":[{"kind":"go","to":" stag"}]}', "not copied"),
        ('{"intent":"tasks","tasks":[{"kind":"go","after":["t1"]}]}', "wait for each other"),
        ('{"intent":"tasks","tasks":[{"kind":"go","after":["t2"]}]}', "no task"),
        ('{"intent":"tasks","tasks":[{"kind":"go","cmd_vel":9}]}', "unknown key 'cmd_vel'"),
        ('{"intent":"unclear","reason":"unknown_place"}', "reason"),
        ("[" * 100_000, "deep"),
    ],
)
def test_babble_is_a_failure_that_says_why(answer: str, says: str) -> None:
    result = read("go to staging", SITE, lambda _: Completion(text=answer, probability=1.0))
    assert isinstance(result, ReadFailure) and says in result.note


def test_a_fault_of_the_model_is_passed_on() -> None:
    assert read("go", SITE, lambda _: ModelFault(note="it died")) == ReadFailure(note="it died")


def test_a_model_is_given_the_tidy_sentence() -> None:
    asked: list[Prompt] = []

    def complete(prompt: Prompt) -> ModelFault:
        asked.append(prompt)
        return ModelFault(note="")

    read("  go\thome​", SITE, complete)
    assert asked == [Prompt(text="go home")]


def test_capitals_are_said_in_small_letters_and_quoted_as_they_stand() -> None:
    found = draft("BRING THAT TO BAY 7 NOW!", intent="unclear", reason="ambiguous", phrases=[" that", " bay 7"])
    assert found["phrases"] == ["THAT", "BAY 7"]
    assert task("GO TO THE MOON", "go", to=" the moon")["phrases"] == ["THE MOON"]
    assert task("TAKE A CRATE TO DOCK 3", "deliver", item=" a crate", to=" dock 3")["to"] == "dock_3"
    assert [hushed(text) for text in ("Go to A7.", "去A7", "ÉTÉ", "7")] == ["Go to A7.", "去A7", "ÉTÉ", "7"]


SAID = "Bring two pallets from dock 3 to aisle B before 5 pm, 把托盘 avoid aisle C"


def admits(sentence: str, text: str) -> bool:
    """Whether the text is a whole Reading of the sentence, to its grammar."""
    grammar = Grammar(sentence)
    state = grammar.advance(grammar.start, text.encode())
    return state is not None and grammar.complete(state)


@pytest.mark.parametrize(
    "reading",
    [
        '{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","quantity":" two","from":" dock 3",'
        '"to":" aisle B","by":" 5 pm","avoid":[" aisle C"]},{"kind":"wait","after":["t1","t20"],"priority":"high"}]}',
        '{"intent":"tasks","tasks":[{"kind":"go","robot":" two","robots":" two","needs":["托"," two","托盘 avoid"]}]}',
        '{"intent":"control","command":"stop"}',
        '{"intent":"control","command":"cancel","target":" Bring"}',
        '{"intent":"query","about":"where","target":"盘"}',
        '{"intent":"unclear","reason":"unsafe"}',
        '{"intent":"unclear","reason":"unsafe","phrases":[]}',
        '{"intent":"unclear","reason":"not_a_goal","phrases":[" Bring two"," pm,"]}',
    ],
)
def test_the_grammar_admits_readings_of_the_sentence(reading: str) -> None:
    assert admits(SAID, reading)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        ' {"intent":"control","command":"stop"}',
        '{"intent": "control","command":"stop"}',
        '{"intent":"control","command":"stop"} ',
        '{"intent":"control"}',
        '{"intent":"control","command":"stop","target":""}',
        '{"intent":"unclear","reason":"unknown_place"}',
        '{"intent":"unclear","reason":"ambiguous","phrases":[" two",]}',
        '{"intent":"tasks","tasks":[]}',
        '{"intent":"tasks","tasks":[{"kind":"fly"}]}',
        '{"intent":"tasks","tasks":[{"item":" pallets","kind":"deliver"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":" aisle B","from":" dock 3"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":" aisle D"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":" ais"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":"isle B"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":"aisle B"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","to":" aisle B 5 pm"}]}',
        '{"intent":"tasks","tasks":[{"kind":"deliver","avoid":[]}]}',
        '{"intent":"tasks","tasks":[{"kind":"wait","after":["t0"]}]}',
        '{"intent":"tasks","tasks":[{"kind":"wait","after":["t100"]}]}',
    ],
)
def test_the_grammar_admits_nothing_else(text: str) -> None:
    assert not admits(SAID, text)
