"""Which robots may bid on a task, and what a robot itself has against it."""

from __future__ import annotations

from collections.abc import Callable

from caravan.auction import ledger
from caravan.language.guard import objection
from caravan.model.ability import at_once, stops_of, unable
from caravan.model.goal import Goal, Task, TaskRecord
from caravan.model.market import HALTED, RobotState
from caravan.model.site import Robot, Site


class Able:
    """The robots of a site by what they can do."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[tuple[object, ...], list[str]] = {}
        """By what decides who is able: kind, item, capabilities, and the places where the site has zones."""

    def robots(self, goal: Goal, record: TaskRecord, count: int) -> list[str]:
        """Robots that have what the task needs and have not just refused or failed it, if `count` are left.

        Where they are fewer, those who did are asked again.
        """
        named, taken = record.task.robot or (None if record.seat else goal.robot), ledger.taken(goal, record)
        places = stops_of(record.task) if self._site.policy.zones else ()
        needs = (record.task.kind, record.task.item, record.task.needs, places)
        if needs not in self._known:
            self._known[needs] = able_robots(self._site, record.task)
        able = [r for r in self._known[needs] if named in (None, r) and r not in taken]
        willing = [r for r in able if r not in record.excluded]
        return willing if len(willing) >= count else able


def able_robots(site: Site, task: Task) -> list[str]:
    """Names of the site's robots that can and may do the task, sorted."""
    return sorted(r.id for r in site.robots.values() if unable(r, task, site) is None)


def admission(robot: Robot, site: Site) -> Callable[[Task], int]:
    """How many of a task's item the robot carries at once, asked before it takes or begins the task.

    Raises ValueError for a task to which the robot, by its own copy of the site, objects.
    """

    def admit(task: Task) -> int:
        flaw = objection(task, robot, site)
        if flaw is not None:
            raise ValueError(flaw)
        return at_once(robot, site.items.get(task.item or ""))

    return admit


def halted(state: RobotState | None) -> bool:
    """Whether a robot says that it was ordered to halt."""
    return state is not None and state.activity == HALTED


def unfit(state: RobotState) -> bool:
    """Whether a robot says that it can take no task now."""
    return state.activity in (HALTED, "charging")
