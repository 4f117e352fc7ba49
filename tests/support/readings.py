"""A language model that has learned its sentences by heart, for tests that are not about reading."""

from __future__ import annotations

import json
from typing import Any

from caravan.language.prompt import Completion, ModelFault, Prompt


def task(kind: str, **values: Any) -> dict[str, Any]:
    """A task of a Reading: names and numbers as the sentence has them (`from_` for `from`)."""
    return {"kind": kind, **{key.rstrip("_"): value for key, value in values.items()}}


SENTENCES: dict[str, list[dict[str, Any]]] = {
    "Bring two pallets from dock 3 to aisle B.": [
        task("deliver", item=" pallets", quantity=" two", from_=" dock 3", to=" aisle B")
    ],
    "Take a crate from dock 1 to staging, then inspect the cold store.": [
        task("deliver", item=" crate", from_=" dock 1", to=" staging"),
        task("inspect", places=[" cold store"], after=["t1"]),
    ],
    "Patrol aisle A, aisle B and dock 2 twice.": [
        task("patrol", places=[" aisle A", " aisle B", " dock 2"], times=" twice")
    ],
    "Deliver one drum from dock 2 to the cold store before 5 pm, and keep out of aisle C.": [
        task(
            "deliver",
            item=" drum",
            quantity=" one",
            from_=" dock 2",
            to=" cold store",
            by=" 5 pm",
            avoid=[" aisle C"],
        )
    ],
    "把三个托盘从一号月台送到冷库。": [task("deliver", item="托盘", quantity="三", from_="一号月台", to="冷库")],
    "Bring a pallet to the moon bay.": [task("deliver", item=" pallet", to=" moon bay")],
    "Go to dock 1.": [task("go", to=" dock 1")],
    "Go to dock 4.": [task("go", to=" dock 4")],
    "Inspect staging.": [task("inspect", places=[" staging"])],
    "Take a drum from dock 2 to packing.": [task("deliver", item=" drum", from_=" dock 2", to=" packing")],
    "Two robots inspect the cold store together.": [task("inspect", places=[" cold store"], robots=" Two")],
    "Two robots bring three pallets from dock 1 to staging.": [
        task("deliver", item=" pallets", quantity=" three", from_=" dock 1", to=" staging", robots=" Two")
    ],
    "Inspect dock 4 every 60 seconds, three times, then go to dock 1.": [
        task("inspect", places=[" dock 4"], every=" 60 seconds", times=" three times"),
        task("go", to=" dock 1", after=["t1"]),
    ],
    "Inspect dock 4 every 60 seconds.": [task("inspect", places=[" dock 4"], every=" 60 seconds")],
    "Urgent: go to dock 2.": [task("go", to=" dock 2", priority="urgent")],
    "Patrol staging, aisle A, dock 1 and staging.": [
        task("patrol", places=[" staging", " aisle A", " dock 1", " staging"])
    ],
    "Go to dock 1 within five seconds.": [task("go", to=" dock 1", within=" five seconds")],
}


def by_heart(prompt: Prompt) -> Completion | ModelFault:
    """A `Complete` that knows `SENTENCES` and nothing else."""
    tasks = SENTENCES.get(prompt.text)
    if tasks is None:
        return ModelFault(note=f"never heard of {prompt.text!r}")
    text = json.dumps({"intent": "tasks", "tasks": tasks}, ensure_ascii=False, separators=(",", ":"))
    return Completion(text=text, probability=0.9, seconds=0.1)
