"""Whether a step is one that robots can take. It knows cells alone, and shares no code with any planner."""

from __future__ import annotations

from collections.abc import Collection, Sequence

Cell = tuple[int, int]


def step_faults(free: Collection[Cell], before: Sequence[Cell], after: Sequence[Cell]) -> list[str]:
    """What is wrong with the step from the cells `before` to the cells `after`, one a robot; nothing where it is sound.

    Robots stay or go to a free cell above, below, left or right; no two are in one cell, no two change places.
    """
    if len(before) != len(after):
        return [f"{len(before)} robots before the step, {len(after)} after it"]
    wrong = []
    holder: dict[Cell, int] = {}
    moves: dict[tuple[Cell, Cell], int] = {}
    for robot, (old, new) in enumerate(zip(before, after, strict=True)):
        if new not in free:
            wrong.append(f"robot {robot} is in {new}, which is not free")
        if abs(old[0] - new[0]) + abs(old[1] - new[1]) > 1:
            wrong.append(f"robot {robot} jumps from {old} to {new}")
        if new in holder:
            wrong.append(f"robots {holder[new]} and {robot} are both in {new}")
        if old != new and (new, old) in moves:
            wrong.append(f"robots {moves[new, old]} and {robot} change places between {old} and {new}")
        holder[new] = robot
        moves[old, new] = robot
    return wrong


def start_faults(free: Collection[Cell], start: Sequence[Cell]) -> list[str]:
    """What is wrong with the cells where robots start."""
    wrong = [f"robot {robot} starts in {cell}, not free" for robot, cell in enumerate(start) if cell not in free]
    return wrong + (["two robots start in one cell"] if len(set(start)) < len(start) else [])
