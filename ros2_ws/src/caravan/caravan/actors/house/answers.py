"""Answers to questions about the fleet."""

from __future__ import annotations

from collections.abc import Sequence

from caravan.model.goal import FINAL_GOAL_STATES, Draft, Goal
from caravan.model.market import RobotState
from caravan.model.site import Site


def answer(draft: Draft, site: Site, goals: Sequence[Goal], robots: Sequence[RobotState]) -> str:
    """The answer to a query Draft, one line for each thing it is about."""
    of_robot = draft.target if draft.target in site.robots else None
    of_goal = next((g for g in goals if g.id == draft.target), None)
    chosen = [r for r in robots if of_robot in (None, r.robot)]
    if of_robot is not None and not chosen:
        return f"{of_robot} has not been heard of lately"
    match draft.about:
        case "battery":
            lines = [f"{r.robot}: {r.battery:.0%}" for r in chosen]
        case "where":
            lines = _where(draft, site, chosen)
        case "robots":
            lines = [f"{r.robot}: {r.activity}, battery {r.battery:.0%}" for r in chosen]
        case _:
            lines = _status(of_robot, of_goal, goals)
            if of_goal is None:
                lines += [f"{r.robot}: {r.activity}" for r in chosen]
    return "\n".join(lines) or "nothing is under way"


def _where(draft: Draft, site: Site, robots: Sequence[RobotState]) -> list[str]:
    place = site.places.get(draft.target or "")
    if place is not None and place.position is not None:
        return [f"{place.id}: x {place.position.x:.1f} m, y {place.position.y:.1f} m"]
    return [f"{r.robot}: x {r.pose.x:.1f} m, y {r.pose.y:.1f} m, {r.activity}" for r in robots]


def _status(robot: str | None, goal: Goal | None, goals: Sequence[Goal]) -> list[str]:
    shown = [goal] if goal is not None else [g for g in goals if g.state not in FINAL_GOAL_STATES]
    lines = []
    for each in shown:
        tasks = [t for t in each.tasks if robot in (None, t.robot)]
        if each is goal:
            lines.append(f"{each.id} is {each.state}. {each.message}".strip())
        lines += [f"{t.id}: {t.state}, {t.progress:.0%}, {t.robot or 'no robot yet'}. {t.note}".strip() for t in tasks]
    return lines
