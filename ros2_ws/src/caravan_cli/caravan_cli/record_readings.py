"""`python -m caravan_cli.record_readings`: records anew what the models answer to the demo's sentences.

To be run when a model that comes with Caravan, its prompt or config/demo.yaml has changed.
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


def main() -> int:
    """Writes config/demo_readings.json; 1 where a model could not read a sentence."""
    plan = read_plan(resource("config/demo.yaml"))
    site = read_site(plan.site)
    file = resource("config/demo.yaml").parent.parent / READINGS
    RecordedReader({}, "").save(file)
    for name, chosen in dealt_models().items():
        with LlamaReader(chosen) as model:
            recording = RecordedReader(file, checksum(chosen), model)
            results = [read(wish.text, site, recording) for wish in plan.wishes]
        for wish, result in zip(plan.wishes, results, strict=True):
            if isinstance(result, ReadFailure):
                print(f"{name}: {wish.text}: {result.note}", file=sys.stderr)
                return 1
        recording.save(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
