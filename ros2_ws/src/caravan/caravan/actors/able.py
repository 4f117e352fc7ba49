"""Which robots may bid on a task."""

from __future__ import annotations

from caravan.auction import ledger
from caravan.model.goal import Goal, Task, TaskRecord
from caravan.model.market import HALTED, RobotState
from caravan.model.site import Site


class Able:
    """The robots of a site by what they can do."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
        """By the item and the capabilities that a task needs."""

    def robots(self, goal: Goal, record: TaskRecord, count: int) -> list[str]:
        """Robots that have what the task needs and have not just refused or failed it, if `count` are left.

        Where they are fewer, those who did are asked again.
        """
        named, taken = record.task.robot or goal.robot, ledger.taken(goal, record)
        needs = (record.task.item, record.task.needs)
        if needs not in self._known:
            self._known[needs] = able_robots(self._site, record.task)
        able = [r for r in self._known[needs] if named in (None, r) and r not in taken]
        willing = [r for r in able if r not in record.excluded]
        return willing if len(willing) >= count else able


def able_robots(site: Site, task: Task) -> list[str]:
    """Names of the site's robots that have the capabilities which the task and its item need, sorted."""
    item = site.items.get(task.item or "")
    needs = {*task.needs, *(item.needs if item is not None else ())}
    return sorted(r.id for r in site.robots.values() if needs <= set(r.capabilities))


def halted(state: RobotState | None) -> bool:
    """Whether a robot says that it was ordered to halt."""
    return state is not None and state.activity == HALTED


def unfit(state: RobotState) -> bool:
    """Whether a robot says that it can take no task now."""
    return state.activity in (HALTED, "charging")
