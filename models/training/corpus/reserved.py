"""Sentences that training must never draw: those of the documentation and those of the tests."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

WRITTEN = Path(__file__).resolve().parents[3] / "tests" / "sentences"
DOCUMENTED = (
    "Bring two pallets from dock 3 to aisle B.",
    "Take a crate from dock 1 to staging, then inspect the cold store.",
    "Patrol aisle A, aisle B and dock 2 twice.",
    "Deliver one drum from dock 2 to the cold store before 5 pm, and keep out of aisle C.",
    "把三个托盘从一号月台送到冷库。",
    "Bring a pallet to the moon bay.",
    "bring two pallets from dock 3 to aisle B before 5 pm, avoid aisle C",
)


def plain(sentence: str) -> str:
    """The sentence without case, spaces and punctuation: two sentences that differ in these alone are the same."""
    return re.sub(r"\W", "", sentence).lower()


def _written() -> Iterator[str]:
    """The sentences that people wrote for the tests: one JSON object a line, with the key `text`."""
    for path in sorted(WRITTEN.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                record = json.loads(line)
                if not isinstance(record, dict) or not isinstance(record.get("text"), str):
                    raise ValueError(f"{path}, line {number}: no text; give each line a key 'text'")
                yield record["text"]


RESERVED = frozenset(plain(text) for text in (*DOCUMENTED, *_written()))
