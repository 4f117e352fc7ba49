"""`caravan demo --no-ros` as a user starts it, with recorded readings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from caravan_cli.demo_plan import read_plan
from tests.support.cli import ROOT, assert_complaint, caravan
from tests.support.demo_answers import write_answers


def demo(out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    out.mkdir(exist_ok=True)
    return caravan("demo", "--no-ros", "--out", str(out), *words)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_answers(tmp_path_factory.mktemp("answers")))


def test_six_goals_come_out_as_expected(tmp_path: Path, answers: str) -> None:
    done = demo(tmp_path, "--seed", "7", "--json", "--model", answers)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    figures: dict[str, Any] = json.loads(done.stdout)
    assert figures["ok"] is True
    assert [g["text"] for g in figures["goals"]] == [wish.text for wish in read_plan(ROOT / "config/demo.yaml").wishes]
    assert [g["outcome"] for g in figures["goals"]] == ["done"] * 5 + ["asked"]
    assert figures["contacts"] == 0
    for goal in figures["goals"]:
        assert {"text", "draft", "outcome", "seconds", "tasks"} <= set(goal)
        assert all(task["outcome"] == "done" and task["robot"] for task in goal["tasks"])
    assert json.loads((tmp_path / "demo.json").read_text()) == figures
    assert (tmp_path / "demo.png").read_bytes().startswith(b"\x89PNG")


def test_the_orders_to_the_trucks_come_out_as_expected(tmp_path: Path) -> None:
    done = caravan("demo", "platoon", "--no-ros", "--json", "--out", str(tmp_path), timeout=240.0)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    wishes = read_plan(ROOT / "config/platoon_demo.yaml").wishes
    assert [g["text"] for g in figures["goals"]] == [wish.text for wish in wishes]
    assert [g["outcome"] for g in figures["goals"]] == ["done", "refused", "done", "done", "done"]
    assert "up to 25 m/s (90 km/h)" in figures["goals"][1]["message"]
    assert figures["contacts"] == 0
    assert json.loads((tmp_path / "platoon_demo.json").read_text()) == figures
    assert (tmp_path / "platoon_demo.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_events_and_another_gives_others(tmp_path: Path, answers: str) -> None:
    logs = []
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert demo(tmp_path / name, "--seed", seed, "--model", answers).returncode == 0
        logs.append((tmp_path / name / "events.jsonl").read_text())
    assert logs[0] == logs[1]
    assert logs[0] != logs[2]
    assert all(json.loads(line)["kind"] for line in logs[0].splitlines())


def test_a_goal_that_does_not_come_out_as_planned_is_exit_code_1(tmp_path: Path, answers: str) -> None:
    plan = tmp_path / "plan.yaml"
    site = ROOT / "config/warehouse.yaml"
    plan.write_text(
        f"site: {site}\ngoals:\n"
        "  - {text: Bring a pallet to the moon bay., draft: {intent: query, about: where}, outcome: done}\n"
    )
    done = demo(tmp_path, "--plan", str(plan), "--model", answers)
    assert done.returncode == 1
    assert "g1: it was read as" in done.stdout
    assert "g1: it is asked and should be done" in done.stdout
    assert json.loads((tmp_path / "demo.json").read_text())["ok"] is False


def test_the_story_reads_well_without_a_terminal(tmp_path: Path, answers: str) -> None:
    done = demo(tmp_path, "--model", answers)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    for words in (" reads: deliver 2 pallet dock_3 > aisle_b", "bids: ", "won by ", "asks back: ", "6 of 6 goals"):
        assert words in done.stdout


def test_a_film_is_made_of_the_demo(tmp_path: Path, answers: str) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        f"site: {ROOT / 'config/warehouse.yaml'}\ngoals:\n"
        "  - {text: Bring a pallet to the moon bay., draft: {intent: query, about: where}, outcome: done}\n"
    )
    demo(tmp_path, "--plan", str(plan), "--model", answers, "--video", str(tmp_path / "film.mp4"))
    assert b"ftyp" in (tmp_path / "film.mp4").read_bytes()[:16]
    full = caravan("demo", "--no-ros", "--video", str(tmp_path), "--out", str(tmp_path / "out"))
    assert_complaint(full, "--video", "there is something in this folder")
    assert_complaint(caravan("demo", "--video", "x.mp4"), "--video", "--no-ros")
