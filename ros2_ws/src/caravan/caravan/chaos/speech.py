"""What the people of a story say, and how the robots' models read it: by heart, or wrongly where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from caravan.chaos.story import Wish
from caravan.language.prompt import Complete, Completion, ModelFault, Prompt


def sentence(wish: Wish) -> str:
    """The wish in words."""
    names = [_spaced(place) for place in wish.places]
    match wish.kind:
        case "go":
            return f"Go to {names[0]}."
        case "inspect":
            return f"Inspect {names[0]}."
        case "deliver":
            return f"Take a {_spaced(wish.item or '')} from {names[0]} to {names[1]}."
        case "then":
            return f"Go to {names[0]}, then inspect {names[1]}."
        case "urgent":
            return f"Urgent: go to {names[0]}."
        case "both":
            return f"Two robots inspect {names[0]} together."
        case "again":
            return f"Inspect {names[0]} every 20 seconds, twice."
        case _:
            raise ValueError(f"kind {wish.kind!r} is not one of go, inspect, deliver, then, urgent, both, again")


def reader(wishes: Iterable[Wish], *, lies: bool = False) -> Complete:
    """A model that knows the sentences of these wishes by heart and nothing else; one that lies has them wrong."""
    known = {sentence(wish): _answer(_wrong(wish) if lies else _right(wish)) for wish in wishes}

    def complete(prompt: Prompt) -> Completion | ModelFault:
        text = known.get(prompt.text)
        return Completion(text=text, probability=0.9) if text is not None else ModelFault(note="never heard of it")

    return complete


def _answer(tasks: list[dict[str, Any]]) -> str:
    return json.dumps({"intent": "tasks", "tasks": tasks}, separators=(",", ":"))


def _right(wish: Wish) -> list[dict[str, Any]]:
    names = [f" {_spaced(place)}" for place in wish.places]
    match wish.kind:
        case "go":
            return [{"kind": "go", "to": names[0]}]
        case "inspect":
            return [{"kind": "inspect", "places": names}]
        case "urgent":
            return [{"kind": "go", "to": names[0], "priority": "urgent"}]
        case "both":
            return [{"kind": "inspect", "places": names, "robots": " Two"}]
        case "again":
            return [{"kind": "inspect", "places": names, "times": " twice", "every": " 20 seconds"}]
        case "deliver":
            return [{"kind": "deliver", "item": f" {_spaced(wish.item or '')}", "from": names[0], "to": names[1]}]
        case _:
            return [{"kind": "go", "to": names[0]}, {"kind": "inspect", "places": [names[1]], "after": ["t1"]}]


def _wrong(wish: Wish) -> list[dict[str, Any]]:
    names = [f" {_spaced(place)}" for place in wish.places]
    return [{"kind": "inspect", "places": names}] if wish.kind == "go" else [{"kind": "go", "to": names[-1]}]


def _spaced(name: str) -> str:
    return name.replace("_", " ")
