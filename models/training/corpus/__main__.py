"""`python -m models.training.corpus`: sentences and their Readings as JSON lines, for people who look."""

import argparse
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

from . import phrasebook, stream
from .pen import PARTS, Pen, finish


def phrases(path: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each line of a phrase book, filled once."""
    slots = phrasebook.slots(path)
    for phrase in phrasebook.read(path):
        yield finish(*phrasebook.written(Pen(rng), phrase, slots))


def main() -> None:
    """Prints so many samples of the seed."""
    parser = argparse.ArgumentParser(prog="python -m models.training.corpus", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="frames and names that training never sees")
    parser.add_argument("--part", type=int, choices=range(PARTS), help="the part that one of the models is trained on")
    parser.add_argument("--phrases", type=Path, metavar="FILE", help="each line of this phrase book instead")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    samples = (
        phrases(args.phrases, rng)
        if args.phrases
        else ((each.sentence, each.reading) for each in stream(rng, held_out=args.held_out, part=args.part))
    )
    for sentence, reading in itertools.islice(samples, None if args.phrases else args.count):
        print(json.dumps({"sentence": sentence, "reading": json.loads(reading)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
