"""`python -m models.training.corpus`: sentences and their Readings as JSON lines, for people who look."""

import argparse
import itertools
import json
import random

from . import stream
from .pen import PARTS


def main() -> None:
    """Prints so many samples of the seed."""
    parser = argparse.ArgumentParser(prog="python -m models.training.corpus", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="frames and names that training never sees")
    parser.add_argument("--part", type=int, choices=range(PARTS), help="the part that one of the models is trained on")
    args = parser.parse_args()
    source = stream(random.Random(args.seed), held_out=args.held_out, part=args.part)
    for sample in itertools.islice(source, args.count):
        record = {"sentence": sample.sentence, "reading": json.loads(sample.reading)}
        print(json.dumps(record, ensure_ascii=False))


if __name__ == "__main__":
    main()
