"""A process that holds one llama.cpp model and answers one JSON line for each on its standard input.

    python -m caravan.adapters.llama_child MODEL.gguf N_CTX

First it says {"ready": true} or {"error": ...}. A request is {"text", "grammar", "max_tokens"}, an answer
{"text", "probability"} or {"error"}. It ends with its input, or when its parent has gone. It is a process of its own
because llama.cpp ends the whole process on a wrong grammar and on some damaged files.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import sys
import threading
import time
from typing import Any, TextIO

import llama_cpp as llama
import numpy as np
import numpy.typing as npt

SEED = 1
_LEAST_ANSWER = 8
_PIECE = 256
_WATCH = 0.5
"""Pause between two looks whether the parent is still there, s."""

Logits = npt.NDArray[np.float32]


class ChildError(Exception):
    """What went wrong with a model or a request, in words."""


class Engine:
    """One model on one thread. Greedy, so the same request always gives the same answer."""

    def __init__(self, path: str, n_ctx: int) -> None:
        llama.llama_backend_init()
        params = llama.llama_model_default_params()
        params.n_gpu_layers = 0
        model = llama.llama_model_load_from_file(path.encode(), params)
        if not model:
            raise ChildError("llama.cpp cannot load it: it is cut off, damaged or of an unknown kind")
        self._model = model
        context = llama.llama_context_default_params()
        context.n_ctx = context.n_batch = context.n_ubatch = n_ctx
        context.n_threads = context.n_threads_batch = 1
        self._context = llama.llama_init_from_model(model, context)
        if not self._context:
            raise ChildError(f"llama.cpp cannot make a context of {n_ctx} tokens: choose a smaller n_ctx")
        self._n_ctx = n_ctx
        self._vocab = llama.llama_model_get_vocab(model)
        self._size = llama.llama_vocab_n_tokens(self._vocab)

    def complete(self, text: str, grammar: str, max_tokens: int) -> dict[str, Any]:
        """The answer in the grammar, at each token the likeliest, and the product of their probabilities."""
        prompt = self._tokens(text)
        room = min(max_tokens, self._n_ctx - len(prompt))
        if room < _LEAST_ANSWER:
            raise ChildError(f"the sentence is too long for the model ({len(prompt)} of {self._n_ctx} tokens)")
        llama.llama_memory_clear(llama.llama_get_memory(self._context), True)
        sampler = llama.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root")
        if not sampler:
            raise ChildError("llama.cpp does not take the grammar")
        try:
            return self._generate(prompt, sampler, room)
        finally:
            llama.llama_sampler_free(sampler)

    def _generate(self, prompt: list[int], sampler: Any, room: int) -> dict[str, Any]:
        out, logarithm, fed = b"", 0.0, prompt
        for _ in range(room):
            logits = self._decode(fed)
            token = self._choose(logits, sampler)
            top = float(logits.max())
            logarithm += float(logits[token]) - top - math.log(float(np.exp(logits - top).sum()))
            if llama.llama_vocab_is_eog(self._vocab, token):
                return {"text": out.decode(errors="replace"), "probability": math.exp(logarithm)}
            llama.llama_sampler_accept(sampler, token)
            out += self._piece(token)
            fed = [token]
        raise ChildError(f"the answer did not end within {room} tokens")

    def _tokens(self, text: str) -> list[int]:
        """The prompt's tokens after the start sign; control signs in the text are plain text."""
        raw = text.encode()
        buffer = (llama.llama_token * (len(raw) + 8))()
        count = llama.llama_tokenize(self._vocab, raw, len(raw), buffer, len(buffer), False, False)
        if count < 0:
            raise ChildError("llama.cpp cannot cut the sentence into tokens")
        return [llama.llama_vocab_bos(self._vocab), *buffer[:count]]

    def _decode(self, tokens: list[int]) -> Logits:
        batch = (llama.llama_token * len(tokens))(*tokens)
        if llama.llama_decode(self._context, llama.llama_batch_get_one(batch, len(tokens))) != 0:
            raise ChildError("llama.cpp cannot go on with the sentence")
        pointer = llama.llama_get_logits_ith(self._context, -1)
        logits: Logits = np.ctypeslib.as_array(pointer, shape=(self._size,))
        if not np.isfinite(logits).all():
            raise ChildError("the model gives no numbers: its file is damaged")
        return logits

    def _choose(self, logits: Logits, sampler: Any) -> int:
        """The likeliest token that the grammar takes; all others are looked at only where the first is refused."""
        best = int(logits.argmax())
        if np.isfinite(_admitted(sampler, np.array([best]), logits[best : best + 1])[0]):
            return best
        admitted = _admitted(sampler, np.arange(self._size), logits)
        best = int(admitted.argmax())
        if not np.isfinite(admitted[best]):
            raise ChildError("the model's vocabulary cannot spell what the grammar asks for")
        return best

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE)
        count = llama.llama_token_to_piece(self._vocab, token, buffer, _PIECE, 0, False)
        return buffer.raw[: max(0, count)]


_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


def _admitted(sampler: Any, ids: npt.NDArray[np.int64], logits: Logits) -> Logits:
    """The logits of these tokens, -inf where the grammar refuses them."""
    candidates = np.zeros(len(ids), dtype=_CANDIDATE)
    candidates["id"], candidates["logit"] = ids, logits
    array = llama.llama_token_data_array(
        data=candidates.ctypes.data_as(llama.llama_token_data_p), size=len(ids), selected=-1, sorted=False
    )
    llama.llama_sampler_apply(sampler, ctypes.byref(array))
    out: Logits = candidates["logit"]
    return out


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(0)


def _answer(engine: Engine, line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
        return engine.complete(request["text"], request["grammar"], request["max_tokens"])
    except ChildError as error:
        return {"error": str(error)}


def _say(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def main() -> None:
    """Serves until the input ends. Whatever llama.cpp prints goes to standard error."""
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        engine = Engine(sys.argv[1], int(sys.argv[2]))
    except ChildError as error:
        _say(out, {"error": str(error)})
        return
    _say(out, {"ready": True})
    for line in sys.stdin:
        _say(out, _answer(engine, line))


if __name__ == "__main__":
    main()
