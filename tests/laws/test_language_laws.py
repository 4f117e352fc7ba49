"""What holds for any sentence, any site and any answer of a model."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from caravan.language.grammar import Grammar, State
from caravan.language.grounding import names
from caravan.language.numbers import count
from caravan.language.parse import ReadFailure, read
from caravan.language.prompt import Completion
from caravan.language.ranges import spread
from caravan.language.reading import sketch
from caravan.language.shape import HEAD_WORDS, HEADS, LISTS, SPANS, TASK_KEYS, WORDS
from caravan.language.spans import BadText, is_span, tidy, units
from caravan.model.goal import Draft, Intent, Reading, draft_from_json, draft_to_json
from caravan.model.site import Item, Named, Place, Robot, Site

SITE = Site(
    places={id_: Place(id=id_) for id_ in ("dock_1", "dock_2", "dock_33", "aisle_a", "aisle_b", "cold_store")},
    robots={id_: Robot(id=id_, capabilities=("lift",)) for id_ in ("carrier_1", "carrier_2")},
    items={"pallet": Item(id="pallet", aliases=("托盘",))},
    platoons={"yard_train": Named(id="yard_train")},
    capabilities={"lift": Named(id="lift")},
)
KNOWN = {*SITE.places, *SITE.robots, *SITE.items, *SITE.platoons, *SITE.capabilities}
SAID = """
    bring two pallets from dock 3 to dock_1 aisle A cold store carrier 1 2 33 yard train lift 5 pm half an hour
    托盘 三 点 70 km/h 0.5 s all goal 12 , . ' ( twice every 999999999999999999 1e9 ½ ٣ ß İ
"""
SENTENCES = st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=12).map(" ".join)


@st.composite
def spans_of(draw: st.DrawFn, sentence: str) -> str:
    parts = units(sentence)
    first = draw(st.integers(0, len(parts) - 1))
    return "".join(parts[first : draw(st.integers(first, min(len(parts), first + 4))) + 1])


@st.composite
def readings(draw: st.DrawFn) -> tuple[str, str]:
    """A sentence and a Reading that its grammar admits."""
    sentence = draw(SENTENCES)
    span = spans_of(sentence)
    several = st.lists(span, min_size=1, max_size=3)
    intent = draw(st.sampled_from(list(HEADS)))
    out: dict[str, Any] = {"intent": intent}
    if intent == "tasks":
        out["tasks"] = [draw(tasks(span, several)) for _ in range(draw(st.integers(1, 3)))]
    for key in HEADS[intent]:
        if key in HEAD_WORDS:
            out[key] = draw(st.sampled_from(HEAD_WORDS[key]))
        elif draw(st.booleans()):
            out[key] = draw(span if key == "target" else several)
    return sentence, json.dumps(out, ensure_ascii=False, separators=(",", ":"))


@st.composite
def tasks(draw: st.DrawFn, span: st.SearchStrategy[str], several: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    chosen = draw(st.sets(st.sampled_from(TASK_KEYS), max_size=6)) | {"kind"}
    for key in (key for key in TASK_KEYS if key in chosen):
        if key in WORDS:
            out[key] = draw(st.sampled_from(WORDS[key]))
        elif key == "after":
            out[key] = draw(st.lists(st.sampled_from(["t1", "t2", "t9"]), min_size=1, max_size=2))
        else:
            out[key] = draw(span if key in SPANS else several)
    return out


def names_in(draft: Draft) -> set[str]:
    """Every id that a Draft gives, its goals aside."""
    out = {draft.target} if draft.target and not draft.target.startswith("g") else set()
    for task in draft.tasks:
        data = draft_to_json(Draft(intent=Intent.TASKS, tasks=(task,)))["tasks"][0]
        named = [data[key] for key in SPANS if key in data and isinstance(data[key], str) and ":" not in data[key]]
        out |= {*named, *(name for key in LISTS for name in data.get(key, ()))}
    return out - {"all"}


@given(pair=readings(), cuts=st.lists(st.integers(0, 400), max_size=9))
def test_the_grammar_admits_every_reading_however_it_is_cut(pair: tuple[str, str], cuts: list[int]) -> None:
    sentence, reading = pair
    grammar, data = Grammar(sentence), reading.encode()
    state: State | None = grammar.start
    for begin, end in itertools.pairwise([0, *sorted(cuts), len(data)]):
        assert state is not None
        state = grammar.advance(state, data[begin:end])
    assert state is not None
    assert grammar.complete(state)


@given(text=st.text(min_size=1, max_size=60), data=st.data())
def test_what_the_grammar_of_any_text_admits_is_a_reading(text: str, data: st.DataObject) -> None:
    sentence = tidy(text)
    if isinstance(sentence, BadText):
        return
    grammar = Grammar(sentence)
    state, out = grammar.start, b""
    while not grammar.complete(state):
        first = grammar.first(state)
        assert all((grammar.advance(state, bytes([byte])) is not None) == (byte in first) for byte in range(256))
        ending = [byte for byte in first if byte in b'"]}']
        byte = data.draw(st.sampled_from(sorted(ending if len(out) > 60 and ending else first)))
        after = grammar.advance(state, bytes([byte]))
        assert after is not None
        state, out = after, out + bytes([byte])
    try:
        assert sketch(out.decode(), sentence)
    except ValueError as error:
        assert "after" in str(error) or "wait for each other" in str(error)


@given(text=st.text(max_size=100))
def test_units_join_to_the_sentence(text: str) -> None:
    sentence = tidy(text)
    if not isinstance(sentence, BadText):
        parts = units(sentence)
        assert "".join(parts) == " " + sentence
        assert all(is_span(part, sentence) for part in parts)
        assert tidy(sentence) == sentence


@given(pair=readings())
@settings(max_examples=400)
def test_a_reading_becomes_a_draft_of_known_names_or_a_question(pair: tuple[str, str]) -> None:
    sentence, answer = pair
    result = read(sentence, SITE, lambda _: Completion(text=answer, probability=0.9))
    if isinstance(result, ReadFailure):
        assert "task" in result.note or "wait for each other" in result.note, result.note
        return
    assert names_in(result.draft) <= KNOWN
    assert draft_from_json(json.loads(json.dumps(draft_to_json(result.draft)))) == result.draft


@given(sentence=st.text(max_size=60), answer=st.one_of(st.text(max_size=80), st.from_regex(r"[\[{]{0,2000}")))
def test_babble_is_a_failure_and_never_raises(sentence: str, answer: str) -> None:
    result = read(sentence, SITE, lambda _: Completion(text=answer, probability=float("nan")))
    assert isinstance(result, ReadFailure) and result.note


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from([*HEADS, *TASK_KEYS, " dock 3"]) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["intent", "tasks", "command", "target", *TASK_KEYS]), inner, max_size=4)
    ),
)


@given(answer=JSON)
def test_json_that_is_no_reading_never_raises(answer: object) -> None:
    result = read("go to dock 3", SITE, lambda _: Completion(text=json.dumps(answer), probability=2.0))
    assert isinstance(result, ReadFailure) or names_in(result.draft) <= KNOWN


@given(
    said=st.integers(0, 400),
    known=st.sets(st.integers(0, 400), min_size=1, max_size=8),
    noun=st.sampled_from(["dock", "carrier", "a"]),
)
def test_a_number_never_names_another_number(said: int, known: set[int], noun: str) -> None:
    index = names({f"{noun}_{n}": Place(id=f"{noun}_{n}") for n in known})
    expected = (f"{noun}_{said}",) if said in known else ()
    assert index.find(f" {noun} {said}").ids == expected
    assert index.find(f" {noun}{said}").ids == expected


ROWS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 5), st.sampled_from((" and ", ", "))), min_size=1, max_size=4
)


@given(row=ROWS, missing=st.sets(st.integers(1, 45), max_size=2), behind=st.sampled_from(("", ", form up", ", 5 m")))
def test_a_row_of_numbers_is_all_its_trucks_or_those_before_one_that_is_not_there(
    row: list[tuple[int, int, str]], missing: set[int], behind: str
) -> None:
    said, named = "", list[int]()
    for first, more, glue in row:
        said += (glue if said else "") + (f"{first} to {first + more}" if more else str(first))
        named += range(first, first + more + 1)
    assume(len(set(named)) == len(named) > 1)
    known = {f"trucks {number}" for number in set(range(1, 50)) - missing}
    found = spread(f" trucks {row[0][0]}", f"trucks {said}{behind}", lambda name: name.strip() in known)
    wanted = [f" trucks {number}" for number in named]
    assert found == wanted[: len(found)] and (len(found) == len(wanted)) == (not missing & set(named))


@given(said=st.sampled_from("abcdefgh"), known=st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_a_letter_never_names_another_letter(said: str, known: set[str]) -> None:
    index = names({f"aisle_{c}": Place(id=f"aisle_{c}") for c in known})
    assert index.find(f" aisle {said.upper()}").ids == ((f"aisle_{said}",) if said in known else ())


@given(
    name=st.from_regex(r"[a-z]{3,9}_[a-z]{3,9}(_[0-9]{1,3})?", fullmatch=True),
    others=st.sets(st.from_regex(r"[a-z]{4,9}_[a-z]{4,9}", fullmatch=True), max_size=5),
)
def test_a_name_names_itself_however_it_is_written(name: str, others: set[str]) -> None:
    index = names({id_: Place(id=id_) for id_ in others | {name}})
    spaced = name.replace("_", " ")
    for phrase in (name, spaced, spaced.title(), spaced.upper(), f"the {spaced}"):
        assert index.find(f" {phrase}").only == name


WORD = st.from_regex(r"[bcdfglmnprst][aeiou][bcdfglmnprst][aeiou]{1,2}[bcdfglmnprst]{1,2}", fullmatch=True)
LABEL = st.sampled_from(["", "", " 1", " 2", " 13", " A", " B", " C4", " 7 D"])
NAMES = st.builds(lambda words, label: " ".join(words) + label, st.lists(WORD, min_size=1, max_size=2), LABEL)
KEYS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def slips_of_the_pen(draw: st.DrawFn, name: str) -> str:
    """The name with a letter left out, put in, doubled, swapped with the next or replaced; labels stay as they are."""
    spots = [i for i in range(len(name) - 1) if name[i].islower() and name[i + 1].islower()]
    at = draw(st.sampled_from(spots))
    before, here, after, rest = name[:at], name[at], name[at + 1], name[at + 2 :]
    other = draw(st.sampled_from(KEYS))
    kinds = (after, here + here + after, after + here, other + after, here + other + after)
    return before + draw(st.sampled_from(kinds)) + rest


def ways_to_say(name: str) -> set[str]:
    """The name, what is left of it without its first words or its label, in the singular."""
    words = [w for w in name.lower().split() if len(w) > 2]
    label = [w for w in name.lower().split() if len(w) < 3]
    tails = [words[i:] for i in range(len(words))]
    said = [[*tail, *end] for tail in tails for end in ([], label)]
    return {"".join(w.removesuffix("s") if len(w) > 3 else w for w in each) for each in said}


@given(vocabulary=st.lists(NAMES, min_size=1, max_size=12, unique_by=str.lower), data=st.data())
@settings(max_examples=500)
def test_a_misspelt_name_is_the_right_one_or_a_question(vocabulary: list[str], data: st.DataObject) -> None:
    index = names({name: Place(id=name) for name in vocabulary})
    name = data.draw(st.sampled_from(vocabulary))
    said = data.draw(slips_of_the_pen(name))
    others = [other for other in vocabulary if other != name]
    assume(not any(ways_to_say(said) & ways_to_say(other) for other in others))
    assert index.find(f" {said}").only in (name, None)


@given(vocabulary=st.lists(NAMES, min_size=1, max_size=12, unique_by=str.lower), data=st.data())
@settings(max_examples=300)
def test_a_name_with_another_label_never_matches(vocabulary: list[str], data: st.DataObject) -> None:
    index = names({name: Place(id=name) for name in vocabulary})
    words = data.draw(st.sampled_from(vocabulary)).split()
    stem = " ".join(word for word in words if len(word) > 2)
    label = data.draw(st.sampled_from(["3", "8", "14", "22", "E", "O", "B 8", "8 A", "C 5", "D 7"]))
    assume(f"{stem} {label}" not in vocabulary)
    for said in (f" {stem} {label}", f" {label} {stem}", f" the {stem} {label.lower()}"):
        assert index.find(said).ids == ()


@given(
    vocabulary=st.lists(st.text(alphabet="BDKRX48", min_size=2, max_size=6), min_size=1, max_size=8, unique=True),
    said=st.text(alphabet="BDKRX48", min_size=2, max_size=6).filter(lambda said: not said.isalpha()),
)
def test_a_code_is_itself_or_nothing(vocabulary: list[str], said: str) -> None:
    index = names({code: Place(id=code) for code in vocabulary})
    assert index.find(f" {said}").ids == ((said,) if said in vocabulary else ())


@given(value=st.integers(1, 9999))
def test_numbers_are_read_in_digits_and_in_english_and_chinese_words(value: int) -> None:
    assert count(f" {value}") == count(f" {in_english(value)}") == count(in_chinese(value)) == value


def in_english(value: int) -> str:
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    small = [*ones.split(), "seventeen", "eighteen", "nineteen"]
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if value < 20:
        return small[value]
    if value < 100:
        return tens[value // 10 - 2] + (f"-{small[value % 10]}" if value % 10 else "")
    size, word = (1000, "thousand") if value >= 1000 else (100, "hundred")
    head, rest = divmod(value, size)
    joint = " and " if word == "hundred" else " "
    return f"{in_english(head)} {word}" + (joint + in_english(rest) if rest else "")


def in_chinese(value: int) -> str:
    out, gap = "", False
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        gap = gap or (bool(out) and not digit)
        if digit:
            out += ("零" if gap else "") + "零一二三四五六七八九"[digit] + sign
            gap = False
    return out


def test_a_result_of_reading_is_a_reading_or_a_failure() -> None:
    assert isinstance(
        read("stop", SITE, lambda _: Completion(text='{"intent":"control","command":"stop"}', probability=1)), Reading
    )
