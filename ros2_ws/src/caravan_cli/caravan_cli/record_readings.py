"""`python -m caravan_cli.record_readings`: records anew what the model answers to the demo's sentences.

To be run when the model that comes with Caravan, its prompt or config/demo.yaml has changed.
"""

from __future__ import annotations

import sys

from caravan.adapters.llama import LlamaReader, default_model
from caravan.adapters.readings import RecordedReader
from caravan.adapters.site_file import read_site
from caravan.language.parse import ReadFailure, read
from caravan_cli.demo_plan import read_plan
from caravan_cli.readers import READINGS, checksum
from caravan_cli.resources import resource


def main() -> int:
    """Writes config/demo_readings.json; 1 where the model could not read a sentence."""
    plan = read_plan(resource("config/demo.yaml"))
    site = read_site(plan.site)
    chosen = default_model()
    with LlamaReader(chosen) as model:
        recording = RecordedReader({}, checksum(chosen), model)
        results = [read(wish.text, site, recording) for wish in plan.wishes]
    for wish, result in zip(plan.wishes, results, strict=True):
        if isinstance(result, ReadFailure):
            print(f"{wish.text}: {result.note}", file=sys.stderr)
            return 1
    recording.save(resource("config/demo.yaml").parent.parent / READINGS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
