"""What the stories share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caravan.fleet import Fleet
from tests.support.fleets import SITE
from tests.support.readings import by_heart


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Three robots that know their sentences by heart."""
    with Fleet(SITE, reader=by_heart, seed=1, robots=3) as fleet:
        yield fleet
