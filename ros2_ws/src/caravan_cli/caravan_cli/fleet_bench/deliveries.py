"""The work of the bench: deliveries from anywhere to anywhere, without end."""

from __future__ import annotations

import random
from collections.abc import Iterator

from caravan.model.ability import unable
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.site import Site
from caravan_cli.complaint import Complaint


def deliveries(site: Site, rng: random.Random) -> Iterator[Draft]:
    """Goals of one delivery each, between places that are no chargers, of items that some robot carries.

    Raises Complaint where the site has no such places or items.
    """
    places = sorted(p.id for p in site.places.values() if p.position is not None and not p.charger)
    carried = [item for item in sorted(site.items) if any(_carries(site, robot, item) for robot in site.robots)]
    if len(places) < 2 or not carried:
        raise Complaint(
            f"the site {site.name!r} has nothing to deliver: it needs two places with positions that are no chargers, "
            "and an item that one of its robots carries"
        )
    return _drafts(places, carried, rng)


def _carries(site: Site, robot: str, item: str) -> bool:
    return unable(site.robots[robot], Task(id="t1", kind=TaskKind.DELIVER, item=item), site) is None


def _drafts(places: list[str], items: list[str], rng: random.Random) -> Iterator[Draft]:
    while True:
        start, end = rng.sample(places, 2)
        task = Task(id="t1", kind=TaskKind.DELIVER, item=rng.choice(items), from_=start, to=end)
        yield Draft(intent=Intent.TASKS, tasks=(task,))
