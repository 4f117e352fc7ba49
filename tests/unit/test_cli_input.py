"""The command line as a process: help, and bad input that gets one clear sentence and exit code 2."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from caravan_cli.commands import COMMANDS
from tests.support.cli import ROOT, SOURCES, assert_complaint, caravan


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str) -> None:
    done = caravan(*filter(None, [command, "--help"]))
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: caravan {command}".rstrip())
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ["COMMAND"]),
        (["frobnicate"], ["frobnicate", "parse"]),
        (["parse"], ["TEXT", "--file"]),
        (["parse", "hello", "--file", "x"], ["one of both"]),
        (["parse", "hello", "--site", "nowhere.yaml"], ["nowhere.yaml"]),
        (["parse", "--file", "nowhere.txt"], ["nowhere.txt", "No such file"]),
        (["parse", "hello", "--model", "nowhere.gguf"], ["nowhere.gguf"]),
        (["demo", "--rate", "1000"], ["--rate", "1000", "20"]),
        (["demo", "--seed", "-1"], ["--seed"]),
        (["demo", "--plan", "nowhere.yaml"], ["nowhere.yaml"]),
        (["demo", "--no-ros", "--out", "/proc/nowhere"], ["--out", "/proc/nowhere"]),
        (["up", "--robots", "0"], ["--robots"]),
        (["up", "--sim", "matlab"], ["--sim", "embedded"]),
        (["up", "--site", "nowhere.yaml"], ["nowhere.yaml"]),
        (["say", ""], ["empty"]),
        (["say", " \t "], ["empty"]),
        (["say", "go \x07 on"], ["control character", "U+0007"]),
        (["say", "x" * 100_000], ["100000 bytes", "most"]),
        (["say"], ["TEXT", "--draft"]),
        (["say", "go home", "--draft", "x.json"], ["--draft", "not allowed"]),
        (["say", "go home", "--mechanism", "vcg"], ["--mechanism", "--draft"]),
        (["say", "--draft", "nowhere.json"], ["nowhere.json", "No such file"]),
        (["say", "--draft", "Makefile"], ["Makefile", "no JSON", "goal_language.md"]),
        (["say", "--draft", "x.json", "--to", "tug_1"], ["--to", "'robot'"]),
        (["cancel", "goal twelve"], ["goal twelve", "g12"]),
        (["sim", "--site", "nowhere.yaml"], ["nowhere.yaml"]),
    ],
)
def test_bad_words(words: list[str], said: list[str]) -> None:
    assert_complaint(caravan(*words), *said)


def test_a_misspelt_key_of_the_site_is_named(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("places:\n  dock_1: {alias: [bay]}\n")
    assert_complaint(caravan("parse", "hello", "--site", str(site)), str(site), "places.dock_1.alias", "aliases")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("goals: []\nsite: x.yaml\n", ["goals", "one goal or more"]),
        ("goals: 3\nsite: x.yaml\n", ["goals", "list"]),
        ("site: x.yaml\n", ["'goals' is missing"]),
        ("site: x.yaml\ngoals: [{text: a, draft: {intent: task}, outcome: done}]\n", ["goals[0].draft", "tasks"]),
        ("site: x.yaml\ngoals: [{text: a, draft: 3, outcome: done}]\n", ["goals[0].draft", "Draft"]),
        ("site: x.yaml\ngoals: [{text: a, draft: {intent: query, about: why}, outcome: maybe}]\n", ["maybe", "asked"]),
        ("site: x.yaml\ngoals: [{txt: a}]\n", ["goals[0].txt", "text"]),
    ],
)
def test_a_wrong_plan_is_named(tmp_path: Path, text: str, said: list[str]) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(text)
    assert_complaint(caravan("demo", "--plan", str(plan), "--out", str(tmp_path)), str(plan), *said)


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"not a model")
    assert_complaint(caravan("parse", "hello", "--model", str(model)), str(model))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_bytes(b"hello\n\xff\xfe\n")
    assert_complaint(caravan("parse", "--file", str(file)), str(file), "byte 6", "UTF-8")


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text("\n \n")
    assert_complaint(caravan("parse", "--file", str(file)), str(file), "no sentence")


def test_ros_that_is_missing_is_said(tmp_path: Path) -> None:
    """A Python that has our code and its dependencies but no ROS: rclpy is hidden by a meta path finder."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'rclpy' else find(name, *a)\n"
    )
    for words in (
        ["status"],
        ["demo", "--out", str(tmp_path)],
        ["halt"],
        ["up"],
        ["sim"],
        ["why", "g1"],
        ["say", "hi"],
    ):
        assert_complaint(caravan(*words, PYTHONPATH=_with(tmp_path)), "ROS 2", "scripts/setup")


def _with(folder: Path) -> str:
    return os.pathsep.join([str(folder), *map(str, SOURCES)])


def test_json_stays_alone_on_standard_output(tmp_path: Path) -> None:
    done = caravan("parse", "--json", "--model", str(ROOT / "nowhere.gguf"), "hello")
    assert_complaint(done)
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)
