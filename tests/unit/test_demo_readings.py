"""config/demo_readings.json is what the models that come with Caravan answer today."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.models_file import ModelSettings, dealt_models
from caravan.adapters.readings import RecordedReader
from caravan.adapters.site_file import read_site
from caravan.language.jury import Agreed, Jury
from caravan.language.parse import read
from caravan.model.goal import Reading
from caravan.model.market import Vote
from caravan_cli.demo_plan import read_plan
from caravan_cli.readers import checksum

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def models() -> dict[str, ModelSettings]:
    return dealt_models()


@pytest.mark.parametrize("file", ["demo.yaml", "platoon_demo.yaml"])
def test_every_sentence_of_the_demos_is_recorded_and_read_as_planned(
    models: dict[str, ModelSettings], file: str
) -> None:
    """Where this fails, run `python -m caravan_cli.record_readings`."""
    plan = read_plan(CONFIG / file)
    recorded = {name: RecordedReader(CONFIG / "demo_readings.json", checksum(m)) for name, m in models.items()}
    site = read_site(plan.site)
    for wish in plan.wishes:
        jury = Jury(asked={name: name for name in models}, deadline=0.0)
        for name, reader in recorded.items():
            result = read(wish.text, site, reader)
            assert isinstance(result, Reading), result
            jury = jury.receive(Vote(goal="g1", robot=name, draft=result.draft, confidence=result.confidence))
        verdict = jury.verdict(0.0)
        assert isinstance(verdict, Agreed), (wish.text, verdict)
        assert verdict.draft == wish.draft
