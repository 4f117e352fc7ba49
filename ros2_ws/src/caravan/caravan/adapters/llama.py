"""Language models in llama.cpp, each in a process of its own that may crash or hang without harm."""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from caravan.adapters.models_file import ModelSettings, default_model
from caravan.language.prompt import Completion, ModelFault, Prompt

__all__ = ["LlamaReader", "ModelFileError", "ModelSettings", "default_model", "sha256_of"]

START_TIME = 60.0
"""How long a model may take to load, s; an instruct model has its time-out besides, to read its preamble."""
FAULTS_IN_A_ROW = 3
REST = 30.0
"""How long the reader refuses after that many faults in a row, s."""
_MAGIC = b"GGUF"
_CHUNK = 65536
_ENDING = 2.0
"""How long a killed process may take to go, s."""


class ModelFileError(ValueError):
    """A model file that cannot be used; the message names the file and the remedy."""


def sha256_of(file: Path) -> str:
    """The checksum of a file in hexadecimal. Raises OSError where it cannot be read."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class LlamaReader:
    """A `Complete` on a GGUF model; safe to call from several threads, one request at a time.

    The file is looked at at once (ModelFileError); the process starts with the first request, or with `start`. One that
    crashes or takes longer than the time-out is replaced at the next request; after FAULTS_IN_A_ROW of them the reader
    refuses for REST seconds before it tries again.
    """

    def __init__(self, settings: ModelSettings) -> None:
        _check_file(settings)
        self.settings = settings
        self._child: _Child | None = None
        self._faults: list[str] = []
        self._rested = 0.0
        self._lock = threading.Lock()

    def __call__(self, prompt: Prompt) -> Completion | ModelFault:
        """The model's likeliest Reading of the sentence, and the others that its settings ask for."""
        with self._lock:
            if len(self._faults) >= FAULTS_IN_A_ROW and time.monotonic() < self._rested:
                return ModelFault(note=f"{self._faults[-1]} (after {len(self._faults)} faults it rests for a while)")
            return self._ask(prompt)

    def start(self) -> None:
        """Loads the model ahead of the first sentence; where that fails, the sentence tries again and hears why."""
        with self._lock:
            try:
                self._running()
            except _Broken:
                self._stop()

    @property
    def pid(self) -> int | None:
        """The model's process, where one runs."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """Ends the model's process, and with it a request that runs; the next request starts a new one."""
        running = self._child
        if running is not None:
            running.kill()
        with self._lock:
            self._stop()

    def __enter__(self) -> LlamaReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, prompt: Prompt) -> Completion | ModelFault:
        request = {"text": prompt.text, "max_tokens": self.settings.max_tokens, "others": self.settings.others}
        try:
            child = self._running()
            start = time.monotonic()
            answer = child.ask(request, self.settings.timeout)
        except _Broken as broken:
            self._stop()
            self._faults.append(f"{self.settings.file}: {broken}")
            self._rested = time.monotonic() + REST
            return ModelFault(note=self._faults[-1])
        self._faults.clear()
        if "error" in answer:
            return ModelFault(note=f"{self.settings.file}: {answer['error']}")
        return Completion(
            text=answer["text"],
            probability=answer["probability"],
            seconds=time.monotonic() - start,
            others=tuple((text, chance) for text, chance in answer["others"]),
            calibration=self.settings.calibration,
        )

    def _running(self) -> _Child:
        """The process, started where none runs. Raises _Broken."""
        if self._child is None:
            self._child = _Child(self.settings)  # Known before it is ready, so that `close` can end it.
            self._child.load(self.settings)
        return self._child

    def _stop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Broken(Exception):
    """The process is of no more use: it died, hung or could not load its model."""


class _Child:
    """The process of one model, and the JSON lines to and from it."""

    def __init__(self, settings: ModelSettings) -> None:
        command = [sys.executable, "-m", "caravan.adapters.llama_child", str(settings.file)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError as error:
            raise _Broken(
                f"the model's process cannot be started: {error.strerror}; free memory or processes"
            ) from None
        assert self._process.stdin is not None and self._process.stdout is not None, "the process is started with pipes"
        self._stdin, self._stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._stdin, False)
        self.pid = self._process.pid
        self._rest = b""

    def load(self, settings: ModelSettings) -> None:
        """Has the model loaded and its preamble read. Raises _Broken."""
        end = time.monotonic() + START_TIME + settings.timeout
        chat = asdict(settings.chat) if settings.chat is not None else None
        try:
            self._send({"n_ctx": settings.n_ctx, "threads": settings.threads, "chat": chat}, end)
            ready = self._line(end)
        except _Broken as broken:
            raise _Broken(f"the model cannot be loaded: {broken}; replace the file") from None
        if "error" in ready:
            raise _Broken(ready["error"])

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The answer to one request, within `timeout` s. Raises _Broken."""
        end = time.monotonic() + timeout
        self._send(request, end)
        return self._line(end)

    def _send(self, message: dict[str, Any], end: float) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            if not select.select([], [self._stdin], [], max(0.0, end - time.monotonic()))[1]:
                raise _Broken("the model's process does not listen")
            try:
                data = data[os.write(self._stdin, data) :]
            except OSError:
                raise self._died() from None

    def kill(self) -> None:
        """Kills the process; whoever waits for its answer sees it die."""
        self._process.kill()

    def end(self) -> None:
        """Kills the process and waits until it is gone, or as good as gone: the system may be slow to end it."""
        self.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None, "the process is started with pipes"
            pipe.close()

    def _died(self) -> _Broken:
        """What to say of a process that has closed its pipes."""
        try:
            code = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            return _Broken("the model's process closed its output")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return _Broken(f"the model's process died ({how})")

    def _line(self, end: float) -> dict[str, Any]:
        """The next line, by the time `end` of the monotonic clock."""
        while b"\n" not in self._rest:
            if not select.select([self._stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                raise _Broken("the model gave no answer in time")
            data = os.read(self._stdout, _CHUNK)
            if not data:
                raise self._died()
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer


def _check_file(settings: ModelSettings) -> None:
    file = settings.file
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_MAGIC))
        if magic != _MAGIC:
            raise ModelFileError(f"{file}: this is no GGUF file; fetch or train the model again")
        if settings.sha256 is not None and sha256_of(file) != settings.sha256:
            raise ModelFileError(f"{file}: its sha256 is not {settings.sha256}; fetch the model again")
    except OSError as error:
        remedy = "give the path of a GGUF model or a name from config/models.yaml, or check 'file' there"
        raise ModelFileError(f"{file}: {error.strerror or error}; {remedy}") from error
