"""The language model that comes with Caravan, on the demo warehouse: sentences that must be read right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caravan.adapters.llama import LlamaReader, default_model
from caravan.adapters.site_file import read_site
from caravan.language.parse import ReadFailure, read
from caravan.model.goal import draft_to_json
from caravan.model.site import Site

ROOT = Path(__file__).parents[2]
SENTENCES: dict[str, dict[str, Any]] = {
    "Bring two pallets from dock 3 to aisle B.": {
        "intent": "tasks",
        "tasks": [
            {"id": "t1", "kind": "deliver", "item": "pallet", "quantity": 2, "from": "dock_3", "to": "aisle_b"}
        ],
    },
    "Take a crate from dock 1 to staging, then inspect the cold store.": {
        "intent": "tasks",
        "tasks": [
            {"id": "t1", "kind": "deliver", "item": "crate", "from": "dock_1", "to": "staging"},
            {"id": "t2", "kind": "inspect", "places": ["cold_store"], "after": ["t1"]},
        ],
    },
    "Patrol aisle A, aisle B and dock 2 twice.": {
        "intent": "tasks",
        "tasks": [{"id": "t1", "kind": "patrol", "places": ["aisle_a", "aisle_b", "dock_2"], "times": 2}],
    },
    "Deliver one drum from dock 2 to the cold store before 5 pm, and keep out of aisle C.": {
        "intent": "tasks",
        "tasks": [
            {
                "id": "t1", "kind": "deliver", "item": "drum", "from": "dock_2", "to": "cold_store", "by": "17:00",
                "avoid": ["aisle_c"],
            }
        ],
    },
    "把三个托盘从一号月台送到冷库。": {
        "intent": "tasks",
        "tasks": [
            {"id": "t1", "kind": "deliver", "item": "pallet", "quantity": 3, "from": "dock_1", "to": "cold_store"}
        ],
    },
    "Bring a pallet to the moon bay.": {
        "intent": "unclear", "reason": "unknown_place", "phrases": ["moon bay"],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Site:
    return read_site(ROOT / "config" / "warehouse.yaml")


@pytest.fixture(scope="module")
def reader() -> Iterator[LlamaReader]:
    settings = default_model()
    if not settings.file.exists():
        pytest.skip(f"{settings.file.name} is not there: train it with make model")
    with LlamaReader(settings) as made:
        yield made


def test_the_process_that_reads_stays_below_200_mb(site: Site, reader: LlamaReader) -> None:
    for sentence in ("stop", "go to dock 3 and then " * 20 + "stop"):
        read(sentence, site, reader)
    status = Path(f"/proc/{reader.pid}/status").read_text(encoding="utf-8")
    assert int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) < 200_000


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_model_reads_the_demo(sentence: str, site: Site, reader: LlamaReader) -> None:
    result = read(sentence, site, reader)
    assert not isinstance(result, ReadFailure), result.note
    assert draft_to_json(result.draft) == SENTENCES[sentence]
