"""A byte-level BPE for sentences, in which Chinese characters never merge; and one token for each joint of a Reading.

The splitting is GPT-2's, which llama.cpp applies as pre-tokenizer `gpt-2`: words keep their leading space,
so that a span is the same tokens in the sentence and in the Reading. A *joint* is what stands between two spans of
a Reading, such as `","from":"`: as one token it costs one step instead of four. Sentences have no `"`; joints have.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from caravan.language.shape import HEADS, LISTS, TASK_KEYS, WORDS

from .corpus import Sample, prompt

PAD, BOS, EOS = 0, 1, 2
NORMAL, CONTROL, USER_DEFINED = 1, 3, 4
"""Types of tokens in a GGUF."""
SPECIAL = ["<pad>", "<s>", "</s>"]
SIZE = 3072
_CJK = Regex("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


def _joints() -> Iterator[str]:
    """What may stand between two spans of a Reading, before the first and behind the last.

    At most 32 bytes each: llama-cpp-python gives no longer token back as text.
    """
    ends = ('"', '"]')
    yield '{"intent":"tasks","tasks":['
    for kind in WORDS["kind"]:
        yield f'{{"kind":"{kind}'
        yield from (f'{end}}},{{"kind":"{kind}' for end in ends)
    for key in TASK_KEYS[1:]:
        values = [f'"{word}' for word in WORDS[key]] if key in WORDS else ['["' if key in (*LISTS, "after") else '"']
        yield from (f'{end},"{key}":{value}' for end in ends for value in values)
    yield from (f'{{"intent":"{intent}","{keys[0]}":"' for intent, keys in HEADS.items() if keys)
    yield from ('","target":"', '","phrases":["', '","phrases":[]}', '","', '"}]}', '"]}]}', '"}', '"]}')


JOINTS = tuple(_joints())


def learn(samples: Iterable[Sample], path: Path) -> Tokenizer:
    """A tokenizer of `SIZE` entries from these samples, saved as JSON."""
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alone = pre_tokenizers.Split(_CJK, behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([alone, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(JOINTS),
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((prompt(each.sentence) for each in samples), trainer)
    tokenizer.pre_tokenizer = byte_level
    tokenizer.add_tokens([AddedToken(joint, normalized=False) for joint in JOINTS])
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return tokenizer


def restore(source: Path, path: Path) -> None:
    """The tokenizer of a GGUF that this package made, saved as JSON."""
    fields = gguf.GGUFReader(str(source)).fields
    tokens, types, merges = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "merges"))
    ids = {token: id_ for id_, (token, type_) in enumerate(zip(tokens, types, strict=True)) if type_ != USER_DEFINED}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=[tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.add_tokens([AddedToken(tokens[id_], normalized=False) for id_ in range(len(ids), len(tokens))])
    tokenizer.save(str(path))


def load(path: Path) -> Tokenizer:
    """The saved tokenizer."""
    return Tokenizer.from_file(str(path))


def encode(tokenizer: Tokenizer, samples: Sequence[Sample]) -> list[tuple[list[int], int]]:
    """For each sample all of its tokens, and how many of them are given (the rest is to be learnt)."""
    given = tokenizer.encode_batch([prompt(each.sentence) for each in samples], add_special_tokens=False)
    said = tokenizer.encode_batch([each.reading for each in samples], add_special_tokens=False)
    return [([BOS, *a.ids, *b.ids, EOS], 1 + len(a.ids)) for a, b in zip(given, said, strict=True)]
