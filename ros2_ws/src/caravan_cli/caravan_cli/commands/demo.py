"""`caravan demo`: six robots, six goals, and whether all came out as config/demo.yaml says; or trucks and orders."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

from caravan.actors.house.seating import seated
from caravan.adapters.site_file import read_site
from caravan.model.goal import GoalState
from caravan.model.site import Site
from caravan_cli.complaint import Complaint
from caravan_cli.demo_plan import DemoPlan, Wish, read_plan
from caravan_cli.demo_virtual import run_virtual
from caravan_cli.filming import add_video, filmed
from caravan_cli.live import LiveBoard
from caravan_cli.options import add_json, add_model, add_seed, number
from caravan_cli.readers import reader, recorded_readers
from caravan_cli.render import Screen
from caravan_cli.report import DemoRun, report, save, show
from caravan_cli.resources import given_or
from caravan_cli.ros import need_ros
from caravan_ros.reading import check_models


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is said (a plan file), at which rate where none is given, and how the names of the results begin."""

    plan: str
    rate: float
    prefix: str


STORIES = {
    "warehouse": Story(plan="config/demo.yaml", rate=5.0, prefix=""),
    "platoon": Story(plan="config/platoon_demo.yaml", rate=4.0, prefix="platoon_"),
}
VIRTUAL_PAUSE = 60.0
"""Virtual time between two lines of progress, s."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "story",
        nargs="?",
        choices=STORIES,
        default="warehouse",
        metavar="STORY",
        help="warehouse: six robots and six goals; platoon: trucks on a road and five orders (default: warehouse)",
    )
    parser.add_argument("--no-ros", action="store_true", help="in virtual time, in one process, replayable")
    add_seed(parser)
    parser.add_argument(
        "--rate",
        type=number(0.1, 20.0),
        metavar="R",
        help="simulated seconds in a real one (default: 5, with trucks 4)",
    )
    parser.add_argument("--plan", metavar="FILE", help="what is said and expected (default: that of the story)")
    add_model(parser)
    add_video(parser)
    parser.add_argument("--out", default="out", metavar="DIR", help="where results and logs go (default: out)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the demo; 0 only where every goal came out as the plan says and no robot touched anything."""
    begun = time.monotonic()
    if args.video is not None and not args.no_ros:
        raise Complaint("--video is made of a demo in virtual time; add --no-ros")
    story = STORIES[args.story]
    plan = read_plan(given_or(args.plan, story.plan))
    site = read_site(plan.site)
    out = _folder(args.out, story.prefix)
    screen = Screen(as_json=args.json)
    with LiveBoard(screen, pause=VIRTUAL_PAUSE if args.no_ros else 10.0) as board:
        demo = _virtual(args, plan, site, board) if args.no_ros else _real(args, plan, site, board, out)
    meant = [_meant(wish, site) for wish in plan.wishes]
    figures = report(demo, meant, board.board, time.monotonic() - begun)
    files = save(demo, figures, site, out, story.prefix)
    show(figures, screen)
    screen.say(f"written: {', '.join(map(str, files))}", "dim")
    screen.emit(figures)
    return 0 if figures["ok"] else 1


def _meant(wish: Wish, site: Site) -> Wish:
    """The wish with who takes part, which follows from what is read unless it is refused."""
    return wish if wish.outcome is GoalState.REFUSED else replace(wish, draft=seated(wish.draft, site, site.robots))


def _virtual(args: argparse.Namespace, plan: DemoPlan, site: Site, board: LiveBoard) -> DemoRun:
    readers = reader(args.model) if args.model else recorded_readers()
    with readers as models, filmed(args.video, site, f"Caravan: {site.name}") as film:
        return run_virtual(site, plan, models, args.seed, board, film)


def _real(args: argparse.Namespace, plan: DemoPlan, site: Site, board: LiveBoard, out: Path) -> DemoRun:
    need_ros("caravan demo --no-ros")
    check_models(args.model or "")
    # Loaded here because `demo --no-ros` must do without ROS.
    from caravan_cli.demo_ros import run_real

    return run_real(
        plan, site, board, out, rate=args.rate or STORIES[args.story].rate, seed=args.seed, model=args.model or ""
    )


def _folder(path: str, prefix: str) -> Path:
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{prefix}demo.json").unlink(missing_ok=True)
    except OSError as error:
        raise Complaint(f"--out {path}: {error.strerror}; name a folder that can be written to") from None
    return folder
