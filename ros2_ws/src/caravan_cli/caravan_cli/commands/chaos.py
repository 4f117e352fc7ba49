"""`caravan chaos`: many stories of faults in virtual time, and the laws that broke."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan.adapters.site_file import read_site
from caravan.chaos.laws import LAWS
from caravan.chaos.live import Verdict, live
from caravan.chaos.shrink import shrink
from caravan.chaos.speech import sentence
from caravan.chaos.story import Fault, Story, story, story_from_json, story_to_json
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.sim.world import World
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, add_site, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--seeds", type=whole(1, 10**6), default=100, metavar="N", help="stories (default: 100)")
    parser.add_argument("--first", type=whole(0, 2**31 - 1), default=0, metavar="SEED", help="the first (default: 0)")
    parser.add_argument("--jobs", type=whole(1, 256), default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--story", metavar="FILE", help="this story alone, as an earlier run has kept it")
    parser.add_argument("--out", metavar="DIR", default="out/chaos", help="keeps what broke (default: out/chaos)")
    add_site(parser)
    add_json(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lived:
    """What came of a story, and the smallest that breaks the same law if it broke one."""

    verdict: Verdict
    small: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Where all stories play: a site, and its world, which is read once for them."""

    site: Site
    world: World | None


@dataclass(slots=True)
class _Tally:
    """What came of the stories so far."""

    stories: int = 0
    events: int = 0
    virtual: float = 0.0
    traces: list[str] = field(default_factory=list)
    violations: list[dict[str, Any]] = field(default_factory=list)


def run(args: argparse.Namespace) -> int:
    """Lives through the stories; 0 only where no law broke."""
    given = given_or(args.site, "config/warehouse.yaml")
    site = read_site(given)
    screen = Screen(as_json=args.json)
    begun = time.monotonic()
    if args.story is not None:
        told = [_read(Path(args.story))]
    else:
        told = _tell(range(args.first, args.first + args.seeds), site)
    tally = _Tally()
    with counter(Console(stderr=True), "stories", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(told))
        for lived in _all(told, site, given, args.jobs):
            _take(lived, tally, screen, Path(args.out), args.site)
            bar.advance(task)
    seconds = time.monotonic() - begun
    broken = len(tally.violations)
    screen.say(
        f"{tally.stories} stories, {broken} of them broke a law; {tally.events} events,"
        f" {tally.virtual / 3600.0:.1f} h of virtual time in {seconds:.0f} s",
        "red" if broken else "green",
    )
    figures = {"seeds": tally.stories, "violations": tally.violations, "events": tally.events}
    times = {"virtual_seconds": round(tally.virtual, 1), "seconds": round(seconds, 1)}
    screen.emit({**figures, **times, "trace": sha256("".join(tally.traces).encode()).hexdigest()})
    return 1 if broken else 0


def _all(told: list[Story], site: Site, given: Path, jobs: int) -> Iterator[_Lived]:
    """What came of each story, in their order."""
    if jobs == 1:
        scene = _scene(site)
        yield from (_live(each, scene) for each in told)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_open, initargs=(given,)) as pool:
        yield from pool.map(_live_there, told, chunksize=4)


_SCENES: list[_Scene] = []
"""The scene of a process that lives through stories for another."""


def _open(given: Path) -> None:
    _SCENES.append(_scene(read_site(given)))


def _live_there(told: Story) -> _Lived:
    return _live(told, _SCENES[0])


def _scene(site: Site) -> _Scene:
    return _Scene(site=site, world=None if site.world is None else read_world(site.world))


def _live(told: Story, scene: _Scene) -> _Lived:
    def through(some: Story) -> Verdict:
        return live(some, scene.site, world=scene.world)

    verdict = through(told)
    if not verdict.violations:
        return _Lived(verdict=verdict)
    law = verdict.violations[0].law
    small = shrink(told, lambda smaller: any(v.law == law for v in through(smaller).violations))
    return _Lived(verdict=verdict, small=small)


def _take(lived: _Lived, tally: _Tally, screen: Screen, out: Path, given: str | None) -> None:
    verdict, small = lived.verdict, lived.small
    tally.stories += 1
    tally.events += verdict.events
    tally.virtual += verdict.seconds
    tally.traces.append(verdict.trace)
    if small is None:
        return
    file = out / f"story_{small.seed}.json"
    out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(story_to_json(small), indent=1) + "\n", encoding="utf-8")
    _show(verdict, small, screen)
    screen.say(f"  again: caravan chaos --story {file}" + (f" --site {given}" if given else ""))
    tally.violations.append(_found(verdict, small))


def _tell(seeds: range, site: Site) -> list[Story]:
    try:
        return [story(seed, site) for seed in seeds]
    except ValueError as error:
        raise Complaint(str(error)) from None


def _read(file: Path) -> Story:
    try:
        return story_from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        remedy = "give a file that caravan chaos has kept"
        raise Complaint(f"{file}: no story ({type(error).__name__}: {error}); {remedy}") from None


def _found(verdict: Verdict, small: Story) -> dict[str, Any]:
    violation = verdict.violations[0]
    found = {"seed": small.seed, "law": violation.law, "story": story_to_json(small)}
    return {**found, "at": violation.at, "note": violation.note, "trace": verdict.trace}


def _show(verdict: Verdict, small: Story, screen: Screen) -> None:
    violation = verdict.violations[0]
    screen.say(f"seed {small.seed} breaks the law {violation.law!r}: {LAWS[violation.law]}", "red")
    screen.say(f"  {violation.at:.1f} s: {violation.note}")
    screen.say(f"  the smallest story that breaks it (radio: {_radio(small)}):")
    lines = [(wish.at, f'"{sentence(wish)}"' + _taken_back(wish.cancel)) for wish in small.wishes]
    lines += [(fault.at, _struck(fault)) for fault in small.faults]
    for at, line in sorted(lines):
        screen.say(f"    {at:5.1f} s  {line}")


def _struck(fault: Fault) -> str:
    amount = f", {fault.amount:g}" if fault.amount else ""
    return f"{fault.kind} {' and '.join((fault.who, *fault.along))}, {fault.span:g} s{amount}"


def _radio(told: Story) -> str:
    radio = told.radio
    return f"delays to {radio.delay_max:g} s, loss {radio.loss:.0%}, doubled {radio.duplicate:.0%}"


def _taken_back(cancel: float | None) -> str:
    return f", taken back at {cancel:g} s" if cancel is not None else ""
