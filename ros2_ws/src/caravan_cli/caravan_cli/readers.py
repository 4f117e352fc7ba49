"""The language models that commands read with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from caravan.adapters.llama import LlamaReader, ModelSettings, sha256_of
from caravan.adapters.models_file import dealt_models, own_models
from caravan.adapters.readings import RecordedReader
from caravan.language.prompt import Complete
from caravan_cli.resources import resource
from caravan_ros.reading import open_model

READINGS = "config/demo_readings.json"
"""What the models that come with Caravan answer to the demos' sentences."""


@contextmanager
def reader(model: str | None) -> Iterator[Complete]:
    """The model that was named (in config/models.yaml, or a file), else the default of config/models.yaml."""
    opened = open_model(model or next(iter(own_models())))
    try:
        yield opened
    finally:
        if isinstance(opened, LlamaReader):
            opened.close()


@contextmanager
def recorded_readers() -> Iterator[Mapping[str, RecordedReader]]:
    """The answers of the models that robots are dealt, as far as they are recorded; they run for the others."""
    with ExitStack() as stack:
        yield {
            name: RecordedReader(
                resource(READINGS),
                checksum(chosen),
                stack.enter_context(LlamaReader(chosen)),
                calibration=chosen.calibration,
            )
            for name, chosen in dealt_models().items()
        }


def checksum(model: ModelSettings) -> str:
    """The sha256 of a model's file."""
    return model.sha256 or sha256_of(model.file)
