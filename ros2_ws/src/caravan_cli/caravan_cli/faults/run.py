"""A whole campaign: the fleet, its network, the faults, and the figures of what came of it."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.journal import Journal
from caravan.adapters.site_file import read_site, robots_of
from caravan.adapters.start_log import starts
from caravan.model.goal import Goal
from caravan.model.market import Event
from caravan_cli.account import doubled
from caravan_cli.board import percentile
from caravan_cli.complaint import Complaint
from caravan_cli.faults import count
from caravan_cli.faults.campaign import Campaign, spread
from caravan_cli.faults.flow import Flow
from caravan_cli.faults.network import ENVIRONMENT, Network, NoNetwork, network
from caravan_cli.faults.plan import ALWAYS, plan_faults
from caravan_cli.faults.watch import Case
from caravan_cli.own_fleet import LOCAL, own_fleet
from caravan_cli.resources import resource
from caravan_ros.plan import Process, auction_journals, fleet_plan, start_logs

AT_ONCE = 2
"""Goals under way for each robot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the campaign shall be; `rate` in simulated seconds a real one, `apart` in s as in `plan_faults`."""

    site: Path
    robots: int
    auction_nodes: int
    events: int
    rate: float
    seed: int
    network: bool
    apart: float | None
    logs: Path


def run_campaign(wishes: Wishes, tell: Callable[[str], None]) -> dict[str, Any]:
    """The figures, as JSON values. Raises Complaint where network namespaces are wanted and not allowed."""
    houses = tuple(auction_journals("", wishes.auction_nodes))
    with _network(wishes, houses) as net:
        journals: list[Path] = []

        def plan(journal: Path) -> Sequence[Process]:
            journals.append(journal)
            return fleet_plan(
                wishes.site,
                robots=wishes.robots,
                rate=wishes.rate,
                seed=wishes.seed,
                model=resource("config/demo_readings.json"),
                journal=journal,
                auction_nodes=wishes.auction_nodes,
            )

        def before(name: str) -> tuple[str, ...]:
            return net.inside(name) if net is not None and name in houses else ()

        environment = LOCAL if net is None else ENVIRONMENT
        with own_fleet(plan, wishes.logs, environment=environment, before=before) as fleet:
            rng = random.Random(wishes.seed)
            kinds = (*ALWAYS, *(net.kinds() if net is not None else ()))
            faults = plan_faults(wishes.events, sorted(set(fleet.robots.values())), kinds, rng, wishes.apart)
            fleet.bring_up()
            flow = Flow(fleet.client, _places(wishes), AT_ONCE * wishes.robots, rng)
            campaign = Campaign(fleet, flow, net, houses[0])
            campaign.run(faults, lambda case: tell(_line(case)))
            campaign.settle()
            fleet.running.stop()
            return {"auction_nodes": len(houses), **_figures(campaign, flow, journals[0], len(houses))}


@contextmanager
def _network(wishes: Wishes, houses: Sequence[str]) -> Iterator[Network | None]:
    if not wishes.network:
        yield None
        return
    try:
        with network(houses) as made:
            os.environ.update(ENVIRONMENT)
            yield made
    except NoNetwork as error:
        raise Complaint(f"--network: {error}; leave it out, or run this as root") from None


def _places(wishes: Wishes) -> list[str]:
    site = robots_of(read_site(wishes.site), wishes.robots)
    return sorted(p.id for p in site.places.values() if p.position is not None and not p.charger)


def _line(case: Case) -> str:
    return f"{case.fault.kind.replace('_', ' ')}: {case.target}, for {case.fault.lasts:.1f} s"


def _figures(campaign: Campaign, flow: Flow, file: Path, auction_nodes: int) -> dict[str, Any]:
    goals, events = _ledger([Path(name) for name in auction_journals(file, auction_nodes).values()])
    logs = {log.stem: starts(log) for log in sorted(start_logs(file).glob("*.starts"))}
    cases = campaign.watch.cases
    return {
        "events": len(cases),
        "kinds": dict(Counter(case.fault.kind.value for case in cases)),
        "accepted": len(flow.accepted),
        "lost": count.not_ended(flow.accepted, goals),
        "states": dict(Counter(goal.state.value for goal in goals)),
        "starts": count.started(logs),
        "doubled_starts": count.doubled_starts(logs),
        "doubled_awards": doubled(events),
        "done_twice": count.done_twice(events),
        "redone": count.redone(logs),
        **_times("robot_noticed", spread(cases, "noticed", agents=True)),
        **_times("robot_work", spread(cases, "work", agents=True)),
        **_times("house_work", spread(cases, "work", agents=False)),
        "cases": [_told(case) for case in cases],
    }


def _told(case: Case) -> dict[str, Any]:
    """A case in JSON values; None: not noticed, or no work that went on."""
    times = {"noticed_s": case.noticed, "work_s": case.work}
    return {
        "kind": case.fault.kind.value,
        "target": case.target,
        "at_s": round(case.fault.at, 1),
        "lasts_s": round(case.fault.lasts, 1),
        "disturbed": case.disturbed,
        **{name: None if value is None else round(value, 2) for name, value in times.items()},
    }


def _ledger(files: Sequence[Path]) -> tuple[list[Goal], list[Event]]:
    """Goals and events of the journal that is furthest."""
    journals = [Journal(file) for file in files]
    try:
        furthest = max(journals, key=Journal.mark)
        return furthest.goals(), furthest.events()
    finally:
        for journal in journals:
            journal.close()


def _times(name: str, values: Sequence[float]) -> dict[str, float | None]:
    """Median and longest, s; None where it never happened."""
    middle, longest = percentile(values, 0.5), max(values, default=None)
    return {f"{name}_{k}_s": None if v is None else round(v, 2) for k, v in (("p50", middle), ("max", longest))}
