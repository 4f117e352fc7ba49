"""`python -m models.training.overhead`: what the grammar costs, and how much memory a process that reads needs."""

import argparse
import json
import resource
import time
from collections.abc import Callable

from caravan.adapters.llama import default_model
from caravan.adapters.llama_child import Engine
from caravan.adapters.models_file import named_model

from .evaluate import held_out

ROUNDS = 3


def free(engine: Engine, sentence: str, max_tokens: int) -> None:
    """Writes the likeliest tokens up to the sign that ends the answer, whatever they are."""
    model = engine.model
    model.rewind()
    fed = model.tokens(f" {sentence}\n")
    for _ in range(max_tokens):
        token = int(model.decode(fed).argmax())
        if not model.pieces[token]:
            return
        fed = [token]


def seconds(do: Callable[[str], object], sentences: list[str]) -> float:
    """Processor time for all sentences, s: the least of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for sentence in sentences:
            do(sentence)
        rounds.append(time.process_time() - began)
    return min(rounds)


def main() -> None:
    """Reads held-out sentences with and without the grammar, and prints processor times and memory."""
    parser = argparse.ArgumentParser(prog="python -m models.training.overhead", description=__doc__)
    parser.add_argument("--model", help="a name in config/models.yaml, or a GGUF file trained on Readings")
    parser.add_argument("--samples", type=int, default=200, help="held-out sentences")
    args = parser.parse_args()
    settings = named_model(args.model) if args.model else default_model()
    engine = Engine(str(settings.file), settings.n_ctx)
    sentences = [sample.sentence for sample in held_out(args.samples)]
    without = seconds(lambda sentence: free(engine, sentence, settings.max_tokens), sentences)
    held = seconds(lambda sentence: engine.complete(sentence, settings.max_tokens), sentences)
    figures = {
        "sentences": len(sentences),
        "ms_without": round(1000 * without / len(sentences), 2),
        "ms_with": round(1000 * held / len(sentences), 2),
        "overhead": round(held / without - 1, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
