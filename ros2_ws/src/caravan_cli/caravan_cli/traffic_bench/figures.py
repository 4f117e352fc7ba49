"""What the runs of several seeds say together, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from caravan_cli.render import Screen

PUBLISHED = {
    "what": "League of Robot Runners 2023, random-32-32-20, 100 agents, 500 steps; turns take steps there",
    "agents": 100,
    "steps": 500,
    "targets_per_step": 3.48,
}
_COLUMNS = {
    "targets_per_step": "targets a step (worst)",
    "share_of_free_flow": "of free flow (worst)",
    "seconds_per_step": "s a step (longest)",
    "longest_wait": "longest way, steps",
    "deadlocks": "deadlocks",
    "livelocks": "livelocks",
    "faults": "faults",
}


def together(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all runs of a planner."""
    return {
        "targets_per_step": mean(run["targets_per_step"] for run in runs),
        "targets_per_step_worst": min(run["targets_per_step"] for run in runs),
        "free_flow_per_step": mean(run["free_flow_per_step"] for run in runs),
        "share_of_free_flow": mean(run["share_of_free_flow"] for run in runs),
        "share_of_free_flow_worst": min(run["share_of_free_flow"] for run in runs),
        "seconds_to_start": mean(run["seconds_to_start"] for run in runs),
        "seconds_per_step": mean(run["seconds_per_step"] for run in runs),
        "seconds_per_step_max": max(run["seconds_per_step_max"] for run in runs),
        "longest_wait": max(run["longest_wait"] for run in runs),
        "deadlocks": sum(run["deadlock"] for run in runs),
        "livelocks": sum(run["livelock"] for run in runs),
        "faults": sum(len(run["faults"]) for run in runs),
        "runs": list(runs),
    }


def sound(figures: dict[str, Any]) -> bool:
    """Whether no step was at fault, and the planner of the product let nobody down."""
    own = figures["planners"]["caravan"]
    wrong = sum(planner["faults"] for planner in figures["planners"].values())
    return not (wrong or own["deadlocks"] or own["livelocks"])


def show(figures: dict[str, Any], screen: Screen) -> None:
    """The table, and what is published where it is the same task."""
    grid = figures["map"]
    title = f"{grid['name']} ({grid['width']} x {grid['height']}, {grid['free']} free): {figures['agents']} agents, "
    title += f"{figures['steps']} steps, {len(figures['seeds'])} seeds"
    planners = figures["planners"].items()
    screen.table(("planner", *_COLUMNS.values()), [(name, *_cells(planner)) for name, planner in planners], title)
    free = figures["planners"]["caravan"]["free_flow_per_step"]
    screen.say(f"free flow, as if each were alone: {free:.2f} targets a step")
    if "published" in figures:
        screen.say(f"published: {PUBLISHED['targets_per_step']} targets a step ({PUBLISHED['what']})")


def _cells(planner: dict[str, Any]) -> list[str]:
    return [
        f"{planner['targets_per_step']:.2f} ({planner['targets_per_step_worst']:.2f})",
        f"{planner['share_of_free_flow']:.1%} ({planner['share_of_free_flow_worst']:.1%})",
        f"{planner['seconds_per_step']:.4f} ({planner['seconds_per_step_max']:.3f})",
        *(str(planner[key]) for key in ("longest_wait", "deadlocks", "livelocks", "faults")),
    ]
