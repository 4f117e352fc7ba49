"""`python -m models.training.calibrate`: from what a model gives its answers to how often they are right.

It reads held-out sentences with a model as robots do, and fits the straight line through the log-odds that
config/models.yaml keeps as `calibration` (J. Platt, Probabilistic outputs for support vector machines, 1999).
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from caravan.adapters.llama import LlamaReader, default_model
from caravan.adapters.models_file import named_model
from caravan.language.choice import choose
from caravan.language.confidence import UNCALIBRATED, Calibration, log_odds
from caravan.language.draft import ground
from caravan.language.grounding import Names, names
from caravan.language.prompt import Completion, Prompt
from caravan.language.reading import Sketch, sketch
from caravan.language.shape import NAMED, Sort
from caravan.language.spans import hushed
from caravan.model.site import Named

from .evaluate import held_out

LEAST = 20
"""How many right and how many wrong answers there must be."""
BINS = 10

Floats = NDArray[np.float64]


def judged(answer: Completion, expected: str, sentence: str) -> tuple[float, bool]:
    """The share that an answer's Draft has, and whether it is the right one: at a site that has all its names."""
    wanted = sketch(expected, sentence)
    site = _site(wanted)
    try:
        chosen = choose(answer, sentence, site)
    except ValueError:
        return answer.probability, False
    return chosen.share, chosen.draft == ground(wanted, sentence, site)


def _site(reading: Sketch) -> Mapping[Sort, Names]:
    said: dict[Sort, list[str]] = {sort: [] for sort in NAMED}
    if reading.target is not None:
        said[Sort.ROBOT].append(reading.target)
    for sort, span in reading.named():
        said[sort].append(span)
    return {sort: names(_named(spans)) for sort, spans in said.items()}


def _named(spans: Iterable[str]) -> dict[str, Named]:
    unlike = dict.fromkeys(span.strip().lower() for span in spans)
    return {f"name {i}": Named(id=f"name {i}", aliases=(span,)) for i, span in enumerate(unlike)}


def answers(reader: LlamaReader, samples: int) -> Iterator[tuple[float, bool]]:
    """For each held-out sentence the share of the Draft chosen, and whether it is right; faults are left out."""
    for sample in held_out(samples, "calibration"):
        said = hushed(sample.sentence)
        expected = sample.reading if said == sample.sentence else sample.reading.lower()
        answer = reader(Prompt(text=said))
        if isinstance(answer, Completion):
            yield judged(answer, expected, said)


def fit(given: Floats, right: NDArray[np.bool_]) -> Calibration:
    """The likeliest line, by Newton's method. Raises ValueError where there is too little to learn from."""
    if min(right.sum(), (~right).sum()) < LEAST:
        raise ValueError(
            f"{right.sum()} answers of {len(right)} are right: more --samples are needed, or another model"
        )
    x = np.column_stack([[log_odds(p) for p in given], np.ones(len(given))])
    # Platt's targets: a little inside 0 and 1, so that no line becomes infinitely steep.
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    line = np.zeros(2)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-(x @ line)))
        step = np.linalg.solve(x.T @ (x * (chance * (1 - chance))[:, None]), x.T @ (target - chance))
        line += step
        if np.abs(step).max() < 1e-9:
            break
    if line[0] <= 0.0:
        raise ValueError("the model is surer of wrong answers than of right ones: it cannot be calibrated")
    return Calibration(slope=round(float(line[0]), 3), offset=round(float(line[1]), 3))


def error(given: Floats, right: NDArray[np.bool_]) -> float:
    """The expected calibration error: how far chance and frequency are apart, over ten groups of equal size."""
    groups = np.array_split(np.argsort(given, kind="stable"), BINS)
    return float(sum(abs(given[g].mean() - right[g].mean()) * len(g) for g in groups) / len(given))


def crossed(given: Floats, right: NDArray[np.bool_]) -> Floats:
    """Each answer's chance by the line that was fitted on the other half of the answers."""
    out = np.empty(len(given))
    for half in (slice(0, None, 2), slice(1, None, 2)):
        other = slice(1 - half.start, None, 2)
        line = fit(given[other], right[other])
        out[half] = [line(p) for p in given[half]]
    return out


def main() -> None:
    """Prints the line fitted on all answers, and calibration errors without it and with one of the other half."""
    parser = argparse.ArgumentParser(prog="python -m models.training.calibrate", description=__doc__)
    parser.add_argument("--model", help="a name in config/models.yaml, or a GGUF file")
    parser.add_argument("--samples", type=int, default=2000, help="held-out sentences")
    args = parser.parse_args()
    settings = named_model(args.model) if args.model else default_model()
    with LlamaReader(replace(settings, calibration=UNCALIBRATED)) as reader:
        pairs = list(answers(reader, args.samples))
    given, right = np.array([p for p, _ in pairs]), np.array([good for _, good in pairs], dtype=np.bool_)
    try:
        line, mapped = fit(given, right), crossed(given, right)
    except ValueError as wrong:
        parser.exit(1, f"{settings.file}: {wrong}\n")
    figures = {
        "model": settings.file.name,
        "answers": len(pairs),
        "right": round(float(right.mean()), 4),
        "error_without": round(error(given, right), 4),
        "error_with": round(error(mapped, right), 4),
    }
    print(json.dumps(figures))
    print(f"calibration: {{slope: {line.slope}, offset: {line.offset}}}")


if __name__ == "__main__":
    main()
