"""`caravan chaos`: many stories of faults in virtual time, and the laws that broke."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from rich.console import Console

from caravan.adapters.site_file import read_site
from caravan.chaos.laws import LAWS, Violation
from caravan.chaos.live import Verdict, live
from caravan.chaos.shrink import shrink
from caravan.chaos.speech import sentence
from caravan.chaos.story import Story, story, story_to_json
from caravan.model.site import Site
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, add_site, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--seeds", type=whole(1, 10**6), default=100, metavar="N", help="stories (default: 100)")
    parser.add_argument("--first", type=whole(0, 2**31 - 1), default=0, metavar="SEED", help="the first (default: 0)")
    add_site(parser)
    add_json(parser)


@dataclass(slots=True)
class _Tally:
    """What came of the stories so far."""

    seeds: int = 0
    events: int = 0
    virtual: float = 0.0
    traces: list[str] = field(default_factory=list)
    violations: list[dict[str, Any]] = field(default_factory=list)


def run(args: argparse.Namespace) -> int:
    """Lives through the stories; 0 only where no law broke."""
    site = read_site(given_or(args.site, "config/warehouse.yaml"))
    screen = Screen(as_json=args.json)
    begun = time.monotonic()
    tally = _Tally()
    with counter(Console(stderr=True), "stories", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=args.seeds)
        for seed in range(args.first, args.first + args.seeds):
            _one(seed, site, tally, screen, args.site)
            bar.advance(task)
    seconds = time.monotonic() - begun
    broken = len({found["seed"] for found in tally.violations})
    screen.say(
        f"{tally.seeds} stories, {broken} of them broke a law; {tally.events} events,"
        f" {tally.virtual / 3600.0:.1f} h of virtual time in {seconds:.0f} s",
        "red" if broken else "green",
    )
    figures = {"seeds": tally.seeds, "violations": tally.violations, "events": tally.events}
    times = {"virtual_seconds": round(tally.virtual, 1), "seconds": round(seconds, 1)}
    screen.emit({**figures, **times, "trace": sha256("".join(tally.traces).encode()).hexdigest()})
    return 1 if broken else 0


def _one(seed: int, site: Site, tally: _Tally, screen: Screen, given: str | None) -> None:
    verdict = live(_told(seed, site), site)
    tally.seeds += 1
    tally.events += verdict.events
    tally.virtual += verdict.seconds
    tally.traces.append(verdict.trace)
    if not verdict.violations:
        return
    law = verdict.violations[0].law
    small = shrink(verdict.story, lambda told: any(v.law == law for v in live(told, site).violations))
    _show(verdict, small, screen, given)
    tally.violations += [_found(seed, violation, small, verdict) for violation in verdict.violations[:1]]


def _told(seed: int, site: Site) -> Story:
    try:
        return story(seed, site)
    except ValueError as error:
        raise Complaint(str(error)) from None


def _found(seed: int, violation: Violation, small: Story, verdict: Verdict) -> dict[str, Any]:
    found = {"seed": seed, "law": violation.law, "story": story_to_json(small)}
    return {**found, "at": violation.at, "note": violation.note, "trace": verdict.trace}


def _show(verdict: Verdict, small: Story, screen: Screen, given: str | None) -> None:
    violation = verdict.violations[0]
    screen.say(f"seed {small.seed} breaks the law {violation.law!r}: {LAWS[violation.law]}", "red")
    screen.say(f"  {violation.at:.1f} s: {violation.note}")
    screen.say(f"  the smallest story that breaks it (radio: {_radio(small)}):")
    lines = [(wish.at, f'"{sentence(wish)}"' + _taken_back(wish.cancel)) for wish in small.wishes]
    lines += [(f.at, f"{f.kind} {f.who}, {f.span:g} s" + (f", {f.amount:g}" if f.amount else "")) for f in small.faults]
    for at, line in sorted(lines):
        screen.say(f"    {at:5.1f} s  {line}")
    site = f" --site {given}" if given else ""
    screen.say(f"  again: caravan chaos --seeds 1 --first {small.seed}{site}")


def _radio(told: Story) -> str:
    radio = told.radio
    return f"delays to {radio.delay_max:g} s, loss {radio.loss:.0%}, doubled {radio.duplicate:.0%}"


def _taken_back(cancel: float | None) -> str:
    return f", taken back at {cancel:g} s" if cancel is not None else ""
