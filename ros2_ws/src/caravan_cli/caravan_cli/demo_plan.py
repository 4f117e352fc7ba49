"""What a demo says and what must come of it: config/demo.yaml, config/platoon_demo.yaml.

site: warehouse.yaml                # beside this file
pause: 20                           # each is said so many s after the end of the one before; left out: all at once
goals:
  - text: Bring two pallets from dock 3 to aisle B.
    draft: {intent: tasks, tasks: [{id: t1, kind: deliver, ...}]}     # docs/goal_language.md
    outcome: done                   # or asked, refused, failed, cancelled
    told: 90 km/h                   # what the answer must have in it; may be left out
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from caravan.adapters.fields import Field, load
from caravan.model.goal import FINAL_GOAL_STATES, Draft, GoalState, draft_from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A sentence, what it must be read as, how the goal must end, and what the answer must have in it."""

    text: str
    draft: Draft
    outcome: GoalState
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """A site file and the goals to be said there, in order, each `pause` s after the end of the one before.

    None: they are said one right after the other.
    """

    site: Path
    wishes: tuple[Wish, ...]
    pause: float | None = None


def read_plan(file: Path) -> DemoPlan:
    """The plan in a file. Raises SiteError naming file, field, value and remedy."""
    top = load(file)
    given = top.fields("site", "goals", "pause")
    for key in ("site", "goals"):
        if key not in given:
            raise top.error(f"the key {key!r} is missing")
    wishes = tuple(_wish(entry) for entry in given["goals"].items())
    if not wishes:
        raise given["goals"].error("name one goal or more")
    pause = given["pause"].number(0.0) if "pause" in given else None
    return DemoPlan(site=file.parent / given["site"].text(), wishes=wishes, pause=pause)


def _wish(entry: Field) -> Wish:
    given = entry.fields("text", "draft", "outcome", "told")
    for key in ("text", "draft", "outcome"):
        if key not in given:
            raise entry.error(f"the key {key!r} is missing")
    ends = sorted(state.value for state in FINAL_GOAL_STATES)
    if given["outcome"].text() not in ends:
        raise given["outcome"].error(f"this must be one of {', '.join(ends)}")
    return Wish(
        text=given["text"].text(),
        draft=_draft(given["draft"]),
        outcome=GoalState(given["outcome"].text()),
        told=given["told"].text() if "told" in given else "",
    )


def _draft(field: Field) -> Draft:
    try:
        return draft_from_json(field.value)
    except (ValueError, TypeError, AttributeError) as error:
        raise field.error(f"this is no Draft ({error}); see docs/goal_language.md") from None
