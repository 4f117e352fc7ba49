"""The corpus of the language model: right by construction, reproducible, and split without an overlap."""

import ast
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from caravan.language.draft import ground
from caravan.language.grounding import Names
from caravan.language.reading import sketch
from caravan.language.shape import Sort
from caravan.language.spans import tidy
from models.training.corpus import RESERVED, Sample, draw, names, stream
from models.training.corpus.pen import KEYS, PARTS, Pen, Reading, finish, frame_held_out, left_out
from models.training.corpus.reserved import WRITTEN, plain
from models.training.corpus.verbs import forms

KINDS = {"deliver", "go", "patrol", "inspect", "charge", "wait", "platoon"}
MANOEUVRES = {"form", "join", "leave", "split", "merge", "set", "dissolve"}
LITERAL = {"intent", "kind", "command", "about", "reason", "priority", "manoeuvre", "after"}
CJK = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def training() -> list[Sample]:
    return list(islice(stream(random.Random(11)), 4000))


@pytest.fixture(scope="module")
def held_out() -> list[Sample]:
    return list(islice(stream(random.Random(12), held_out=True), 300))


def records(sample: Sample) -> list[dict[str, object]]:
    reading = json.loads(sample.reading)
    return [{k: v for k, v in reading.items() if k != "tasks"}, *reading.get("tasks", [])]


def spans(sample: Sample) -> Iterator[str]:
    for record in records(sample):
        for key, value in record.items():
            if key not in LITERAL:
                yield from value if isinstance(value, list) else [str(value)]


def edge(left: str, right: str) -> bool:
    """Whether a span may end between these two characters."""
    alone = any(CJK.match(each) or "\u2460" <= each <= "\u24ff" for each in (left, right))
    return alone or not (left.isalnum() and right.isalnum())


def test_the_same_seed_gives_the_same_samples() -> None:
    first, second = (list(islice(stream(random.Random(3)), 200)) for _ in range(2))
    assert first == second


def test_other_seeds_give_other_samples() -> None:
    assert draw(random.Random(1)) != draw(random.Random(2))


def stands(text: str, span: str, at: int) -> bool:
    """Whether the span stands here between edges, with the space before it."""
    whole = edge(text[at - 1], span[0]) and edge(span[-1], text[at + len(span)])
    return whole and (span.startswith(" ") or text[at - 1] != " ")


def test_every_value_is_a_piece_of_the_sentence_with_the_space_before_it(training: list[Sample]) -> None:
    for sample in training:
        text = " " + sample.sentence + "\n"
        for span in spans(sample):
            starts = [found.start() for found in re.finditer(f"(?={re.escape(span)})", text)]
            assert span.strip() and any(stands(text, span, at) for at in starts), (sample.sentence, span)


def test_spans_leave_out_articles(training: list[Sample]) -> None:
    for sample in training:
        for record in records(sample):
            for key in ("item", "from", "to", "robot", "platoon", "target"):
                assert not re.match(r" ?(the|an?) ", str(record.get(key, "")), re.IGNORECASE), sample.sentence


def test_readings_are_compact_json_with_keys_in_order(training: list[Sample]) -> None:
    for sample in training:
        reading = json.loads(sample.reading)
        assert json.dumps(reading, ensure_ascii=False, separators=(",", ":")) == sample.reading
        for record in records(sample):
            ranks = [KEYS.index(key) for key in record]
            assert ranks == sorted(ranks)


def test_readings_leave_out_what_is_empty(training: list[Sample]) -> None:
    for sample in training:
        for record in records(sample):
            assert all(value for key, value in record.items() if key != "phrases"), sample.reading


def test_tasks_follow_only_tasks_that_there_are(training: list[Sample]) -> None:
    for sample in training:
        tasks = records(sample)[1:]
        ids = {f"t{n}" for n in range(1, len(tasks) + 1)}
        for number, task in enumerate(tasks, 1):
            after = task.get("after", [])
            assert isinstance(after, list) and set(after) <= ids - {f"t{number}"}


def test_sentences_stay_inside_what_a_prompt_may_hold(training: list[Sample]) -> None:
    for sample in training:
        assert not re.search(r'["\\\n\t\ue000-\uf8ff]', sample.sentence)
        assert sample.sentence == sample.sentence.strip()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_language_has_every_kind_and_intent(training: list[Sample], language: str) -> None:
    found = [record for sample in training if sample.language == language for record in records(sample)]
    assert {record["kind"] for record in found if "kind" in record} == KINDS
    assert {record["manoeuvre"] for record in found if "manoeuvre" in record} == MANOEUVRES
    assert {record["intent"] for record in found if "intent" in record} == {
        "tasks",
        "control",
        "query",
        "unclear",
    }
    assert {record["reason"] for record in found if "reason" in record} == {
        "not_a_goal",
        "unsafe",
        "ambiguous",
    }
    assert {record["command"] for record in found if "command" in record} == {
        "cancel",
        "pause",
        "resume",
        "stop",
        "home",
    }
    assert {key for record in found for key in record} | {"phrases", "tasks"} >= set(KEYS)


def test_no_frame_is_both_learnt_and_held_out(training: list[Sample], held_out: list[Sample]) -> None:
    assert not any(frame_held_out(sample.frame) for sample in training)
    assert all(frame_held_out(sample.frame) for sample in held_out)
    assert not {sample.sentence for sample in training} & {sample.sentence for sample in held_out}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_part_of_the_corpus_leaks_nothing_of_the_evaluation(part: int, held_out: list[Sample]) -> None:
    drawn = list(islice(stream(random.Random(part), part=part), 700))
    assert not any(frame_held_out(sample.frame) or left_out(sample.frame, part) for sample in drawn)
    assert not any(names.held_out(word) for sample in drawn for word in sample.invented)
    assert not {plain(sample.sentence) for sample in drawn} & RESERVED
    assert not {sample.sentence for sample in drawn} & {sample.sentence for sample in held_out}


def test_each_part_leaves_out_another_sixth(training: list[Sample]) -> None:
    gone = [[left_out(sample.frame, part) for part in range(PARTS)] for sample in training]
    shares = [sum(each) / len(training) for each in zip(*gone, strict=True)]
    assert all(0.14 < share < 0.2 for share in shares)
    assert all(sum(each) <= 1 for each in gone)


def test_sentences_written_for_the_tests_are_reserved() -> None:
    lines = [line for path in WRITTEN.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines() if line]
    assert {plain(json.loads(line)["text"]) for line in lines} <= RESERVED


def test_no_invented_name_is_both_learnt_and_held_out() -> None:
    learnt, kept = Pen(random.Random(1)), Pen(random.Random(2), held_out=True)
    assert not any(names.held_out(names.invented(learnt)) for _ in range(500))
    assert all(names.held_out(names.invented(kept)) for _ in range(50))


def test_reserved_sentences_are_never_drawn(training: list[Sample]) -> None:
    assert not {plain(sample.sentence) for sample in training} & RESERVED


def test_a_reading_copies_the_words_of_its_sentence() -> None:
    pen = Pen(random.Random(0))
    item, there = pen.mark("crate"), pen.mark("cold store", "the ")
    text, reading = finish(f"bring a {item} to {there}.", Reading({"intent": "tasks"}, [{"to": there, "item": item}]))
    assert text == "bring a crate to the cold store."
    assert reading == '{"intent":"tasks","tasks":[{"item":" crate","to":" cold store"}]}'


def test_every_span_is_understood_by_the_reader(training: list[Sample]) -> None:
    nothing: dict[Sort, Names] = {sort: Names() for sort in Sort}
    for sample in training:
        assert tidy(sample.sentence) == sample.sentence
        draft = ground(sketch(sample.reading, sample.sentence), sample.sentence, nothing)
        words = " ".join(draft.phrases) if draft.reason == "ambiguous" else ""
        if json.loads(sample.reading)["intent"] != "unclear":
            assert not words, (sample.sentence, sample.reading)


@pytest.mark.parametrize(
    ("frame", "doing", "told"),
    [
        (
            "~pick {cargo} up and ~carry {them}",
            "picking {cargo} up and carrying {them}",
            "picks {cargo} up and carries",
        ),
        ("~grab it", "grabbing it", "grabs it"),
        ("~move on", "moving on", "moves on"),
        ("~go and ~see", "going and seeing", "goes and sees"),
        ("just ~wait", "just waiting", "just waits"),
    ],
)
def test_verbs_take_their_forms(frame: str, doing: str, told: str) -> None:
    _, gerund, third = forms(frame)
    assert gerund == doing and third.startswith(told)


def test_the_command_prints_json_lines() -> None:
    command = [sys.executable, "-m", "models.training.corpus", "--count", "3", "--seed", "5", "--part", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=WRITTEN.parents[1])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(line) for line in lines] == [{"sentence", "reading"}] * 3


def test_the_generator_knows_neither_clock_nor_global_chance() -> None:
    folder = Path(names.__file__).parent
    for source in folder.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Import) and {alias.name for alias in node.names} & {"time", "datetime"})
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random":
                assert node.attr == "Random", source
