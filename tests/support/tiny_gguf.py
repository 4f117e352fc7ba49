"""Writes a very small llama GGUF with random weights: it loads and runs like a real model and talks nonsense."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 32, 2, 1, 64, 1024
MERGES = ["t o", "Ġ d", "i n", "e r", "a n", '" :', '" ,']


def byte_letters() -> list[str]:
    """GPT-2's printable letter for each byte, in byte order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(others)) for b in range(256)]


def write_tiny(path: Path, seed: int = 0) -> Path:
    """Writes the model to `path`; the same seed gives the same file."""
    tokens = ["<s>", "</s>", "<pad>", *byte_letters(), *(merge.replace(" ", "") for merge in MERGES)]
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, tokens)
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


def _describe(writer: gguf.GGUFWriter, tokens: list[str]) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control] * 3 + [normal] * (len(tokens) - 3))
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_pad_token_id(2)
    writer.add_add_bos_token(True)


def _tensors(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (vocabulary, WIDTH), "output_norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        shapes |= {block + f"{name}_norm.weight": (WIDTH,) for name in ("attn", "ffn")}
        shapes |= {block + f"attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
        shapes |= {block + f"ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")}
        shapes[block + "ffn_down.weight"] = (WIDTH, INNER)
    return shapes
