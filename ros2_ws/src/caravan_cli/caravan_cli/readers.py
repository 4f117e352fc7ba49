"""The language models that commands read with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from caravan.adapters.llama import LlamaReader, ModelSettings, default_model, sha256_of
from caravan.adapters.readings import RecordedReader
from caravan.language.prompt import Complete
from caravan_cli.resources import resource
from caravan_ros.reading import open_model

READINGS = "config/demo_readings.json"
"""What the model that comes with Caravan answers to the demo's sentences."""


def check_model(model: str | None) -> None:
    """Raises ModelFileError or SiteError where the robots could not use this model (None: the one with Caravan)."""
    open_model(model or "")


@contextmanager
def reader(model: str | None) -> Iterator[Complete]:
    """The model that was named (a GGUF file, or recorded readings in JSON), else the one that comes with Caravan."""
    opened = open_model(model or "")
    try:
        yield opened
    finally:
        if isinstance(opened, LlamaReader):
            opened.close()


@contextmanager
def recorded_reader() -> Iterator[RecordedReader]:
    """The answers of the model that comes with Caravan, as far as they are recorded; it runs for the others."""
    chosen = default_model()
    with LlamaReader(chosen) as fallback:
        yield RecordedReader(resource(READINGS), checksum(chosen), fallback)


def checksum(model: ModelSettings) -> str:
    """The sha256 of a model's file."""
    return model.sha256 or sha256_of(model.file)
