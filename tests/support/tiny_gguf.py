"""Writes a very small llama GGUF with random weights: it loads and runs like a real model and talks nonsense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 32, 2, 1, 64, 8192
MERGES = ["t o", "Ġ d", "i n", "e r", "a n", '" :', '" ,']


def byte_letters() -> list[str]:
    """GPT-2's printable letter for each byte, in byte order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(others)) for b in range(256)]


CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The chat template of Qwen and many others, in short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What kind of model: architecture, chat template (none: no instruct model) and vocabulary.

    `letters` are its single characters, in GPT-2's letters; `words` further entries; `joints` user-defined ones, as
    plain text. `sentencepiece`: the vocabulary is of the other family, that of Llama 2, with bytes as a last resort.
    """

    architecture: str = "llama"
    template: str = ""
    letters: Sequence[str] = tuple(byte_letters())
    words: Sequence[str] = ()
    joints: Sequence[str] = ()
    sentencepiece: bool = False

    def vocabulary(self) -> list[tuple[str, gguf.TokenType]]:
        """All tokens; the last is the sign that ends an answer, the last but one the one that opens a turn."""
        control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
        begin = [("<s>", control), ("</s>", control), ("<pad>", control)]
        if self.sentencepiece:
            begin = [("<unk>", gguf.TokenType.UNKNOWN), *begin[:2]]
            plain = [*((f"<0x{b:02X}>", gguf.TokenType.BYTE) for b in range(256)), ("\u2581", normal)]
        else:
            plain = [(letter, normal) for letter in (*self.letters, *(m.replace(" ", "") for m in MERGES))]
        turns = [("<|im_start|>", control), ("<|im_end|>", control)] if self.template else []
        joints = [(joint, gguf.TokenType.USER_DEFINED) for joint in self.joints]
        return [*begin, *plain, *((word, normal) for word in self.words), *joints, *turns]


OURS = Kind()
"""A model of the kind that Caravan trains."""


def write_tiny(path: Path, seed: int = 0, kind: Kind = OURS) -> Path:
    """Writes the model to `path`; the same seed gives the same file."""
    tokens = kind.vocabulary()
    writer = gguf.GGUFWriter(str(path), kind.architecture)
    _describe_network(writer, len(tokens))
    _describe_vocabulary(writer, tokens, kind)
    rng = np.random.default_rng(seed)
    for name, shape in _tensors(len(tokens)).items():
        norm = name.endswith("norm.weight")
        values = np.ones(shape) if norm else rng.normal(0.0, 0.5, shape)
        writer.add_tensor(name, values.astype(np.float32 if norm else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe_network(writer: gguf.GGUFWriter, vocabulary: int) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def _describe_vocabulary(writer: gguf.GGUFWriter, tokens: list[tuple[str, gguf.TokenType]], kind: Kind) -> None:
    names = [name for name, _ in tokens]
    writer.add_tokenizer_model("llama" if kind.sentencepiece else "gpt2")
    writer.add_token_list(names)
    writer.add_token_types([type_ for _, type_ in tokens])
    if kind.sentencepiece:
        writer.add_token_scores([0.0] * len(tokens))
    else:
        writer.add_tokenizer_pre("gpt-2")
        writer.add_token_merges([merge for merge in MERGES if merge.replace(" ", "") in names])
        writer.add_pad_token_id(names.index("<pad>"))
    writer.add_bos_token_id(names.index("<s>"))
    writer.add_eos_token_id(names.index("<|im_end|>" if kind.template else "</s>"))
    writer.add_add_bos_token(not kind.template)
    if kind.template:
        writer.add_chat_template(kind.template)


def _tensors(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (vocabulary, WIDTH), "output_norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        shapes |= {block + f"{name}_norm.weight": (WIDTH,) for name in ("attn", "ffn")}
        shapes |= {block + f"attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
        shapes |= {block + f"ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")}
        shapes[block + "ffn_down.weight"] = (WIDTH, INNER)
    return shapes
