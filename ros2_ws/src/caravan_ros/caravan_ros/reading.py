"""A process's language model in a thread of its own, so that reading a sentence never holds up the wheels."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from caravan.actors.house.reading_desk import vote_of
from caravan.adapters.llama import LlamaReader
from caravan.adapters.models_file import dealt_models, named_model
from caravan.adapters.readings import RecordedReader
from caravan.language.parse import ReadFailure, read
from caravan.language.prompt import Complete
from caravan.language.spans import BadText
from caravan.model.goal import Reading
from caravan.model.market import ReadRequest, Vote
from caravan.model.site import Site

KEPT = 256
"""How many readings are kept for requests that come again."""
WAITING = 64
"""How many sentences may wait to be read."""

Result = Reading | BadText | ReadFailure
_Key = tuple[str, int, str]
"""A goal's id, which reading of it this is, and its text."""


def open_model(model: str) -> LlamaReader | RecordedReader:
    """A model: a name in config/models.yaml, a GGUF file, or recorded readings (JSON).

    Readings are those of the model that the JSON file is named after. Raises SiteError or ModelFileError.
    """
    if model.endswith(".json"):
        return RecordedReader(model, Path(model).stem)
    return LlamaReader(named_model(model))


def check_models(model: str) -> None:
    """Raises ModelFileError or SiteError where robots could not use a model (empty: those that they are dealt)."""
    for each in [model] if model else dealt_models():
        open_model(each)


class ReadingRoom:
    """Reads sentences one after another. Robots of a process with the same `model` (its id) share it and its readings.

    A goal's sentence is read once; a request that comes again is answered at once. Whatever the model does, the answer
    is a Vote: where it failed, or has too many sentences before it, one without a Draft and with a note.
    """

    def __init__(self, site: Site, complete: Complete, model: str = "") -> None:
        self.model = model
        self._site = site
        self._complete = complete
        self._results: OrderedDict[_Key, Result | None] = OrderedDict()
        self._asked: queue.SimpleQueue[_Key | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="reading", daemon=True)
        self._thread.start()

    def vote(self, robot: str, request: ReadRequest) -> Vote | None:
        """The robot's vote; None while the sentence is being read: ask again."""
        key = (request.goal, request.reading, request.text)
        with self._lock:
            if key not in self._results and self._asked.qsize() >= WAITING:
                late = ReadFailure(note=f"{WAITING} other sentences wait to be read: send it again later")
                return vote_of(robot, self.model, request, late)
            if key not in self._results:
                self._results[key] = None
                self._asked.put(key)
                self._forget()
            result = self._results[key]
        return vote_of(robot, self.model, request, result) if result is not None else None

    def close(self) -> None:
        """Ends the thread and the model's process at once, whatever it is at."""
        self._closing = True
        self._asked.put(None)
        if isinstance(self._complete, LlamaReader):
            if (pid := self._complete.pid) is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._complete.close()

    def _forget(self) -> None:
        while len(self._results) > KEPT:
            self._results.popitem(last=False)

    def _work(self) -> None:
        if isinstance(self._complete, LlamaReader) and self._complete.settings.chat is not None:
            self._complete.start()  # To read its preamble may take longer than votes are waited for.
        while (key := self._asked.get()) is not None and not self._closing:
            result = self._read(key[2])
            with self._lock:
                self._results[key] = result

    def _read(self, text: str) -> Result:
        try:
            return read(text, self._site, self._complete)
        except Exception as error:  # Nothing that a model brings about may end the agent (promise 6).
            return ReadFailure(note=f"reading failed: {type(error).__name__}: {error}")
