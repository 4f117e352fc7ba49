"""`caravan parse` as a process: the goal language on standard output, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import assert_complaint, caravan
from tests.support.demo_answers import write_answers

TEXTS = [
    "Bring two pallets from dock 3 to aisle B.",
    "把三个托盘从一号月台送到冷库。",
    "Bring a pallet to the moon bay.",
]
DRAFTS: list[dict[str, Any]] = [
    {
        "intent": "tasks",
        "tasks": [{"id": "t1", "kind": "deliver", "item": "pallet", "quantity": 2, "from": "dock_3", "to": "aisle_b"}],
    },
    {
        "intent": "tasks",
        "tasks": [
            {"id": "t1", "kind": "deliver", "item": "pallet", "quantity": 3, "from": "dock_1", "to": "cold_store"}
        ],
    },
    {"intent": "unclear", "reason": "unknown_place", "phrases": ["moon bay"]},
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_answers(tmp_path_factory.mktemp("answers")))


def test_a_file_of_sentences_becomes_one_object_a_line(tmp_path: Path, answers: str) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text("\ufeff" + "\r\n\r\n".join(TEXTS) + "\r\n", encoding="utf-8")
    done = caravan("parse", "--json", "--file", str(file), "--model", answers)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["text"] for line in lines] == TEXTS
    assert [line["draft"] for line in lines] == DRAFTS
    assert all(set(line) == {"text", "draft", "confidence", "seconds"} for line in lines)
    assert all(0.0 <= line["confidence"] <= 1.0 and line["seconds"] >= 0.0 for line in lines)


def test_a_sentence_on_the_command_line_is_told_in_words(answers: str) -> None:
    done = caravan("parse", TEXTS[0], "--model", answers)
    assert done.returncode == 0, done.stderr
    assert "deliver 2 pallet dock_3 > aisle_b" in done.stdout


def test_sentences_may_come_from_standard_input(answers: str) -> None:
    done = caravan("parse", "--json", "--file", "-", "--model", answers, stdin=TEXTS[0] + "\n")
    assert json.loads(done.stdout)["draft"] == DRAFTS[0]


def test_one_sentence_that_is_none_does_not_stop_the_others(tmp_path: Path, answers: str) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text(f"{TEXTS[0]}\nbell \x07\n{'x' * 100_000}\n{TEXTS[2]}\n", encoding="utf-8")
    done = caravan("parse", "--json", "--file", str(file), "--model", answers)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "2 of 4 sentences" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["draft"] for line in lines] == [DRAFTS[0], None, None, DRAFTS[2]]
    assert "U+0007" in lines[1]["note"]


def test_a_model_that_does_not_answer_is_exit_code_1(answers: str) -> None:
    done = caravan("parse", "--json", "Sing a song.", "--model", answers)
    assert done.returncode == 1
    assert json.loads(done.stdout)["draft"] is None
    assert "could not be read" in done.stderr


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("a\x1bb", "U+001B"), ("x" * 100_000, "100000 bytes")])
def test_what_is_no_sentence_is_said(text: str, said: str) -> None:
    assert_complaint(caravan("parse", "--json", text), said)


def test_text_that_is_not_utf8_is_said() -> None:
    assert_complaint(caravan("parse", "bring \udcff here"), "UTF-8")


def test_a_real_model_reads_within_the_goal_language(tmp_path: Path) -> None:
    """A model of random weights talks nonsense, and still only the goal language comes out."""
    pytest.importorskip("llama_cpp", reason="needs llama.cpp")
    pytest.importorskip("gguf", reason="needs gguf to write a model")
    from tests.support.tiny_gguf import write_tiny

    model = write_tiny(tmp_path / "tiny.gguf")
    done = caravan("parse", "--json", "Go to dock 1.", "--model", str(model))
    assert done.returncode in (0, 1), done.stderr
    line = json.loads(done.stdout)
    assert {"text", "draft", "confidence", "seconds"} <= set(line)
    assert line["draft"] is None or line["draft"]["intent"] in ("tasks", "control", "query", "unclear")
