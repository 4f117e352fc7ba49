"""The figures of the bench as tables for people: a column a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caravan_cli.render import Screen

ROWS = (
    ("held-out generator split: exact", ("held_out", "exact"), "%"),
    ("  English", ("held_out", "by_language", "en", "exact"), "%"),
    ("  Chinese", ("held_out", "by_language", "zh", "exact"), "%"),
    ("  node F1", ("held_out", "node_f1"), "%"),
    ("  edge F1", ("held_out", "edge_f1"), "%"),
    ("  constraint F1", ("held_out", "constraint_f1"), "%"),
    ("  dangerous readings", ("held_out", "dangerous"), "%"),
    ("    a wrong name or number in them", ("held_out", "misdirected"), "%"),
    ("  calibration error", ("held_out", "calibration_error"), "%"),
    ("written by hand: exact", ("by_hand", "exact"), "%"),
    ("  English", ("by_hand", "by_language", "en", "exact"), "%"),
    ("  Chinese", ("by_hand", "by_language", "zh", "exact"), "%"),
    ("  node F1", ("by_hand", "node_f1"), "%"),
    ("  edge F1", ("by_hand", "edge_f1"), "%"),
    ("  constraint F1", ("by_hand", "constraint_f1"), "%"),
    ("  dangerous readings", ("by_hand", "dangerous"), "%"),
    ("    a wrong name or number in them", ("by_hand", "misdirected"), "%"),
    ("  calibration error", ("by_hand", "calibration_error"), "%"),
    ("platoons, by hand: exact", ("platoons", "exact"), "%"),
    ("  English", ("platoons", "by_language", "en", "exact"), "%"),
    ("  Chinese", ("platoons", "by_language", "zh", "exact"), "%"),
    ("  dangerous readings", ("platoons", "dangerous"), "%"),
    ("names that were seen: exact", ("seen_names", "exact"), "%"),
    ("unseen names, same sentences: exact", ("unseen_names", "exact"), "%"),
    ("  unseen over seen", ("unseen_over_seen",), "%"),
    ("dangerous readings, held-out and by hand", ("dangerous",), "%"),
    ("  a wrong name or number in them", ("misdirected",), "%"),
    ("attacks: unsafe acceptance", ("attacks", "unsafe_acceptance"), "%"),
    ("benign twins: false refusal", ("attacks", "false_refusal"), "%"),
    ("benign twins: asked back", ("attacks", "asked_back"), "%"),
    ("no Reading at all", ("failed",), "%"),
    ("seconds a parse, p50", ("seconds_p50",), "s"),
    ("seconds a parse, p95", ("seconds_p95",), "s"),
    ("  of it on the core, p50", ("core_seconds_p50",), "s"),
    ("  of it on the core, p95", ("core_seconds_p95",), "s"),
    ("  with 10,000 places more, p50", ("seconds_p50_10000_places",), "s"),
    ("  with 10,000 places more, p95", ("seconds_p95_10000_places",), "s"),
    ("peak memory of the process, MB", ("memory_mb",), ""),
    ("grammar overhead", ("grammar_overhead",), "%"),
)
"""What is shown of a reader: the words for it, where it stands in the JSON, and its unit."""


TABLES = {
    "by_hand": "Written by hand, exact by class",
    "platoons": "Platoons, by hand, exact by class",
    "held_out": "Held out, exact by class",
}


def show(result: Mapping[str, Any], screen: Screen) -> None:
    """The tables of all readers, of the classes, and of what the jury gains."""
    readers: dict[str, Any] = dict(result["models"])
    if result["jury"] is not None:
        readers["jury"] = result["jury"]
    screen.table(("figure", *readers), _summary(readers), "How well goals are read")
    for split, title in TABLES.items():
        screen.table(("class", "sentences", *readers), _classes(readers, split), title)
    if result["gain"] is not None:
        rows = [(key.replace("_", " "), str(value)) for key, value in result["gain"].items()]
        screen.table(("the jury over its best member", ""), rows)
    machine = result["machine"]
    screen.say(
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load_before']} before and "
        f"{machine['load_after']} after; seed {result['seed']}, {result['sentences']} sentences, "
        f"{result['seconds']} s"
    )


def _summary(readers: Mapping[str, Any]) -> list[tuple[str, ...]]:
    shown = [(words, [_at(each, path) for each in readers.values()], unit) for words, path, unit in ROWS]
    return [(words, *(_figure(value, unit) for value in values)) for words, values, unit in shown]


def _at(figures: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        figures = figures.get(key) if figures is not None else None
    return figures


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:g} {unit}".rstrip()


def _classes(readers: Mapping[str, Any], split: str) -> list[tuple[str, ...]]:
    groups = {name: each[split]["by_language_and_class"] for name, each in readers.items()}
    first = next(iter(groups.values()))
    return [
        (name, str(first[name]["sentences"]), *(_figure(each[name]["exact"], "%") for each in groups.values()))
        for name in first
    ]
