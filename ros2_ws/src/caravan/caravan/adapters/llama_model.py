"""One llama.cpp model and its context: tokens in, logits out. For the model's own process (llama_child)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

import llama_cpp as llama
import numpy as np
import numpy.typing as npt

from caravan.adapters.chat import Preamble
from caravan.adapters.chat_template import TemplateError, render

_BATCH = 256
"""How many tokens of a prompt are read at once: more costs memory, and no less time on a core or two."""
_PIECE = 512
_ERROR = 4
"""llama.cpp's log level of errors."""

Logits = npt.NDArray[np.float32]


class ChildError(Exception):
    """What went wrong with a model or a request, in words."""


class LlamaModel:
    """A model on `threads` threads and `n_ctx` tokens. Raises ChildError where llama.cpp cannot use the file.

    `pieces` are the bytes that each token stands for, none for control signs.
    """

    def __init__(self, path: str, n_ctx: int, threads: int) -> None:
        self._log = _Log()
        llama.llama_backend_init()
        params = llama.llama_model_default_params()
        params.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(path.encode(), params)
        if not self._model:
            why = f"it is cut off, damaged or of an unknown kind{self._log.told()}"
            raise ChildError(f"llama.cpp cannot load it: {why}; replace the file")
        if llama.llama_model_has_encoder(self._model) or not llama.llama_model_has_decoder(self._model):
            raise ChildError("it is no model that writes text (it has an encoder): take a decoder-only one")
        self.n_ctx, self._batch = n_ctx, min(n_ctx, _BATCH)
        self._context = llama.llama_init_from_model(self._model, self._settings(threads))
        if not self._context:
            raise ChildError(
                f"llama.cpp cannot make a context of {n_ctx} tokens{self._log.told()}: choose a smaller n_ctx"
            )
        self._memory = llama.llama_get_memory(self._context)
        self._vocab = llama.llama_model_get_vocab(self._model)
        self._bos, self._eos = llama.llama_vocab_bos(self._vocab), llama.llama_vocab_eos(self._vocab)
        self._kept: list[int] = []
        self._read_vocabulary()

    def _settings(self, threads: int) -> Any:
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = self.n_ctx, self._batch, self._batch
        params.n_threads = params.n_threads_batch = threads
        return params

    def _read_vocabulary(self) -> None:
        size = llama.llama_vocab_n_tokens(self._vocab)
        buffer = ctypes.create_string_buffer(_PIECE)
        self.pieces = [self._piece(token, buffer) for token in range(size)]
        begin = np.array([piece[0] if piece else -1 for piece in self.pieces])
        self._beginning = {byte: np.flatnonzero(begin == byte) for byte in range(256)}

    def _piece(self, token: int, buffer: ctypes.Array[ctypes.c_char]) -> bytes:
        count = llama.llama_token_to_piece(self._vocab, token, buffer, _PIECE, 0, False)
        return buffer.raw[: max(0, count)]

    def beginning(self, first: Iterable[int]) -> npt.NDArray[np.int64]:
        """The tokens whose bytes begin with one of these."""
        return np.concatenate([np.empty(0, np.int64), *(self._beginning[byte] for byte in first)])

    def tokens(self, text: str, special: bool = False) -> list[int]:
        """The tokens of a text; control signs in it are plain text, unless it is `special`."""
        raw = text.encode()
        buffer = (llama.llama_token * (len(raw) + 8))()
        count = llama.llama_tokenize(self._vocab, raw, len(raw), buffer, len(buffer), False, special)
        if count < 0:
            raise ChildError("llama.cpp cannot cut the sentence into tokens")
        return list(buffer[:count])

    @property
    def start(self) -> list[int]:
        """The token that every text starts with, where the model has one."""
        has_one = self._bos != llama.LLAMA_TOKEN_NULL and llama.llama_vocab_get_add_bos(self._vocab)
        return [self._bos] if has_one else []

    @property
    def is_chat(self) -> bool:
        """Whether the file has a chat template."""
        return bool(llama.llama_model_chat_template(self._model, None))

    def around(self, preamble: Preamble) -> tuple[list[int], list[int]]:
        """The tokens before and after a sentence in the model's own chat template."""
        template = llama.llama_model_chat_template(self._model, None)
        if not template:
            raise ChildError(
                "it has no chat template, so it is no instruct model: leave out 'chat' in config/models.yaml"
            )
        try:
            head, tail = render(template.decode(), self._text(self._bos), self._text(self._eos), preamble)
        except TemplateError as error:
            raise ChildError(f"its chat template cannot be used: {error}; take another model") from None
        before = self.tokens(head, special=True)
        start = self.start
        return (before if before[: len(start)] == start else start + before), self.tokens(tail, special=True)

    def _text(self, token: int) -> str:
        return "" if token == llama.LLAMA_TOKEN_NULL else llama.llama_vocab_get_text(self._vocab, token).decode()

    def keep(self, head: list[int]) -> None:
        """Reads the beginning that all prompts share; it is read once, and `rewind` goes back to its end."""
        llama.llama_memory_clear(self._memory, True)
        self._kept = head
        if head:
            self.decode(head)

    def rewind(self) -> None:
        """Forgets all but the kept beginning."""
        if not self.back_to(len(self._kept)):
            self.keep(self._kept)

    def back_to(self, count: int) -> bool:
        """Forgets all but the first so many tokens; False from a recurrent model, which has no way back."""
        return bool(llama.llama_memory_seq_rm(self._memory, 0, count, -1))

    def decode(self, tokens: list[int]) -> Logits:
        """The logits after these further tokens, valid until the next call."""
        for at in range(0, len(tokens), self._batch):
            part = tokens[at : at + self._batch]
            array = (llama.llama_token * len(part))(*part)
            if llama.llama_decode(self._context, llama.llama_batch_get_one(array, len(part))) != 0:
                raise ChildError(f"llama.cpp cannot go on with the sentence{self._log.told()}")
        pointer = llama.llama_get_logits_ith(self._context, -1)
        logits: Logits = np.ctypeslib.as_array(pointer, shape=(len(self.pieces),))
        if not np.isfinite(logits).all():
            raise ChildError("the model gives no numbers: its file is damaged")
        return logits


class _Log:
    """Keeps the first error that llama.cpp logs, which says most, and passes on nothing."""

    def __init__(self) -> None:
        self._first = ""
        self._callback = llama.llama_log_callback(self._take)
        llama.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes, _: Any) -> None:
        if level == _ERROR and not self._first:
            self._first = text.decode(errors="replace").strip()

    def told(self) -> str:
        """The error in brackets, where there was one."""
        return f" ({self._first})" if self._first else ""
