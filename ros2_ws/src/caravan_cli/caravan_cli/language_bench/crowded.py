"""What a parse takes at a site with thousands of places more: the names of the world must not slow it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from caravan.adapters.llama import LlamaReader, ModelSettings
from caravan.language.parse import read
from caravan.language.vocabulary import vocabulary
from caravan.model.site import Place, Site
from caravan_cli.language_bench.cases import Case
from caravan_cli.language_bench.course import WARM_UP
from caravan_cli.language_bench.score import percentile

PLACES = 10_000
SENTENCES = 100
"""How many sentences are read."""


def crowded(model: ModelSettings, cases: Sequence[Case]) -> Mapping[str, float | None]:
    """The median and the 95th percentile of a parse, s, on the first sentences of the cases, each at its own site with
    so many more places. Making the site's vocabulary, once for each site, is no part of a parse."""
    sites: dict[int, Site] = {}
    seconds = []
    with LlamaReader(model) as reader:
        read(WARM_UP, Site(), reader)
        for case in cases[:SENTENCES]:
            if id(case.site) not in sites:
                sites[id(case.site)] = _with_more(case.site)
            site = sites[id(case.site)]
            vocabulary(site)
            begun = time.perf_counter()
            read(case.text, site, reader)
            seconds.append(time.perf_counter() - begun)
    return {f"seconds_p{n}_10000_places": percentile(seconds, n / 100) for n in (50, 95)}


def _with_more(site: Site) -> Site:
    more = {f"slot_{n}": Place(id=f"slot_{n}", aliases=(f"rack {n % 100} level {n // 100}",)) for n in range(PLACES)}
    return replace(site, places={**site.places, **more})
