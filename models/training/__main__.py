"""`python -m models.training`: corpus, tokenizer, training and GGUF of one model of the jury, in one go."""

import argparse
import itertools
import os
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from . import export, tokenizer, train
from .corpus import INTENTS, stream
from .corpus.pen import PARTS
from .network import Shape

TOKENIZER_SAMPLES = 30_000
LARGE_BATCHES: Mapping[str, Any] = {"budget": 32768, "matrix_rate": 3e-3, "vector_rate": 2e-3}
"""What a GPU needs to be busy, and the rates that go with it."""
SHAPES = (
    Shape(),
    Shape(),
    Shape(width=384, layers=5, heads=6, inner=896),
    Shape(width=256, layers=10, heads=4, inner=704),
)
"""By number, all of some nine million parameters: networks of unlike build err apart, and the jury lives on that."""


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("number", type=int, choices=range(PARTS + 1), help="its seed and part; 0: the whole corpus")
    parser.add_argument("--minutes", type=float, default=70.0, help="training time in all, over restarts")
    parser.add_argument("--start-from", type=Path, metavar="GGUF", help="go on from these weights and their tokenizer")
    parser.add_argument("--rate", type=float, default=1.0, help="times the usual rates; less than 1 to go on")
    parser.add_argument(
        "--weight",
        type=weight,
        action="append",
        default=[],
        metavar="INTENT=NUMBER",
        help=f"draw these sentences so often (as usual: {', '.join(f'{k}={v:g}' for k, v in INTENTS.items())})",
    )
    parser.add_argument("--out", type=Path, default=Path("build/model"), help="where the folder of the model goes")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of the training")
    parser.add_argument(
        "--workers", type=int, help="processes that make sentences (1; with a GPU a third of the cores)"
    )
    parser.add_argument("--export-only", action="store_true", help="write the last checkpoint, do not train")
    return parser.parse_args()


def weight(text: str) -> tuple[str, float]:
    """ "road=50" as an intent of the corpus and its weight."""
    intent, _, number = text.partition("=")
    if intent not in INTENTS:
        raise argparse.ArgumentTypeError(f"{intent!r} is none of {', '.join(INTENTS)}")
    return intent, float(number)


def fit(run: train.Run, recipe: train.Recipe, vocabulary: Path, out: Path) -> None:
    """Trains with a progress bar; goes on from a checkpoint."""
    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Bar(*columns, refresh_per_second=0.2) as bar:
        line = bar.add_task("starting", total=recipe.minutes * 60)

        def report(at: train.Progress) -> None:
            told = f"step {at.step}  {at.sequences} sequences  loss {at.loss:.4f}  held-out {at.exact:.3f}"
            bar.update(line, completed=at.seconds, description=told)
            if at.step % 100 == 0 and not bar.console.is_terminal:
                bar.console.print(f"{at.seconds:.0f} s  {told}", highlight=False)

        train.train(run, recipe, vocabulary, out, report)


def main() -> None:
    """Runs every stage that is not done yet."""
    args = options()
    torch.set_num_threads(args.threads)
    out = args.out / f"caravan-reader-s{args.number}"
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = out / "tokenizer.json"
    if args.start_from:
        tokenizer.restore(args.start_from, vocabulary)
    elif not vocabulary.exists():
        tokenizer.learn(itertools.islice(stream(random.Random("tokenizer")), TOKENIZER_SAMPLES), vocabulary)
    gpu = torch.cuda.is_available()
    recipe = train.Recipe(
        minutes=args.minutes,
        seed=args.number,
        part=args.number - 1 if args.number else None,
        weights={**INTENTS, **dict(args.weight)},
        workers=args.workers or (max(1, (os.cpu_count() or 1) // PARTS) if gpu else 1),
        **(LARGE_BATCHES if gpu else {}),
    )
    recipe = replace(recipe, matrix_rate=recipe.matrix_rate * args.rate, vector_rate=recipe.vector_rate * args.rate)
    if args.start_from:
        recipe = replace(recipe, short_until=0.0)
    run = train.start(SHAPES[args.number], recipe, "cuda" if gpu else "cpu", args.start_from)
    train.resume(run, out / "checkpoint.pt")
    if not args.export_only:
        fit(run, recipe, vocabulary, out)
    export.write(run.averaged, vocabulary, out / f"{out.name}.gguf", out.name)


if __name__ == "__main__":
    main()
