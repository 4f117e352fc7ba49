"""`caravan parse`: what sentences mean at a site, as docs/goal_language.md says; no robots, no ROS."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from caravan.adapters.site_file import read_site
from caravan.language.parse import ReadFailure, read
from caravan.language.prompt import Complete
from caravan.language.spans import BadText, tidy
from caravan.language.words import draft_words
from caravan.model.goal import Reading, draft_to_json
from caravan.model.site import Site
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, add_model, add_site, sentence
from caravan_cli.readers import reader
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or

BAR_FROM = 5
"""Sentences from which on a progress bar is shown."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="a sentence")
    parser.add_argument("--file", metavar="FILE", help="a file of sentences, one a line (- is standard input)")
    add_model(parser)
    add_site(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Reads each sentence, and shows it as soon as it is read; 1 where the model failed on one."""
    if (args.text is None) == (args.file is None):
        raise Complaint('say what to read, one of both: caravan parse "TEXT" or caravan parse --file FILE')
    sentences = [sentence(args.text)] if args.file is None else _lines(args.file)
    site = read_site(given_or(args.site, "config/warehouse.yaml"))
    screen = Screen(as_json=args.json)
    shown = len(sentences) >= BAR_FROM and sys.stderr.isatty()
    results = []
    with reader(args.model) as model, counter(Console(stderr=True), "sentences", shown=shown) as bar:
        task = bar.add_task("", total=len(sentences))
        for text in sentences:
            results.append(_read(text, site, model))
            _show(text, results[-1], screen)
            bar.advance(task)
    bad = [result.note for result in results if isinstance(result, BadText)]
    if bad:
        raise Complaint(f"{args.file}: {len(bad)} of {len(results)} sentences cannot be read: {bad[0]}")
    return 1 if any(isinstance(result, ReadFailure) for result in results) else 0


def _lines(file: str) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        lines = data.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise Complaint(f"{file}: {error.strerror}; name a file of sentences, one a line") from None
    except UnicodeDecodeError as error:
        raise Complaint(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    sentences = [line.removesuffix("\r") for line in lines if line.strip()]
    if not sentences:
        raise Complaint(f"{file}: there is no sentence in it; write one a line")
    return sentences


def _read(text: str, site: Site, model: Complete) -> Reading | BadText | ReadFailure:
    cleaned = tidy(text)
    return cleaned if isinstance(cleaned, BadText) else read(text, site, model)


def _show(text: str, result: Reading | BadText | ReadFailure, screen: Screen) -> None:
    if isinstance(result, Reading):
        draft = draft_to_json(result.draft)
        screen.emit({"text": text, "draft": draft, **_figures(result.confidence, result.seconds)})
        if not screen.as_json:
            screen.say(f"{text}\n  {draft_words(draft)}  ({result.confidence:.0%}, {result.seconds:.2f} s)")
        return
    screen.emit({"text": text, "draft": None, **_figures(0.0, 0.0), "note": result.note})
    if isinstance(result, ReadFailure):
        screen.say(f"{text}\n  could not be read: {result.note}", "red")


def _figures(confidence: float, seconds: float) -> dict[str, float]:
    return {"confidence": round(confidence, 4), "seconds": round(seconds, 4)}
