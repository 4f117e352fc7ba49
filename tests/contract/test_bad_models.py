"""Models that are whole files and no readers: another architecture, another vocabulary."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from caravan.adapters.llama import LlamaReader, ModelSettings
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.language.reading import sketch
from tests.support.tiny_gguf import Kind, byte_letters, write_tiny

SENTENCE = "Bring two 托盘 to dock 3"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Kind(architecture="caravan"), "unknown model architecture: 'caravan'"),
        (Kind(architecture="bert"), "cannot load it"),
        (Kind(letters=[c for c in byte_letters() if c not in "{}"]), "cannot spell"),
        (Kind(letters=()), "cannot spell"),
    ],
)
def test_a_model_that_cannot_read_is_a_fault_that_says_so(tmp_path: Path, kind: Kind, says: str) -> None:
    file = write_tiny(tmp_path / "other.gguf", kind=kind)
    with LlamaReader(ModelSettings(file=file)) as reader:
        fault = reader(Prompt(text=SENTENCE))
        assert isinstance(fault, ModelFault), fault
        assert says in fault.note and "other.gguf" in fault.note


def test_a_gguf_without_a_model_is_a_fault_that_says_so(tmp_path: Path) -> None:
    file = tmp_path / "empty.gguf"
    file.write_bytes(struct.pack("<4sIQQ", b"GGUF", 3, 0, 0))
    with LlamaReader(ModelSettings(file=file)) as reader:
        fault = reader(Prompt(text=SENTENCE))
    assert isinstance(fault, ModelFault), fault
    assert "empty.gguf: llama.cpp cannot load it" in fault.note


def test_a_vocabulary_of_the_other_family_reads_as_well(tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "pieces.gguf", kind=Kind(sentencepiece=True))
    with LlamaReader(ModelSettings(file=file)) as reader:
        answer = reader(Prompt(text=SENTENCE))
    assert isinstance(answer, Completion), answer
    assert sketch(answer.text, SENTENCE)
