"""docs/promises.md names tests that there are, and the laws of chaos as they are."""

from __future__ import annotations

import re

import pytest

from caravan.chaos.laws import LAWS
from tests.support.documents import ROOT

TEXT = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))
SECTIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", TEXT))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    assert re.search(rf"^def {name}\(", SOURCES, flags=re.MULTILINE)


def test_every_promise_has_its_section() -> None:
    assert [section.split(".")[0] for section in SECTIONS] == [str(number) for number in range(1, 11)]


def test_a_promise_has_laws_and_processes_or_says_what_is_not_proven() -> None:
    for section in SECTIONS:
        assert (
            "- Laws: `test_" in section and "- Real processes: `test_" in section
        ) or "not proven" in section.lower()


def test_the_laws_of_chaos_are_told_as_they_are() -> None:
    assert all(f"| {law} | {words} |" in TEXT for law, words in LAWS.items())
    named = re.findall(r"`test_no_story_breaks_a_law` \(([^)]*)\)", TEXT)
    assert {law for group in named for law in re.split(r",\s+", group)} <= LAWS.keys()
