"""From PyTorch weights to a GGUF file of 8-bit matrices that llama.cpp runs, and back."""

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .network import Reader, Shape
from .tokenizer import BOS, CONTROL, EOS, NORMAL, PAD, SPECIAL, USER_DEFINED

Q8_0 = gguf.GGMLQuantizationType.Q8_0
PARTS = {
    "attention_norm": "attn_norm",
    "attention.q": "attn_q",
    "attention.k": "attn_k",
    "attention.v": "attn_v",
    "attention.output": "attn_output",
    "feed_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def write(reader: Reader, tokenizer_json: Path, path: Path, name: str) -> None:
    """The network and its tokenizer as one GGUF that calls itself `name`: matrices in Q8_0, norms in 32 bits."""
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, reader.shape, name)
    _vocabulary(writer, json.loads(tokenizer_json.read_text(encoding="utf-8")))
    for ours, weight in reader.state_dict().items():
        array = _array(ours, weight, reader.shape.heads)
        if array.ndim == 1:
            writer.add_tensor(_name(ours), array)
        else:
            writer.add_tensor(_name(ours), gguf.quants.quantize(array, Q8_0), raw_dtype=Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: gguf.GGUFWriter, shape: Shape, name: str) -> None:
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def _vocabulary(writer: gguf.GGUFWriter, tokenizer: dict[str, Any]) -> None:
    vocabulary, merges = tokenizer["model"]["vocab"], tokenizer["model"]["merges"]
    joints = {token["content"]: token["id"] for token in tokenizer["added_tokens"] if not token["special"]}
    ids = {**vocabulary, **joints}
    tokens = sorted(ids, key=ids.__getitem__)
    types = {**dict.fromkeys(SPECIAL, CONTROL), **dict.fromkeys(joints, USER_DEFINED)}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([types.get(token, NORMAL) for token in tokens])
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def _name(name: str) -> str:
    """llama.cpp's name of a tensor of ours."""
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, block, rest = name.split(".", 2)
    return f"blk.{block}.{PARTS[rest.removesuffix('.weight')]}.weight"


def _array(name: str, weight: Tensor, heads: int) -> NDArray[np.float32]:
    array: NDArray[np.float32] = weight.detach().to("cpu", torch.float32).numpy()
    if ".attention.q." in name or ".attention.k." in name:
        rows, columns = array.shape
        halves = array.reshape(heads, 2, rows // heads // 2, columns)
        array = halves.swapaxes(1, 2).reshape(rows, columns)
    return array


def load_weights(reader: Reader, path: Path) -> None:
    """Puts the weights of a GGUF that `write` made into a network of the same shape.

    Raises ValueError where the file is of another shape.
    """
    weights = {each.name: each for each in gguf.GGUFReader(str(path)).tensors}
    state = reader.state_dict()
    for name, now in state.items():
        found = weights.get(_name(name))
        if found is None or tuple(reversed(found.shape.tolist())) != tuple(now.shape):
            raise ValueError(f"{path} has no tensor {_name(name)} of {tuple(now.shape)}: it is of another shape")
        array = gguf.quants.dequantize(found.data, found.tensor_type).reshape(now.shape)
        if ".attention.q." in name or ".attention.k." in name:
            rows, columns = array.shape
            pairs = array.reshape(reader.shape.heads, rows // reader.shape.heads // 2, 2, columns)
            array = pairs.swapaxes(1, 2).reshape(rows, columns)
        state[name] = torch.from_numpy(np.array(array, np.float32))
    reader.load_state_dict(state)
