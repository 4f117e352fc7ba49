"""`caravan bench language`: how well the models read goals, alone and as a jury, and what it takes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan.adapters.models_file import ModelSettings, read_models
from caravan_cli.complaint import Complaint
from caravan_cli.language_bench.course import Answers, Course, by_case, course, run_course
from caravan_cli.language_bench.crowded import crowded
from caravan_cli.language_bench.figures import Splits, cost, figures, gain, splits, wrong
from caravan_cli.language_bench.overhead import overhead
from caravan_cli.language_bench.tables import show
from caravan_cli.options import add_json, add_seed, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import resource

VOTERS = 3
"""How many models vote together at most: the first ones."""
JURY = "jury"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "--model",
        nargs="+",
        metavar="MODEL",
        help="names in config/models.yaml or GGUF files (default: all of config/models.yaml)",
    )
    parser.add_argument(
        "--count",
        type=whole(1, 100_000),
        default=1000,
        metavar="N",
        help="generated sentences a split: held out, seen names, unseen names (default: 1000)",
    )
    parser.add_argument("--sentences", metavar="DIR", help="sentences written by hand (default: tests/sentences)")
    parser.add_argument("--wrong", metavar="FILE", help="write what was read wrongly there, as JSON lines")
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench."""
    begun, load = time.monotonic(), os.getloadavg()[0]
    models = _models(args.model)
    folder = Path(args.sentences) if args.sentences else resource("tests/sentences/english.jsonl").parent
    screen = Screen(as_json=args.json)
    cases = course(folder, args.count, args.seed)
    answers = _read_all(models, cases)
    judged = _judged(answers, cases)
    result = _figures(answers, judged, cases)
    result |= {"seed": args.seed, "count": args.count, "sentences": len(cases)}
    for name, model in models.items():
        result["models"][name] |= {"grammar_overhead": overhead(model, cases.by_hand), **crowded(model, cases.by_hand)}
    result["seconds"] = round(time.monotonic() - begun, 1)
    result["machine"] = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }
    if args.wrong:
        _write(Path(args.wrong), judged)
    show(result, screen)
    screen.emit(result)
    return 0


def _models(named: list[str] | None) -> dict[str, ModelSettings]:
    """The models to run, by name. Raises Complaint or SiteError."""
    known = read_models(resource("config/models.yaml"))
    if named is None:
        return known
    out: dict[str, ModelSettings] = {}
    for name in named:
        if name in known:
            out[name] = known[name]
        elif name.endswith(".gguf"):
            stem = Path(name).stem
            out[name if stem in {*known, *out} else stem] = ModelSettings(file=Path(name))
        else:
            raise Complaint(
                f"--model {name}: neither a name of config/models.yaml ({', '.join(known)}) nor a GGUF file"
            )
    return out


def _read_all(models: dict[str, ModelSettings], cases: Course) -> dict[str, Answers]:
    with counter(Console(stderr=True), "sentences", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(cases) * len(models))
        return {name: run_course(model, cases, lambda: bar.advance(task)) for name, model in models.items()}


def _judged(answers: dict[str, Answers], cases: Course) -> dict[str, Splits]:
    """What each reader makes of each case: every model, and the jury where there is more than one."""
    read = list(by_case(answers, cases))
    judged = {name: splits(cases, [{name: results[name]} for _, results in read]) for name in answers}
    members = list(answers)[:VOTERS]
    if len(members) > 1:
        judged[JURY] = splits(cases, [{name: results[name] for name in members} for _, results in read])
    return judged


def _figures(answers: dict[str, Answers], judged: dict[str, Splits], cases: Course) -> dict[str, Any]:
    out: dict[str, Any] = {name: figures(judged[name]) | cost(answers[name], cases) for name in answers}
    if JURY not in judged:
        return {"models": out, "jury": None, "gain": None}
    members = list(answers)[:VOTERS]
    return {
        "models": out,
        "jury": {"members": members, **figures(judged[JURY])},
        "gain": gain({name: judged[name] for name in members}, judged[JURY]),
    }


def _write(file: Path, judged: dict[str, Splits]) -> None:
    rows = [json.dumps(row, ensure_ascii=False) for name, read in judged.items() for row in wrong(name, read)]
    try:
        file.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise Complaint(f"{file}: {error.strerror}; name a file that can be written") from None


def _processor() -> str:
    """What the machine calls its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "processor unknown")
