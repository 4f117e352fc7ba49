"""What came of a demo: the figures, whether it was sound, the table and the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.picture import draw
from caravan.adapters.road_picture import draw_drive
from caravan.language.words import draft_words
from caravan.model.goal import Draft, Goal, GoalState, TaskState, draft_to_json
from caravan.model.market import Event
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan_cli.board import Board, percentile
from caravan_cli.demo_plan import Wish
from caravan_cli.render import Screen, state


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """A demo that is over. Times in s."""

    goals: Sequence[Goal]
    """In the order of the wishes."""
    events: Sequence[Event]
    paths: Mapping[str, Sequence[tuple[float, float, float]]]
    """The poses (time, x, y) of each robot."""
    contacts: int
    setup_seconds: float
    """Until all robots were heard, of real time."""


def flaws(wish: Wish, goal: Goal) -> list[str]:
    """How a goal did not come out as it was to; empty for a sound one."""
    found = []
    if goal.draft != wish.draft:
        found.append(f"it was read as: {_draft(goal.draft)}, and means: {_draft(wish.draft)}")
    if goal.state is not wish.outcome:
        found.append(f"it is {goal.state} and should be {wish.outcome} ({goal.message or 'it did not end in time'})")
    if wish.told not in goal.message:
        found.append(f"the answer is {goal.message!r} and should tell {wish.told!r}")
    if wish.outcome is GoalState.DONE:
        found += [f"{t.id} is {t.state}" for t in goal.tasks if t.state is not TaskState.DONE]
    return found


def _draft(draft: Draft | None) -> str:
    return json.dumps(draft_to_json(draft), ensure_ascii=False) if draft is not None else "nothing"


def report(run: DemoRun, wishes: Sequence[Wish], board: Board, seconds: float) -> dict[str, Any]:
    """The figures of a run that took `seconds` of real time, as JSON values."""
    goals = [_goal(goal, flaws(wish, goal)) for wish, goal in zip(wishes, run.goals, strict=True)]
    return {
        "ok": run.contacts == 0 and all(g["ok"] for g in goals),
        "seconds": round(seconds, 2),
        "goals": goals,
        "contacts": run.contacts,
        "parse_seconds": _spread(board.parse_times),
        "award_seconds": _spread(board.award_times),
        "setup_seconds": round(run.setup_seconds, 2),
    }


def _goal(goal: Goal, wrong: list[str]) -> dict[str, Any]:
    return {
        "id": goal.id,
        "text": goal.text,
        "draft": draft_to_json(goal.draft) if goal.draft is not None else None,
        "outcome": goal.state.value,
        "seconds": round(goal.finished - goal.stamp, 2) if goal.finished is not None else None,
        "tasks": [{"id": t.id, "robot": t.robot, "outcome": t.state.value} for t in goal.tasks],
        "message": goal.message,
        "ok": not wrong,
        "flaws": wrong,
    }


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    shares = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
    return {name: round(v, 3) if v is not None else None for name, v in shares.items()}


def show(figures: Mapping[str, Any], screen: Screen) -> None:
    """The table of goals, and what was wrong."""
    rows = []
    for goal in figures["goals"]:
        robots = ", ".join(dict.fromkeys(t["robot"] for t in goal["tasks"] if t["robot"]))
        took = f"{goal['seconds']:.1f}" if goal["seconds"] is not None else "-"
        reading = f"{goal['text']}\n= {draft_words(goal['draft'])}"
        rows.append((goal["id"], reading, state(goal["outcome"]), robots, took, "yes" if goal["ok"] else "NO"))
    screen.table(("goal", "said = read", "outcome", "robots", "fleet s", "as expected"), rows)
    for goal in figures["goals"]:
        for wrong in goal["flaws"]:
            screen.say(f"{goal['id']}: {wrong}", "red")
    screen.say(_summary(figures), "bold green" if figures["ok"] else "bold red")


def _summary(figures: Mapping[str, Any]) -> str:
    parse, award = figures["parse_seconds"], figures["award_seconds"]
    good = sum(g["ok"] for g in figures["goals"])
    parts = [f"{good} of {len(figures['goals'])} goals as expected", f"{figures['contacts']} contacts"]
    if parse["p50"] is not None:
        parts.append(f"reading {parse['p50']:.2f} s (p95 {parse['p95']:.2f})")
    if award["p50"] is not None:
        parts.append(f"notice to award {award['p50']:.2f} s (p95 {award['p95']:.2f})")
    return f"{', '.join(parts)}; {figures['seconds']:.1f} s in all"


def save(run: DemoRun, figures: Mapping[str, Any], site: Site, out: Path, prefix: str) -> list[Path]:
    """Writes demo.json, events.jsonl and demo.png, their names after `prefix`, into `out`; answers with their paths."""
    files = [out / f"{prefix}{name}" for name in ("demo.json", "events.jsonl", "demo.png")]
    files[0].write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = [json.dumps(asdict(e), ensure_ascii=False, sort_keys=True) for e in run.events]
    files[1].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    title = "Caravan: what the robots drove in the demo"
    if site.road is None:
        draw(read_world(site.world or ""), site, run.paths, files[2], title)
    else:
        said = [(goal.stamp, goal.text) for goal in run.goals]
        draw_drive(site, run.paths, said, files[2], title)
    return files
