"""config/demo_readings.json is what the model that comes with Caravan answers today."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.models_file import ModelSettings, default_model
from caravan.adapters.readings import RecordedReader
from caravan.adapters.site_file import read_site
from caravan.language.parse import read
from caravan.model.goal import Reading
from caravan_cli.demo_plan import DemoPlan, read_plan
from caravan_cli.readers import checksum

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def model() -> ModelSettings:
    return default_model()


@pytest.fixture(scope="module")
def plan() -> DemoPlan:
    return read_plan(CONFIG / "demo.yaml")


def test_every_sentence_of_the_demo_is_recorded_and_read_as_planned(model: ModelSettings, plan: DemoPlan) -> None:
    """Where this fails, run `python -m caravan_cli.record_readings`."""
    recorded = RecordedReader(CONFIG / "demo_readings.json", checksum(model))
    site = read_site(plan.site)
    for wish in plan.wishes:
        result = read(wish.text, site, recorded)
        assert isinstance(result, Reading), result
        assert result.draft == wish.draft
