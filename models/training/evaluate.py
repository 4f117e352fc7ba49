"""`python -m models.training.evaluate GGUF`: how well it reads held-out sentences, by llama.cpp without a grammar.

Writes `scores.json` and `wrong.txt`, which lists every sentence that was read wrongly, beside the file.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import Llama

from .corpus import Sample, prompt, stream

LONGEST_READING = 320


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model read for one sample, and how long that took."""

    sample: Sample
    said: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the Reading is the expected one, character by character."""
        return self.said == self.sample.reading


def open_model(path: Path) -> Llama:
    """The model with one thread."""
    return Llama(str(path), n_ctx=512, n_threads=1, n_threads_batch=1, verbose=False)


def read(model: Llama, sentence: str) -> str:
    """The greedy Reading of a sentence, without a grammar."""
    given = model.tokenize(prompt(sentence).encode(), add_bos=True, special=False)
    said: list[int] = []
    for token in model.generate(given, temp=0.0, repeat_penalty=1.0):
        if token == model.token_eos() or len(said) == LONGEST_READING or len(given) + len(said) >= model.n_ctx() - 1:
            break
        said.append(token)
    return model.detokenize(said).decode(errors="replace")


def judge(model: Llama, samples: Iterable[Sample]) -> Iterator[Verdict]:
    """A verdict for each sample."""
    for sample in samples:
        began = time.perf_counter()
        said = read(model, sample.sentence)
        yield Verdict(sample, said, time.perf_counter() - began)


def held_out(count: int, seed: str = "evaluation") -> list[Sample]:
    """Samples whose frames and invented names training never sees."""
    source = stream(random.Random(seed), held_out=True)
    return [next(source) for _ in range(count)]


def classes(sample: Sample) -> list[str]:
    """The classes that a sample counts for: its language, its intent, each kind of task, single or many."""
    reading = json.loads(sample.reading)
    tasks = reading.get("tasks", [])
    named = {
        "all",
        sample.language,
        f"{sample.language}/{reading['intent']}",
        *(task["kind"] for task in tasks),
    }
    if tasks:
        named.add("one task" if len(tasks) == 1 else "several tasks")
    return sorted(named)


def summary(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """Exact matches by class, and seconds a sentence (one thread)."""
    found = list(verdicts)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for verdict in found:
        for name in classes(verdict.sample):
            counts[name][0] += verdict.right
            counts[name][1] += 1
    times = sorted(verdict.seconds for verdict in found)
    return {
        "exact_match": {name: {"share": round(a / b, 4), "samples": b} for name, (a, b) in sorted(counts.items())},
        "seconds": {
            "median": round(times[len(times) // 2], 4),
            "p95": round(times[int(len(times) * 0.95)], 4),
        },
    }


def main() -> None:
    """Judges a file."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluate", description=__doc__)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--samples", type=int, default=1000, help="held-out samples")
    args = parser.parse_args()
    verdicts = list(judge(open_model(args.gguf), held_out(args.samples)))
    scores = json.dumps(summary(verdicts), indent=1, ensure_ascii=False)
    wrong = (
        f"{each.sample.sentence}\n  + {each.sample.reading}\n  - {each.said}\n" for each in verdicts if not each.right
    )
    args.gguf.with_name("scores.json").write_text(scores, encoding="utf-8")
    args.gguf.with_name("wrong.txt").write_text("".join(wrong), encoding="utf-8")
    print(scores)


if __name__ == "__main__":
    main()
