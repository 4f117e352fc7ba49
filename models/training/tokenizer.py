"""A byte-level BPE for sentences and Readings, in which Chinese characters never merge.

The splitting is GPT-2's, which llama.cpp applies as pre-tokenizer `gpt-2`: words keep their leading space,
so that a span is the same tokens in the sentence and in the Reading.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .corpus import Sample, prompt

PAD, BOS, EOS = 0, 1, 2
SPECIAL = ["<pad>", "<s>", "</s>"]
SIZE = 2048
_CJK = Regex("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


def learn(samples: Iterable[Sample], path: Path) -> Tokenizer:
    """A tokenizer of `SIZE` entries from these samples, saved as JSON."""
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alone = pre_tokenizers.Split(_CJK, behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([alone, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((part for each in samples for part in (prompt(each.sentence), each.reading)), trainer)
    tokenizer.pre_tokenizer = byte_level
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return tokenizer


def load(path: Path) -> Tokenizer:
    """The saved tokenizer."""
    return Tokenizer.from_file(str(path))


def encode(tokenizer: Tokenizer, samples: Sequence[Sample]) -> list[tuple[list[int], int]]:
    """For each sample all of its tokens, and how many of them are given (the rest is to be learnt)."""
    given = tokenizer.encode_batch([prompt(each.sentence) for each in samples], add_special_tokens=False)
    said = tokenizer.encode_batch([each.reading for each in samples], add_special_tokens=False)
    return [([BOS, *a.ids, *b.ids, EOS], 1 + len(a.ids)) for a, b in zip(given, said, strict=True)]
