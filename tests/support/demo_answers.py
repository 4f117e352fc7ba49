"""Readings by heart as a file, for processes that are to read without a model."""

from __future__ import annotations

from pathlib import Path

from caravan.adapters.readings import RecordedReader
from caravan.language.prompt import Prompt
from tests.support.readings import SENTENCES, by_heart


def write_answers(folder: Path) -> Path:
    """Writes `folder`/by_heart.json, to be given as a model."""
    recorder = RecordedReader({}, "by_heart", by_heart)
    for sentence in SENTENCES:
        recorder(Prompt(text=sentence))
    file = folder / "by_heart.json"
    recorder.save(file)
    return file
