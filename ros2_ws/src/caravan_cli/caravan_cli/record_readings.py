"""`python -m caravan_cli.record_readings`: records anew what the models answer to the demos' sentences.

To be run when a model that comes with Caravan, its prompt or the plan of a demo has changed.
"""

from __future__ import annotations

import sys

from caravan.adapters.llama import LlamaReader
from caravan.adapters.models_file import dealt_models
from caravan.adapters.readings import RecordedReader
from caravan.adapters.site_file import read_site
from caravan.language.parse import ReadFailure, read
from caravan_cli.demo_plan import read_plan
from caravan_cli.readers import READINGS, checksum
from caravan_cli.resources import resource

PLANS = ("config/demo.yaml", "config/platoon_demo.yaml")


def main() -> int:
    """Writes config/demo_readings.json; 1 where a model could not read a sentence."""
    plans = [read_plan(resource(plan)) for plan in PLANS]
    sentences = [(wish.text, read_site(plan.site)) for plan in plans for wish in plan.wishes]
    file = resource(PLANS[0]).parent.parent / READINGS
    RecordedReader({}, "").save(file)
    for name, chosen in dealt_models().items():
        with LlamaReader(chosen) as model:
            recording = RecordedReader(file, checksum(chosen), model)
            results = [(text, read(text, site, recording)) for text, site in sentences]
        for text, result in results:
            if isinstance(result, ReadFailure):
                print(f"{name}: {text}: {result.note}", file=sys.stderr)
                return 1
        recording.save(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
