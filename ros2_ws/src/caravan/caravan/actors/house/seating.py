"""Orders to platoons: what they lack, and who takes part as things are when they are given.

Who takes part is settled once, and is then in the agreed Draft: an auction house that starts again finds it there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from caravan.actors.able import able_robots
from caravan.language.bounds import told
from caravan.model.crew import crew_of
from caravan.model.goal import Draft, Task, TaskKind
from caravan.model.site import Site
from caravan.platoon.spacing import STANDSTILL
from caravan.platoon.validity import HEADWAYS


def seated(draft: Draft, site: Site, alive: Collection[str], spoken_to: str | None = None) -> Draft:
    """The Draft with its manoeuvres' seats: as many as they take, of those `alive` where it names nobody."""
    return replace(draft, tasks=tuple(_seated(task, site, alive, spoken_to) for task in draft.tasks))


def _seated(task: Task, site: Site, alive: Collection[str], spoken_to: str | None) -> Task:
    if task.kind is not TaskKind.PLATOON or site.road is None:
        return task
    task = replace(task, robot=task.robot or spoken_to)
    vehicles = tuple(robot for robot in able_robots(site, task) if robot in alive)
    if task.manoeuvre == "form" and task.leader is None and task.robot not in task.members:
        task = replace(task, leader=task.robot)
    if task.manoeuvre == "form" and not task.members and task.robots == 1:
        task = replace(task, robots=max(1, len(vehicles)))
    if task.manoeuvre == "set" and not (task.platoon or task.leader or task.robot or task.members):
        task = replace(task, members=vehicles)
    crew = crew_of(task)
    return replace(task, robots=len(crew), robot=crew[0] if len(crew) == 1 else None)


def lacks(task: Task, site: Site) -> str | None:
    """What is missing in a seated manoeuvre, or beyond its vehicles, in words; None: nothing."""
    return next(_flaws(task, site), None)


def _flaws(task: Task, site: Site) -> Iterator[str]:
    crew = crew_of(task)
    who = {"join": "who shall join it", "leave": "who shall leave it"}.get(task.manoeuvre or "")
    if who is not None and None in crew:
        yield f"{who}? Say it with the vehicle, like 'truck 4'"
    if task.manoeuvre == "form" and len(crew) < 2:
        yield "a platoon takes two vehicles or more; name them, or say how many"
    if task.manoeuvre == "split" and crew == (None,):
        yield "where shall it be split? Say it with the vehicle, like 'after truck 3'"
    if task.manoeuvre == "merge" and (task.platoon is None or task.into is None):
        yield "which platoon shall drive on in which? Say it with both names"
    if task.manoeuvre == "set" and task.speed is None and task.headway is None and task.gap is None:
        yield "on what shall they agree? Say it with a speed or a headway, like '70 km/h' or 'half a second headway'"
    yield from _limits(task, site, [name for name in crew if name is not None])


def _limits(task: Task, site: Site, named: list[str]) -> Iterator[str]:
    assert site.road is not None, "the guard lets no manoeuvre pass without one"
    low, high = HEADWAYS
    if task.headway is not None and not low <= task.headway <= high:
        yield f"{task.headway:g} s is no headway; from {low:g} s to {high:g} s is allowed"
    speed = task.speed or site.road.speed
    near, far = (STANDSTILL + headway * speed for headway in HEADWAYS)
    if task.headway is None and task.gap is not None and not near <= task.gap <= far:
        yield f"a gap of {task.gap:g} m is not allowed at {speed:g} m/s; from {near:.1f} m to {far:.1f} m is"
    for name in named:
        most = site.robots[name].speed
        if task.speed is not None and task.speed > most:
            yield f"{told(task.speed, site)} is not allowed for {name}; it drives up to {told(most, site)}"
