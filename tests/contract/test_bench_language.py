"""`caravan bench language` as a process, with the model that comes with Caravan."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import ROOT, assert_complaint, caravan

MODEL = ROOT / "models" / "caravan-reader-s1.gguf"
CROWDED = ("seconds_p50_10000_places", "seconds_p95_10000_places")
COSTS = (
    *("seconds_p50", "seconds_p95", "core_seconds_p50", "core_seconds_p95", "memory_mb", "grammar_overhead"),
    *CROWDED,
)


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few of the sentences that were written by hand."""
    folder = tmp_path_factory.mktemp("sentences")
    for site in (ROOT / "tests" / "sentences").glob("*.yaml"):
        shutil.copy(site, folder)
    for name in ("english", "chinese", "attacks"):
        lines = (ROOT / "tests" / "sentences" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        (folder / f"{name}.jsonl").write_text("\n".join(lines[:100:25]) + "\n", encoding="utf-8")
    return folder


def bench(*words: str) -> dict[str, Any]:
    done = caravan("bench", "language", "--json", "--count", "3", *words)
    assert done.returncode == 0, done.stderr
    assert "written by hand: exact" in done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def test_models_and_their_jury_are_measured_alike(sentences: Path, tmp_path: Path) -> None:
    files = [tmp_path / "one.gguf", tmp_path / "twin.gguf"]
    for file in files:
        shutil.copy(MODEL, file)
    wrong = tmp_path / "wrong.jsonl"
    figures = bench("--sentences", str(sentences), "--wrong", str(wrong), "--model", *map(str, files))
    assert list(figures["models"]) == ["one", "twin"]
    one, two = figures["models"].values()
    for each in figures["models"].values():
        assert each["held_out"]["sentences"] == each["unseen_names"]["sentences"] == 3
        assert each["by_hand"]["sentences"] == 8 and each["by_hand"]["exact"] > 0.0
        assert 0.0 < each["seconds_p50"] <= each["seconds_p95"] and 10.0 < each["memory_mb"] < 1000.0
        assert each["grammar_overhead"] is not None and each["failed"] == 0.0
        assert all(each[name] > 0.0 for name in CROWDED)
    assert {k: v for k, v in one.items() if k not in COSTS} == {k: v for k, v in two.items() if k not in COSTS}
    assert figures["jury"]["by_hand"]["exact"] == one["by_hand"]["exact"]
    assert figures["gain"]["exact_gain"] == 0.0
    rows = [json.loads(line) for line in wrong.read_text(encoding="utf-8").splitlines()]
    missed = [row for row in rows if (row["reader"], row["split"]) == ("twin", "by_hand")]
    assert len(missed) == round(8 * (1.0 - one["by_hand"]["exact"]))
    assert figures["machine"]["cores"] >= 1 and figures["sentences"] == 3 * 3 + 8 + 4


def test_bad_words(tmp_path: Path) -> None:
    assert_complaint(caravan("bench", "language", "--model", "moon"), "moon", "caravan-reader-s1")
    assert_complaint(caravan("bench", "language", "--sentences", str(tmp_path)), str(tmp_path), "tests/sentences")
    assert_complaint(caravan("bench", "language", "--count", "0"), "--count")
