"""`python -m models.training`: corpus, tokenizer, training, GGUF, evaluation of one model of the jury, in one go."""

import argparse
import itertools
import json
import random
from pathlib import Path

import torch
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from . import evaluate, export, tokenizer, train
from .corpus import stream
from .corpus.pen import PARTS
from .network import Reader, Shape

TOKENIZER_SAMPLES = 30_000


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("number", type=int, choices=range(PARTS + 1), help="its seed and part; 0: the whole corpus")
    parser.add_argument("--minutes", type=float, default=70.0, help="training time in all, over restarts")
    parser.add_argument("--start-from", type=Path, metavar="GGUF", help="go on from these weights and their tokenizer")
    parser.add_argument("--out", type=Path, default=Path("build/model"), help="where the folder of the model goes")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of the training")
    parser.add_argument("--samples", type=int, default=1000, help="held-out samples of the evaluation")
    parser.add_argument(
        "--export-only", action="store_true", help="write and evaluate the last checkpoint, do not train"
    )
    return parser.parse_args()


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

        train.train(run, recipe, tokenizer.load(vocabulary), out, report)


def ship(reader: Reader, vocabulary: Path, out: Path, samples: int) -> None:
    """Writes both GGUFs, called like their folder, and what the 8-bit one scores."""
    full, small = out / f"{out.name}-f16.gguf", out / f"{out.name}.gguf"
    export.write(reader, vocabulary, full, out.name)
    export.quantize(full, small)
    verdicts = list(evaluate.judge(evaluate.open_model(small), evaluate.held_out(samples)))
    scores = evaluate.summary(verdicts)
    (out / "scores.json").write_text(json.dumps(scores, indent=1, ensure_ascii=False), encoding="utf-8")
    wrong = (
        f"{each.sample.sentence}\n  + {each.sample.reading}\n  - {each.said}\n" for each in verdicts if not each.right
    )
    (out / "wrong.txt").write_text("".join(wrong), encoding="utf-8")
    print(json.dumps(scores, indent=1, ensure_ascii=False))


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
    recipe = train.Recipe(minutes=args.minutes, seed=args.number, part=args.number - 1 if args.number else None)
    run = train.start(Shape(), recipe, "cuda" if torch.cuda.is_available() else "cpu", args.start_from)
    train.resume(run, out / "checkpoint.pt")
    if not args.export_only:
        fit(run, recipe, vocabulary, out)
    ship(run.averaged, vocabulary, out, args.samples)


if __name__ == "__main__":
    main()
